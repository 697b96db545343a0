"""Brings a backup back onto an empty installation, after every file of it was found whole."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from redis import RedisError

from marketplace.core import dumps, invariants, manifest, registry
from marketplace.core.backup import DUMP, LEDGER, MEDIA, Progress, media_names
from marketplace.core.manifest import BackupRefused, Entry, Manifest


@dataclass(frozen=True)
class Restored:
    """What a restore did; `breaches` are sentences that do not hold afterwards."""

    manifest: Manifest
    migrated: int
    replayed: int
    breaches: list[str]


def restore_backup(folder: Path, progress: Progress, *, wipe: bool = False) -> Restored:
    """Replace database and media by those of the backup; raises BackupRefused before anything is touched.

    Without `wipe` only an empty place is filled: no people in the database, no other file in the storage.
    """
    made = manifest.read(folder)
    for done, _entry in enumerate(manifest.verify(folder, made)):
        progress("check", done, len(made.files))
    if unknown := sorted(set(made.migrations) - _known_migrations()):
        raise BackupRefused(f"The backup is newer than this release, which does not know {unknown[0]}.")
    if made.postgresql > dumps.server_version():
        raise BackupRefused(f"The backup is from PostgreSQL {made.postgresql}; the server here is older.")
    _refuse_company()
    if not wipe:
        _refuse_occupied(made)
    _put_media(folder, made, progress)
    progress("database", 0, None)
    dumps.load(folder / DUMP, made.extensions, made.postgresql)
    _compare_rows(made)
    _forget_cache()
    return _finish(made, _put_ledger(folder, made))


def _finish(made: Manifest, ledger: Path) -> Restored:
    migrated = len(_plan())
    if migrated:
        call_command("migrate", interactive=False, verbosity=0)
    replayed = sum(hook.run(ledger) for hook in registry.restored)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    broken = [breach.sentence for breach in invariants.breaches(timezone.now())]
    return Restored(made, migrated, replayed, broken)


def _plan() -> list:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def _known_migrations() -> set[str]:
    """Those of this release, and those that its squashed ones replace."""
    loader = MigrationExecutor(connection).loader
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}


def _refuse_company() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    if others:
        raise BackupRefused(f"{others} other sessions use the database: stop web, worker, beat and watcher first.")


def _refuse_occupied(made: Manifest) -> None:
    people = get_user_model()
    name = connection.settings_dict["NAME"]
    if people._meta.db_table in connection.introspection.table_names() and people._default_manager.exists():
        raise BackupRefused(f"The database {name} holds people. To replace all of it, say --wipe {name}.")
    wanted = _wanted(made)
    for file in media_names(default_storage):
        if not _is_there(default_storage, file, wanted.get(file)):
            raise BackupRefused(
                f"The storage holds {file}, which is not in the backup. To remove it, say --wipe {name}."
            )


def _wanted(made: Manifest) -> dict[str, Entry]:
    """The backup's media by their names in the storage."""
    return {entry.path.removeprefix(f"{MEDIA}/"): entry for entry in made.under(MEDIA)}


def _is_there(storage: Storage, name: str, entry: Entry | None) -> bool:
    """Whether the storage's file is the backup's, perhaps from an earlier restore that was cut off."""
    if entry is None or storage.size(name) != entry.bytes:
        return False
    with storage.open(name) as file:
        return manifest.digest(file.chunks(manifest.PIECE)) == entry.sha256


def _put_media(folder: Path, made: Manifest, progress: Progress) -> None:
    """Every file under its own name; what else the storage holds goes."""
    wanted = _wanted(made)
    present = set()
    for name in list(media_names(default_storage)):
        if _is_there(default_storage, name, wanted.get(name)):
            present.add(name)
        else:
            default_storage.delete(name)
    for done, name in enumerate(sorted(wanted.keys() - present)):
        progress("media", done, len(wanted))
        with manifest.inside(folder / MEDIA, name).open("rb") as file:
            if default_storage.save(name, File(file)) != name:
                raise BackupRefused(f"The storage did not take {name} under its own name.")


def _put_ledger(folder: Path, made: Manifest) -> Path:
    """The ledger only grows: a file that is longer here knows more than the backup's."""
    for entry in made.under(LEDGER):
        target = manifest.inside(settings.LEDGER_ROOT, entry.path.removeprefix(f"{LEDGER}/"))
        if not target.exists() or target.stat().st_size < entry.bytes:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(folder / entry.path, target)
            target.chmod(0o600)
    return settings.LEDGER_ROOT


def _compare_rows(made: Manifest) -> None:
    with dumps.snapshot() as (cursor, _name):
        found = dumps.count_rows(cursor)
    wrong = [table for table in sorted({*made.rows, *found}) if made.rows.get(table) != found.get(table)]
    if wrong:
        table = wrong[0]
        raise BackupRefused(f"{table} has {found.get(table)} rows after the restore instead of {made.rows.get(table)}.")


def _forget_cache() -> None:
    """What was cached and queued concerned another database; due rows and outbox fill the queue again."""
    with suppress(RedisError):
        cache.clear()
