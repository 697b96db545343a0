"""`manage.py up`: starts the servers and the apps in order, keeps them going, and stops them in order."""

import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import Protocol

from marketplace.embedded import is_given, mail
from marketplace.embedded.child import Child, run_in_forks
from marketplace.embedded.places import CannotStart, check_writable, lock, private_folder, refusal
from marketplace.embedded.postgres import Postgres
from marketplace.embedded.process import Guard, Pause, reap_orphans
from marketplace.embedded.valkey import Valkey

HOST = "127.0.0.1"
LONGEST_WAIT = 30
#: A part that ran for so long was well: its next fall is a first one.
STEADY = 60
#: How long the guardian of a killed run may need to clean up.
PATIENCE = 15


Tell = Callable[[str, float], None]


class Stopped(Exception):
    """Somebody asked for the end, or for a quicker one."""


class Part(Protocol):
    """Something that runs: a server or a program of ours."""

    title: str
    process: subprocess.Popen[bytes] | None

    def start(self, pause: Pause = ...) -> None: ...

    def stop(self, hurry: bool = ..., pause: Pause = ...) -> None: ...


@dataclass
class Watched:
    """A part, and when it may be started again after a fall."""

    part: Part
    falls: int = 0
    started_at: float = field(default_factory=time.monotonic)
    again_at: float | None = None


class Supervisor:
    """Everything that `manage.py up` runs.

    The functions in `preparations` run side by side between servers and apps, each in a fork; they get a function that
    reports a finished step and a file for words to be said at the end, and return 0 when all went well.
    """

    def __init__(
        self,
        var: Path,
        *,
        port: int,
        infra_only: bool = False,
        preparations: Sequence[Callable[[Tell, Path], int]] = (),
    ):
        self.var = var
        self.port = port
        self.infra_only = infra_only
        self.preparations = preparations
        self.watched: list[Watched] = []
        self.guard: Guard | None = None
        self.is_asked_to_stop = self.is_stopping = self.is_hurried = False
        self._ears, self._mouth = os.pipe()

    def run(self) -> int:
        """Run until asked to stop; 0 after a clean stop, 1 (after one sentence) when something cannot start."""
        try:
            self.guard = self._begin()
            self._start_all(self.guard)
            while True:
                self._look_after(self.guard)
                self.pause(0.5)
        except Stopped:
            return 0
        except CannotStart as error:
            say(f"Tessera cannot run. {error}")
        except OSError as error:
            say(f"Tessera cannot run. {refusal(Path(error.filename or self.var), error)}")
        finally:
            self._stop_all()
        return 1

    def pause(self, seconds: float) -> None:
        """Wait, bury the dead, and notice a wish to stop."""
        if select.select([self._ears], [], [], seconds)[0]:
            os.read(self._ears, 512)
        reap_orphans()
        if self.is_hurried or (self.is_asked_to_stop and not self.is_stopping):
            raise Stopped

    def _begin(self) -> Guard:
        check_writable(self.var)
        os.set_blocking(self._mouth, False)
        signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # a death ends the pause
        held = self._lock()
        if not self.infra_only:
            check_port(self.port)
        return Guard(keep=[held])

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.is_stopping:
            self.is_hurried = True
        self.is_asked_to_stop = True

    def _lock(self) -> int:
        """The lock of this folder, kept by us and by our guardian until the last process of ours is gone."""
        path = private_folder(self.var / "run") / "up.lock"
        give_up = time.monotonic() + PATIENCE
        while (held := lock(path)) is None:
            pid = path.read_text().strip()
            if pid and is_alive(int(pid)):
                raise CannotStart(f"It is running already in {self.var} (process {pid}).")
            if time.monotonic() > give_up:
                raise CannotStart(f"Another run is using {self.var} and does not end.")
            self.pause(0.1)
        os.ftruncate(held, 0)
        os.write(held, f"{os.getpid()}\n".encode())
        return held

    def _start_all(self, guard: Guard) -> None:
        begun = time.monotonic()
        say(f"Tessera keeps its state in {self.var}")
        sink = None if is_given("EMAIL_URL") else self._mail_sink(guard)
        self._start_servers(guard, sink)
        if self.infra_only:
            self._await(sink)
            say(f"The servers run after {time.monotonic() - begun:.1f} s. Stop with Ctrl-C.")
            return
        farewell = self._prepare(guard)
        self._await(sink)
        self._start_apps(guard)
        say(f"\nTessera is ready after {time.monotonic() - begun:.1f} s: http://{HOST}:{self.port}/ (stop with Ctrl-C)")
        if farewell:
            say(f"\n{farewell}")

    def _start_servers(self, guard: Guard, sink: Child | None) -> None:
        servers: list[Postgres | Valkey] = []
        if not is_given("DATABASE_URL"):
            servers.append(Postgres(self.var, guard=guard))
        if not is_given("REDIS_URL"):
            servers.append(Valkey(self.var, guard=guard))
        self.watched = [Watched(server) for server in servers]
        if sink:
            self.watched.append(Watched(sink))
            sink.launch()  # awaited later: its Python takes longer to load than the servers to start
        for server in servers:
            begun = time.monotonic()
            server.start(pause=self.pause)
            tell(f"{server.title} {server.version}", begun)

    def _await(self, sink: Child | None) -> None:
        if sink:
            begun = time.monotonic()
            sink.wait_until_ready(self.pause)
            tell("Mail", begun)

    def _mail_sink(self, guard: Guard) -> Child:
        if not mail.is_port_free(mail.port(self.var)):
            mail.choose_port(self.var)
        command = [sys.executable, "-m", "marketplace.embedded.mail"]
        return self._child("Mail", command, guard, is_ready=lambda: mail.is_running(self.var), grace=5)

    def _prepare(self, guard: Guard) -> str:
        """What the preparations have to say at the end."""
        farewell = self.var / "run" / "farewell.txt"
        farewell.unlink(missing_ok=True)
        works = [partial(prepare, tell, farewell) for prepare in self.preparations]
        if not run_in_forks(works, guard, self.pause):
            raise CannotStart(f"The database could not be prepared (see {self.var / 'log' / 'prepare.log'}).")
        return farewell.read_text() if farewell.exists() else ""

    def _start_apps(self, guard: Guard) -> None:
        begun = time.monotonic()
        celery = [sys.executable, "-m", "celery", "-A", "marketplace"]
        web = [sys.executable, "-m", "gunicorn", "marketplace.wsgi", "--bind", f"{HOST}:{self.port}"]
        web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60"]
        web += ["--graceful-timeout", "10", "--no-control-socket", "--preload"]
        beat = [*celery, "beat", "--schedule", str(self.var / "run" / "beat-schedule")]
        apps = [
            self._child("Web", web, guard, is_ready=self._web_answers, grace=12),
            self._child("Worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"], guard),
            self._child("Beat", beat, guard, grace=5),
        ]
        for app in apps:
            app.launch()
            self.watched.append(Watched(app))

        def pause(seconds: float) -> None:
            self.pause(seconds)
            for app in apps:
                app.check()

        apps[0].wait_until_ready(pause)
        tell("Web, worker, beat", begun)

    def _child(
        self,
        title: str,
        command: Sequence[str],
        guard: Guard,
        is_ready: Callable[[], bool] = lambda: True,
        grace: float = 10,
    ) -> Child:
        root = str(Path(__file__).resolve().parents[2])
        search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        env = os.environ | {"TESSERA_VAR": str(self.var), "PORT": str(self.port), "PYTHONPATH": search}
        log = self.var / "log" / f"{title.lower()}.log"
        return Child(title, command, log=log, env=env, guard=guard, is_ready=is_ready, grace=grace)

    def _web_answers(self) -> bool:
        with suppress(OSError, HTTPException), closing(HTTPConnection(HOST, self.port, timeout=2)) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        return False

    def _look_after(self, guard: Guard) -> None:
        """Start again what fell, each after its own waiting time, servers first."""
        guard.look_after()
        for one in self.watched:
            process = one.part.process
            if one.again_at is None and (process is None or process.poll() is not None):
                self._note_fall(one)
            if one.again_at is not None and one.again_at <= time.monotonic():
                self._start_again(one)

    def _note_fall(self, one: Watched) -> None:
        now = time.monotonic()
        if now - one.started_at > STEADY:
            one.falls = 0
        wait = min(2**one.falls, LONGEST_WAIT)
        one.falls += 1
        one.again_at = now + wait
        how = f" ({how_it_ended(one.part.process.returncode)})" if one.part.process else ""
        one.part.stop(hurry=True)
        say(f"{time.strftime('%H:%M:%S')} {one.part.title} ended{how}; it is started again in {wait} s.")

    def _start_again(self, one: Watched) -> None:
        one.again_at = None
        one.started_at = time.monotonic()
        try:
            one.part.start(pause=self.pause)
        except CannotStart as error:
            say(f"{time.strftime('%H:%M:%S')} {error}")
        else:
            say(f"{time.strftime('%H:%M:%S')} {one.part.title} runs again.")

    def _stop_all(self) -> None:
        """Beat, worker and web first, then mail, queue and database; a second signal hurries."""
        self.is_stopping = True
        if self.watched:
            say("\nStopping.")
        for one in reversed(self.watched):
            begun = time.monotonic()
            try:
                one.part.stop(hurry=self.is_hurried, pause=time.sleep if self.is_hurried else self.pause)
            except Stopped:
                one.part.stop(hurry=True)
            tell(f"{one.part.title} stopped", begun)
        if self.guard:
            self.guard.close()


def say(line: str) -> None:
    # The terminal may be gone; that must not keep us from stopping in order.
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def tell(step: str, begun: float) -> None:
    """One line about a finished step, with the seconds it took."""
    say(f"  {step:<44}{time.monotonic() - begun:6.1f} s")


def check_port(port: int) -> None:
    """Raise when we could not listen there."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = (
                "is taken by another program" if error.errno == errno.EADDRINUSE else f"is refused ({error.strerror})"
            )
            raise CannotStart(f"Port {port} {reason}: choose another with PORT={max(port + 1, 8000)}.") from error


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
