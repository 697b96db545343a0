"""What a backup says about itself: `manifest.json`, with the size and checksum of every file beside it.

`manifest.json.sha256` holds the manifest's own checksum, so that a changed manifest is noticed too.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from marketplace.core.errors import RuleBroken

FORMAT = 1
NAME = "manifest.json"
SUM_NAME = "manifest.json.sha256"
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """One file of the backup; `path` is relative and written with slashes."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str
    versions: dict[str, str]
    postgresql: int
    extensions: list[str]
    migrations: list[str]
    rows: dict[str, int]
    files: list[Entry]
    format: int = FORMAT

    @property
    def total_bytes(self) -> int:
        return sum(entry.bytes for entry in self.files)

    def under(self, folder: str) -> list[Entry]:
        return [entry for entry in self.files if entry.path.startswith(f"{folder}/")]


class BackupRefused(RuleBroken):
    """A backup cannot be made, or is not one that can be trusted; the sentence names the file or the reason."""


def write(manifest: Manifest, folder: Path) -> None:
    """Last of all files: a folder without it is no backup."""
    content = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
    store(folder / NAME, content)
    store(folder / SUM_NAME, f"{hashlib.sha256(content).hexdigest()}  {NAME}\n".encode())


def read(folder: Path) -> Manifest:
    """The manifest, if it is whole and of a format that this release knows."""
    if not (folder / NAME).is_file() or not (folder / SUM_NAME).is_file():
        raise BackupRefused(f"{folder} is no backup: {NAME} or {SUM_NAME} is missing.")
    content = (folder / NAME).read_bytes()
    if (folder / SUM_NAME).read_bytes() != f"{hashlib.sha256(content).hexdigest()}  {NAME}\n".encode():
        raise BackupRefused(f"{folder / NAME} was altered: its checksum is wrong.")
    values: dict[str, Any] = json.loads(content)
    if values["format"] != FORMAT:
        raise BackupRefused(f"{folder} has format {values['format']}; this release reads format {FORMAT}.")
    return Manifest(**values | {"files": [Entry(**entry) for entry in values["files"]]})


def verify(folder: Path, manifest: Manifest) -> Iterator[Entry]:
    """Check every file and yield it once checked; raises BackupRefused for the first that is not as it was made."""
    expected = {entry.path for entry in manifest.files} | {NAME, SUM_NAME}
    found = set(_paths_in(folder))
    if missing := sorted(expected - found):
        raise BackupRefused(f"{folder / missing[0]} is missing from the backup.")
    if additional := sorted(found - expected):
        raise BackupRefused(f"{folder / additional[0]} does not belong to the backup.")
    for entry in manifest.files:
        size, checksum = measure(folder / entry.path)
        if size != entry.bytes:
            raise BackupRefused(f"{folder / entry.path} has {size} bytes instead of {entry.bytes}.")
        if checksum != entry.sha256:
            raise BackupRefused(f"{folder / entry.path} was altered: its checksum is wrong.")
        yield entry


def _paths_in(folder: Path) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        for name in (*names, *folders):
            path = Path(parent, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise BackupRefused(f"{path} is no ordinary file.")
        yield from (Path(parent, name).relative_to(folder).as_posix() for name in names)


def entry_for(folder: Path, path: Path) -> Entry:
    size, checksum = measure(path)
    return Entry(path.relative_to(folder).as_posix(), size, checksum)


def measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return os.fstat(file.fileno()).st_size, digest(iter(lambda: file.read(PIECE), b""))


def digest(pieces: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def inside(folder: Path, name: str) -> Path:
    """The place of `name` under `folder`; raises BackupRefused for a name that leads elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise BackupRefused(f"{name!r} is no name for a file of a backup.")
    return folder / path


def store(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, down to the disk."""
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
