"""A real Celery worker in a process of its own, on the test's database, queue and mail server."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests import harness


def environment(**more):
    """What a child process needs to find this test's servers."""
    wanted = connection.settings_dict
    address = f"postgresql://{wanted['USER']}:{quote(wanted['PASSWORD'])}@{quote(wanted['HOST'], safe='')}"
    return os.environ | {
        "DATABASE_URL": f"{address}{':' + wanted['PORT'] if wanted['PORT'] else ''}/{wanted['NAME']}",
        "REDIS_URL": settings.CACHE_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        "TESSERA_VAR": str(harness.VAR),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "tests.peers.settings",
        **more,
    }


class Worker:
    """`with Worker() as worker`: two processes under one parent; `kill()` is SIGKILL for all of them."""

    def __init__(self, pool="prefork"):
        self.pool = pool
        self.process = None

    def __enter__(self):
        self.log = open(harness.VAR / "worker.log", "ab")
        self.start()
        return self

    def __exit__(self, *failure):
        self.kill()
        self.log.close()

    def start(self):
        command = [sys.executable, "-m", "celery", "-A", "marketplace", "worker", "--pool", self.pool, "-c", "2"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        self.process = subprocess.Popen(
            command, cwd=harness.ROOT, env=environment(), stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def kill_a_child(self):
        """Kill one of the two that do the work; the parent is to notice and replace it."""
        children = self.children()
        if children:
            os.kill(children[0], signal.SIGKILL)
        return bool(children)

    def children(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        try:
            with open(path) as file:
                return [int(pid) for pid in file.read().split()]
        except FileNotFoundError:
            return []


def eventually(check, seconds=20):
    """Whether `check()` comes true in time."""
    give_up = time.monotonic() + seconds
    while not check():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True
