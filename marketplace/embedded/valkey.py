"""The embedded Valkey (or Redis): its address, and the server itself."""

import os
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from marketplace.embedded.binaries import find_valkey
from marketplace.embedded.places import CannotStart, lock, private_folder, socket_folder
from marketplace.embedded.process import Guard, Pause, last_words, size_of_log, spawn, wait_for

SOCKET = "valkey.sock"
PATIENCE = 15.0


def address(var: Path) -> str:
    """The REDIS_URL of the server of `var`, running or not."""
    return f"unix://{quote(str(socket_folder(var) / SOCKET))}?db=0"


class Valkey:
    """The server of one `var` folder. Without `durable` nothing is kept on disk: tests only."""

    title = "Valkey"

    def __init__(self, var: Path, durable: bool = True, guard: Guard | None = None):
        self.var = var
        self.durable = durable
        self.guard = guard
        self.log = var / "log" / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.version = ""

    def is_running(self) -> bool:
        """Whether a server, started by whomever, answers for this folder."""
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(socket_folder(self.var) / SOCKET))
                probe.sendall(b"PING\r\n")
                return probe.recv(64).startswith(b"+PONG")  # while it reads its file back it says -LOADING
            except OSError:
                return False

    def start(self, pause: Pause = time.sleep) -> None:
        """Start the server and return when it answers; raises CannotStart with one sentence."""
        private_folder(self.log.parent)
        program = find_valkey()
        self.version = program.version_text
        held = self._lock(pause)
        try:
            self._launch(program.path, held, pause)
        finally:
            os.close(held)

    def stop(self, hurry: bool = False, pause: Pause = time.sleep) -> None:
        """Stop the server that this object started, its file written; harmless when there is none."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        if not wait_for(self.process, 2 if hurry else 15, pause):
            self.process.kill()
            self.process.wait()
        if self.guard:
            self.guard.ended(self.process.pid)
        self.process = None

    def _lock(self, pause: Pause) -> int:
        """A lock that the server inherits: two of them would ruin the file they both append to."""
        give_up = time.monotonic() + PATIENCE
        while (held := lock(private_folder(self.var / "run") / "valkey.lock")) is None:
            if time.monotonic() > give_up:
                raise CannotStart(f"Another Valkey is using {self.var / 'valkey'}: stop it first.")
            pause(0.1)
        return held

    def _launch(self, program: Path, held: int, pause: Pause) -> None:
        start_of_log = size_of_log(self.log)
        keeping = ["--appendonly", "yes", "--appendfsync", "everysec"] if self.durable else ["--appendonly", "no"]
        self.process = spawn(
            [
                *(program, "--port", "0"),
                *("--unixsocket", socket_folder(self.var) / SOCKET, "--unixsocketperm", "700"),
                *("--dir", private_folder(self.var / "valkey"), "--save", "", "--maxmemory-policy", "noeviction"),
                *keeping,
            ],
            log=self.log,
            at_death=signal.SIGTERM,
            guard=self.guard,
            keep=[held],
        )
        give_up = time.monotonic() + 60
        while not self.is_running():
            if self.process.poll() is not None:
                raise CannotStart(f"Valkey did not start: {last_words(self.log, start_of_log)} (see {self.log}).")
            if time.monotonic() > give_up:
                self.stop(hurry=True, pause=pause)
                raise CannotStart(f"Valkey did not answer (see {self.log}).")
            pause(0.02)
