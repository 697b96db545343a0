"""Where private files lie: under random names in a folder of the media that no address serves.

A file is stored before its row and deleted after it, so a row always finds its file; what a crash leaves behind without
a row is swept.
"""

import contextlib
import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from marketplace.core import registry

log = structlog.get_logger("tessera.files")

FOLDER = "private"
#: A file that young may belong to a row that is being written.
YOUNG = timedelta(days=1)
PIECE = 1 << 16


@dataclass(frozen=True)
class Received:
    """A file that has come whole and lies in a place of ours; gone when the request ends."""

    path: Path
    name: str
    size: int
    sha256: str


@contextlib.contextmanager
def received(uploaded: UploadedFile) -> Iterator[Received]:
    """What a form brought, as a file with its hash, read once in pieces."""
    with tempfile.NamedTemporaryFile(dir=_room("received"), prefix="form-") as file:
        digest = hashlib.sha256()
        for piece in uploaded.chunks(PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        yield Received(Path(file.name), uploaded.name or "", file.tell(), digest.hexdigest())


def gathered(path: Path, name: str) -> Received:
    """What came in pieces, as a file with its hash."""
    with path.open("rb") as file:
        return Received(path, name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def place_for_pieces(pk: UUID) -> Path:
    """Where the pieces of an upload are gathered, outside the media and outside every backup."""
    return _room("uploads") / pk.hex


def left_over(before: datetime) -> Iterator[Path]:
    """What has come and was last written before that moment, by whatever was cut off."""
    for name in ("uploads", "received"):
        yield from (path for path in _room(name).iterdir() if path.stat().st_mtime < before.timestamp())


def _room(name: str) -> Path:
    room = Path(settings.VAR) / name
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    return room


def new_name(folder: str) -> str:
    name = secrets.token_hex(16)
    return f"{FOLDER}/{folder}/{name[:2]}/{name}"


@contextlib.contextmanager
def stored(files: dict[str, Path]) -> Iterator[None]:
    """Store these files under these names; if the block fails, and with it the row, they are taken back."""
    try:
        for name, path in files.items():
            with path.open("rb") as source:
                default_storage.save(name, File(source))
        yield
    except BaseException:
        forget(files)
        raise


def forget_after_commit(names) -> None:
    transaction.on_commit(lambda: forget(names))


def forget(names) -> None:
    """Delete what is there; a storage that is away leaves them to the sweep."""
    for name in names:
        try:
            default_storage.delete(name)
        except OSError as error:
            log.warning("file not deleted", name=name, error=type(error).__name__)


def sweep(at: datetime) -> tuple[list[str], list[str]]:
    """Delete files that have no row and are not young; returns their names, and the names of files that rows miss."""
    orphans, missing = [], []
    for folder in registry.private_files:
        for shard in (f"{number:02x}" for number in range(256)):
            prefix = f"{FOLDER}/{folder.name}/{shard}/"
            # Files first: a row that is written meanwhile has a file that is young.
            there = _names_in(prefix)
            wanted = set(folder.names(prefix))
            orphans += [name for name in there - wanted if default_storage.get_modified_time(name) < at - YOUNG]
            missing += [name for name in wanted - there if not default_storage.exists(name)]
    forget(orphans)
    return sorted(orphans), sorted(missing)


def _names_in(prefix: str) -> set[str]:
    try:
        _folders, names = default_storage.listdir(prefix)
    except FileNotFoundError:
        return set()
    return {f"{prefix}{name}" for name in names}
