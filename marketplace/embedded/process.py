"""Starts processes so that none outlives its supervisor."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from marketplace.embedded import guardian
from marketplace.embedded.places import refusal

PR_SET_PDEATHSIG = 1
LONGEST_LOG = 10_000_000
COMPLAINT = re.compile(r"FATAL|PANIC|[Ee]rror:|could not|No space left")
Pause = Callable[[float], None]
#: Every process that this one started and waits for itself.
ours: set[int] = set()

# Loaded once here: between fork and exec it is too late to look for a library.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """Whom a server runs as: `prefix` goes before its command, `uid` and `gid` are taken on when given."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None


class Guard:
    """The other end of `guardian.py`; `keep` are file descriptors that it holds until all is cleaned up."""

    def __init__(self, keep: Sequence[int] = ()):
        self._keep = keep
        self._groups: dict[int, signal.Signals] = {}
        self._open()

    def announce(self, at_death: signal.Signals) -> None:
        """Called by a fresh process about itself, so that no moment is unwatched."""
        self._say(f"start {os.getpid()} {at_death:d}\n")

    def started(self, pid: int, at_death: signal.Signals) -> None:
        """Called by the parent, for the case that the guardian has to be replaced."""
        self._groups[pid] = at_death

    def ended(self, pid: int) -> None:
        self._groups.pop(pid, None)
        self._say(f"end {pid}\n")

    def look_after(self) -> None:
        """Replace a guardian that was killed."""
        if self.process.poll() is not None:
            os.close(self.pipe)
            self._open()
            for pid, at_death in self._groups.items():
                self._say(f"start {pid} {at_death:d}\n")

    def close(self) -> None:
        """End the guardian when there is nothing left to guard."""
        os.close(self.pipe)
        self.process.wait()

    def _open(self) -> None:
        reading, self.pipe = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=self._keep,
            start_new_session=True,
            cwd="/",
        )
        ours.add(self.process.pid)
        os.close(reading)

    def _say(self, line: str) -> None:
        with suppress(BrokenPipeError):
            os.write(self.pipe, line.encode())


def spawn(
    command: Sequence[str | os.PathLike[str]],
    *,
    log: Path,
    at_death: signal.Signals = signal.SIGKILL,
    guard: Guard | None = None,
    account: Account = Account(),
    env: Mapping[str, str] | None = None,
    keep: Sequence[int] = (),
    stdin: int = subprocess.DEVNULL,
    cwd: Path | str | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; it gets `at_death` when this process dies. Output goes to `log`."""
    try:
        with open(log, "ab") as output:
            process = subprocess.Popen(
                [*account.prefix, *(os.fspath(part) for part in command)],
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                pass_fds=keep,
                user=account.uid,
                group=account.gid,
                extra_groups=None if account.uid is None else [],
                start_new_session=True,
                preexec_fn=partial(tie, os.getpid(), at_death, guard),  # noqa: PLW1509 (no threads here)
            )
    except OSError as error:
        raise refusal(log, error) from error
    ours.add(process.pid)
    if guard is not None:
        guard.started(process.pid, at_death)
    return process


def tie(parent: int, at_death: signal.Signals, guard: Guard | None) -> None:
    """Bind this freshly forked process to the life of its parent."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(at_death), 0, 0, 0)
    if guard is not None:
        guard.announce(at_death)
    if os.getppid() != parent:
        os._exit(1)


def end_group(pid: int) -> None:
    """Kill what is left of the group that `pid` led."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def wait_for(process: subprocess.Popen[bytes], seconds: float, pause: Pause = time.sleep) -> bool:
    """Whether `process` ended within `seconds`."""
    give_up = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() > give_up:
            return False
        pause(0.02)
    return True


def reap_orphans() -> None:
    """Bury processes that fell to us because we are process 1 of a container."""
    while True:
        try:
            dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if dead is None or dead.si_pid in ours:
            return
        os.waitpid(dead.si_pid, 0)


def size_of_log(path: Path) -> int:
    """How much `path` holds already; a log that has grown long is first moved aside to `.1`."""
    with suppress(FileNotFoundError):
        if (size := path.stat().st_size) <= LONGEST_LOG:
            return size
        path.replace(path.with_name(f"{path.name}.1"))
    return 0


def last_words(log: Path, start: int = 0) -> str:
    """What `log` says after byte `start` about an end: the last complaint, else the last line."""
    with suppress(OSError), open(log, "rb") as file:
        file.seek(max(start, log.stat().st_size - 8000))
        lines = [line.strip()[:300] for line in file.read().decode(errors="replace").splitlines() if line.strip()]
        complaints = [line for line in lines if COMPLAINT.search(line)]
        return (complaints or lines or [""])[-1]
    return ""
