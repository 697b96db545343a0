"""The embedded PostgreSQL: its address, and the server itself."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg2

from marketplace.embedded.account import Lodging, lodge
from marketplace.embedded.binaries import find_postgres
from marketplace.embedded.places import CannotStart, kept_secret, lock, private_folder, refusal, socket_folder
from marketplace.embedded.process import Guard, Pause, end_group, last_words, size_of_log, spawn, wait_for

NAME = "tessera"
SOCKET = ".s.PGSQL.5432"
#: How long a start waits for what an earlier run left behind.
PATIENCE = 15.0
#: Recovery after a crash reads back the whole log since the last checkpoint.
RECOVERY = 120.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
#: What a test may lose and a person may not.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def address(var: Path) -> str:
    """The DATABASE_URL of the server of `var`, running or not."""
    password = kept_secret(var / "secrets" / "postgres_password")
    return f"postgresql://{NAME}:{quote(password, safe='')}@{quote(str(socket_folder(var)), safe='')}/{NAME}"


class Postgres:
    """The server of one `var` folder. Without `durable` it forgets what a power cut would have taken: tests only."""

    title = "PostgreSQL"

    def __init__(self, var: Path, durable: bool = True, guard: Guard | None = None):
        self.var = var
        self.durable = durable
        self.guard = guard
        self.log = var / "log" / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.version = ""

    def is_running(self) -> bool:
        """Whether a server, started by whomever, accepts connections for this folder."""
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            return probe.connect_ex(str(socket_folder(self.var) / SOCKET)) == 0

    def start(self, pause: Pause = time.sleep) -> None:
        """Start the server and return when the database can be used; raises CannotStart with one sentence."""
        private_folder(self.log.parent)
        program = find_postgres()
        self.version = program.version_text
        held = self._lock(pause)
        try:
            lodging = lodge(self.var, program)
            if not (lodging.data / "PG_VERSION").exists():
                self._make(lodging, pause)
            self._check_version(lodging)
            self._launch(lodging, held, pause)
            if not self._lets_us_in():
                self.stop(pause=pause)
                self._set_up(lodging, pause)
                self._launch(lodging, held, pause)
        finally:
            os.close(held)

    def stop(self, hurry: bool = False, pause: Pause = time.sleep) -> None:
        """Stop the server that this object started, sending its sessions home; harmless when there is none."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGQUIT if hurry else signal.SIGINT)
        if not wait_for(self.process, 30, pause):
            self.process.send_signal(signal.SIGQUIT)
            if not wait_for(self.process, 5, pause):
                self.process.kill()
                self.process.wait()
        if self.guard:
            self.guard.ended(self.process.pid)
        self.process = None

    def _lock(self, pause: Pause) -> int:
        """A lock that every process of the server inherits: it is free only when the last of them is gone."""
        give_up = time.monotonic() + PATIENCE
        while (held := lock(private_folder(self.var / "run") / "postgres.lock")) is None:
            if time.monotonic() > give_up:
                raise CannotStart(f"Another PostgreSQL is using {self.var / 'postgres'}: stop it first.")
            pause(0.1)
        return held

    def _make(self, lodging: Lodging, pause: Pause) -> None:
        """Make the database cluster, whole or not at all; its superuser has a password that nobody knows."""
        draft = lodging.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        password = lodging.home / "password.new"
        password.write_text(secrets.token_urlsafe(32))
        password.chmod(0o600)
        lodging.own(password)
        try:
            for locale in _locales(lodging.program.version[0]):
                command = [lodging.program.beside("initdb"), "-D", draft, "-U", "postgres", "-E", "UTF8", *locale]
                command += ["--auth=scram-sha-256", f"--pwfile={password}"]
                if self._run(lodging, command if self.durable else [*command, "--no-sync"], pause):
                    break
            else:
                raise self._failure("PostgreSQL could not make its database")
        finally:
            password.unlink()
        self._set_up(lodging, pause, draft)
        draft.rename(lodging.data)

    def _set_up(self, lodging: Lodging, pause: Pause, data: Path | None = None) -> None:
        """Give the role its password and the database its place, with the server down."""
        password = kept_secret(self.var / "secrets" / "postgres_password")
        statements = (
            f"CREATE ROLE {NAME} LOGIN CREATEDB\n"
            f"ALTER ROLE {NAME} LOGIN CREATEDB PASSWORD '{password}'\n"
            f"CREATE DATABASE {NAME} OWNER {NAME}\n"
        )
        command = [lodging.program.path, "--single", "-D", data or lodging.data, "-c", "log_min_messages=panic"]
        if not self._run(lodging, [*command, "postgres"], pause, statements.encode()):
            raise self._failure("PostgreSQL could not set up its database")

    def _run(self, lodging: Lodging, command: list, pause: Pause, said: bytes = b"") -> bool:
        """Run one of the server's programs to its end."""
        reading, writing = os.pipe()
        os.write(writing, said)
        os.close(writing)
        self._start_of_log = size_of_log(self.log)
        process = spawn(
            command,
            log=self.log,
            guard=self.guard,
            account=lodging.account,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            stdin=reading,
            cwd=lodging.home,
        )
        os.close(reading)
        try:
            wait_for(process, 120, pause)
            return process.poll() == 0
        finally:
            end_group(process.pid)
            process.wait()
            if self.guard:
                self.guard.ended(process.pid)

    def _check_version(self, lodging: Lodging) -> None:
        made_by, ours = (lodging.data / "PG_VERSION").read_text().strip(), str(lodging.program.version[0])
        if made_by != ours:
            raise CannotStart(
                f"{lodging.data} was made by PostgreSQL {made_by} and the program is version {ours}:"
                " see 'A new major version of PostgreSQL' in docs/selfhosting.md."
            )

    def _launch(self, lodging: Lodging, held: int, pause: Pause) -> None:
        folder = socket_folder(self.var)
        if lodging.account.uid is not None:
            folder = self._socket_folder_of(lodging)
        # The lock says that no server of ours is left, so a file with the number of one is out of date.
        for leftover in (lodging.data / "postmaster.pid", folder / f"{SOCKET}.lock"):
            leftover.unlink(missing_ok=True)
        quoted = str(folder).replace('"', '""')  # the setting is a list, and a path may hold a comma
        chosen = SETTINGS | {"unix_socket_directories": f'"{quoted}"'} | ({} if self.durable else HASTE)
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        self._start_of_log = size_of_log(self.log)
        self.process = spawn(
            [lodging.program.path, "-D", lodging.data, *options],
            log=self.log,
            at_death=signal.SIGQUIT,
            guard=self.guard,
            account=lodging.account,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            keep=[held],
            cwd=lodging.home,
        )
        give_up = time.monotonic() + RECOVERY
        while not _is_ready(lodging):
            if self.process.poll() is not None:
                raise self._failure("PostgreSQL did not start")
            if time.monotonic() > give_up:
                self.stop(hurry=True, pause=pause)
                raise self._failure("PostgreSQL did not answer")
            pause(0.02)

    def _socket_folder_of(self, lodging: Lodging) -> Path:
        """A folder that the account can write, with a sign to it in the folder that `address` names."""
        folder = private_folder(lodging.home / "socket")
        lodging.own(folder)
        sign = socket_folder(self.var) / SOCKET
        sign.unlink(missing_ok=True)
        sign.symlink_to(folder / SOCKET)
        return folder

    def _lets_us_in(self) -> bool:
        try:
            psycopg2.connect(address(self.var)).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _failure(self, what: str) -> CannotStart:
        said = last_words(self.log, self._start_of_log)
        if "No space left on device" in said or "could not resize shared memory" in said:
            return refusal(self.var, OSError(28, "No space left on device"))
        return CannotStart(f"{what}: {said or 'it said nothing'} (see {self.log}).")


def _is_ready(lodging: Lodging) -> bool:
    """What the server says of itself in its pid file: asking by connecting fills the log with refusals."""
    with suppress(OSError, IndexError):
        return (lodging.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    return False


def _locales(major: int) -> Iterator[list[str]]:
    """Ways to ask for UTF-8 with the order of code points, the best first."""
    if major >= 18:
        yield ["--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
    elif major == 17:
        yield ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        yield ["--locale=C.UTF-8"]
        yield ["--locale=C", "--locale-provider=icu", "--icu-locale=und"]
