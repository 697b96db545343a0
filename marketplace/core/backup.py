"""A backup is a folder that explains itself: dump, media, erasure ledger, and a manifest that vouches for all.

Keys are never in it: whoever finds the folder cannot read what is encrypted.
"""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import wagtail
from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from marketplace.core import dumps, manifest
from marketplace.core.manifest import BackupRefused, Entry, Manifest

DUMP, MEDIA, LEDGER = "database.dump", "media", "ledger"
#: Told of each step: a word, how many are done, and how many there are (None while unknown).
Progress = Callable[[str, int, int | None], None]


def make_backup(folder: Path, progress: Progress) -> Manifest:
    """Write a backup to `folder`, which is new or empty; whatever goes wrong, nothing is left that looks like one."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(f"{folder} is not empty: every backup has a folder of its own.")
    draft = folder.with_name(f"{folder.name}.partial")
    try:
        draft.mkdir(parents=True, mode=0o700)
    except FileExistsError as error:
        raise BackupRefused(f"{draft} exists: another backup is being made, or was cut off; then remove it.") from error
    try:
        made = _fill(draft, progress)
        _to_disk(draft)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return made


def write_keys(path: Path) -> None:
    """Write the keys, as lines of an environment file, to a new file that only its owner reads."""
    lines = [f"{name}={value}\n" for name, value in settings.BACKUP_KEYS.items() if value]
    try:
        manifest.store(path, "".join(lines).encode())
    except FileExistsError as error:
        raise BackupRefused(f"{path} exists: keys are never overwritten.") from error


def _fill(draft: Path, progress: Progress) -> Manifest:
    progress("database", 0, None)
    with dumps.snapshot() as (cursor, name):
        rows = dumps.count_rows(cursor)
        extensions = dumps.extensions(cursor)
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
        dumps.dump(name, draft / DUMP)
    (draft / DUMP).chmod(0o600)
    files = [manifest.entry_for(draft, draft / DUMP)]
    files += _copy_media(default_storage, draft, progress)
    files += _copy_ledger(settings.LEDGER_ROOT, draft)
    made = Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        versions={
            "django": django.get_version(),
            "python": platform.python_version(),
            "wagtail": wagtail.__version__,
        },
        postgresql=dumps.server_version(),
        extensions=extensions,
        migrations=migrations,
        rows=rows,
        files=files,
    )
    manifest.write(made, draft)
    return made


def _copy_media(storage: Storage, draft: Path, progress: Progress) -> Iterator[Entry]:
    names = list(media_names(storage))
    for done, name in enumerate(names):
        progress("media", done, len(names))
        target = manifest.inside(draft / MEDIA, name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with storage.open(name) as source:
                _write(target, source.chunks(manifest.PIECE))
        except FileNotFoundError:
            continue  # deleted by somebody since the list was made
        yield manifest.entry_for(draft, target)


def media_names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of the storage, by its name there."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(names))
    for inner in sorted(folders):
        yield from media_names(storage, f"{folder}{inner}/")


def _copy_ledger(ledger: Path, draft: Path) -> Iterator[Entry]:
    for source in sorted(path for path in ledger.rglob("*") if path.is_file()):
        target = draft / LEDGER / source.relative_to(ledger)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(target, [source.read_bytes()])
        yield manifest.entry_for(draft, target)


def _write(target: Path, pieces: Iterator[bytes] | list[bytes]) -> None:
    with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)


def _to_disk(folder: Path) -> None:
    """A backup that a power cut can empty is none."""
    for path in (folder, *folder.rglob("*")):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
