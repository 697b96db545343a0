"""The parts of `manage.py up` that are not servers: our own programs, and one function in a fork."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from marketplace.embedded import process
from marketplace.embedded.places import CannotStart
from marketplace.embedded.process import Guard, Pause, end_group, last_words, size_of_log, spawn, tie, wait_for

#: How long a program may take to answer for the first time.
FIRST_ANSWER = 90


class Child:
    """A program that needs nothing but its command and the environment. `grace` is its time to end when asked."""

    def __init__(
        self,
        title: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        guard: Guard | None = None,
        is_ready: Callable[[], bool] = lambda: True,
        grace: float = 10,
    ):
        self.title = title
        self.command = command
        self.log = log
        self.env = env
        self.guard = guard
        self.is_ready = is_ready
        self.grace = grace
        self.process: subprocess.Popen[bytes] | None = None
        self._start_of_log = 0

    def start(self, pause: Pause = time.sleep) -> None:
        """Start, and return when it is ready; raises CannotStart with its last words when it ends instead."""
        self.launch()
        self.wait_until_ready(pause)

    def launch(self) -> None:
        self._start_of_log = size_of_log(self.log)
        self.process = spawn(self.command, log=self.log, guard=self.guard, env=self.env)

    def wait_until_ready(self, pause: Pause = time.sleep) -> None:
        assert self.process is not None
        give_up = time.monotonic() + FIRST_ANSWER
        while not self.is_ready():
            self.check()
            if time.monotonic() > give_up:
                self.stop(hurry=True)
                raise CannotStart(f"{self.title} does not answer after {FIRST_ANSWER} s (see {self.log}).")
            pause(0.05)

    def check(self) -> None:
        """Raise CannotStart with its last words when it has ended."""
        if self.process is not None and self.process.poll() is not None:
            said = last_words(self.log, self._start_of_log)
            self._bury(self.process)
            raise CannotStart(f"{self.title} did not start: {said or 'it said nothing'} (see {self.log}).")

    def stop(self, hurry: bool = False, pause: Pause = time.sleep) -> None:
        """End it: asked first, told after its grace; nothing of its group is left. Harmless when it does not run."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.terminate()
        if not hurry:
            wait_for(self.process, self.grace, pause)
        self._bury(self.process)

    def _bury(self, body: subprocess.Popen[bytes]) -> None:
        end_group(body.pid)
        body.wait()
        if self.guard:
            self.guard.ended(body.pid)
        self.process = None


def run_in_forks(works: Sequence[Callable[[], int]], guard: Guard, pause: Pause) -> bool:
    """Whether all `works` returned 0, each run in a fork that has our code loaded already and dies with us."""
    running = {_fork(work, guard) for work in works}
    try:
        while running:
            for pid in list(running):
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    running.discard(pid)
                    guard.ended(pid)
                    if status != 0:
                        return False
            pause(0.05)
        return True
    finally:
        for pid in running:
            end_group(pid)
            os.waitpid(pid, 0)
            guard.ended(pid)


def _fork(work: Callable[[], int], guard: Guard) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _work_and_exit(work, parent, guard)
    process.ours.add(pid)
    guard.started(pid, signal.SIGKILL)
    return pid


def _work_and_exit(work: Callable[[], int], parent: int, guard: Guard) -> None:
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        tie(parent, signal.SIGKILL, guard)
        os.close(guard.pipe)  # whoever holds it keeps the guardian from noticing our parent's death
        code = work()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
