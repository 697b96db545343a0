"""`manage.py up` as a process, with what it said so far."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from http.client import HTTPConnection, HTTPException

import psycopg2

from marketplace.embedded import postgres
from marketplace.embedded.process import tie
from tests import harness
from tests.embedded.traces import all_gone

GIVEN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "TESSERA_DEMO", "PORT")


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    def __init__(self, var, *options, **environment):
        self.var = var
        self.port = free_port()
        self.options = options
        self.output = var.with_name(f"{var.name}.out")
        self.environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.environment |= {"TESSERA_VAR": str(var), "PORT": str(self.port), **environment}
        self.process = None

    def launch(self):
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *self.options],
                cwd=harness.ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(tie, os.getpid(), signal.SIGTERM, None),  # noqa: PLW1509 (no threads here)
            )
        return self

    def start(self):
        """Launch and wait until all runs; returns the seconds it took."""
        begun = time.monotonic()
        self.launch()
        self.wait_for(r"(Tessera is ready|The servers run) after")
        return time.monotonic() - begun

    def said(self):
        return self.output.read_text(errors="replace")

    def wait_for(self, pattern, seconds=180):
        """The first match of `pattern` in what it said."""
        give_up = time.monotonic() + seconds
        while not (found := re.search(pattern, self.said())):
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < give_up, f"{pattern!r} was not said within {seconds} s:\n{self.said()}"
            time.sleep(0.05)
        return found

    def stop(self, number=signal.SIGTERM):
        """Ask it to stop; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def end(self):
        """Leave nothing behind, whatever a test did."""
        if self.process and self.process.poll() is None:
            self.stop()
        all_gone(self.var)

    def ask(self, statement):
        with closing(psycopg2.connect(postgres.address(self.var))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def answers(self, path="/readyz"):
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
                connection.request("GET", path)
                return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False

    def children(self):
        """The processes under the supervisor by the last word that tells them apart."""
        marks = ("postgres -D", "valkey-server", "guardian.py", "embedded.mail", "gunicorn", " worker ", " beat ")
        command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)]
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        found = {}
        for line in listed.splitlines():
            pid, _, command = line.strip().partition(" ")
            found |= {mark.strip(): int(pid) for mark in marks if mark in f"{command} "}
        return found
