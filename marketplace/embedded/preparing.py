"""What must be done between servers and apps: tables, code lists, static files and, in the demo, data."""

import hashlib
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Tell = Callable[[str, float], None]


def prepare_database(tell: Tell, farewell: Path, *, demo: bool) -> int:
    """Bring tables, code lists and, on wish, the demo's data up to date, quickly when they are."""

    def work() -> None:
        _migrate(tell)
        _load_vocabularies(tell)
        if demo:
            _seed(tell, farewell)

    return _told(work)


def prepare_files(tell: Tell, farewell: Path) -> int:
    """Collect the static files when one of them was added, taken away or changed since the last time."""
    return _told(lambda: _collect_static(tell))


def _told(work: Callable[[], None]) -> int:
    """0 when `work` ends well; else 1, with a line on the terminal and the whole story in the log."""
    try:
        work()
    except Exception as error:
        (settings.VAR / "log" / "prepare.log").write_text(traceback.format_exc())
        sys.stdout.write(f"  {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}\n")
        return 1
    return 0


def _migrate(tell: Tell) -> None:
    begun = time.monotonic()
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    waiting = executor.migration_plan(leaves)
    # The rows that follow a migration (permissions, locales) are missing when an earlier run was killed between.
    done = Path(settings.VAR / "run" / "migrated")
    state = _digest([connection.settings_dict["HOST"], connection.settings_dict["NAME"], sorted(leaves)])
    if waiting or not done.exists() or done.read_text() != state:
        call_command("migrate", interactive=False, verbosity=0)
        done.write_text(state)
    tell(f"Tables ({len(waiting)} migrations)" if waiting else "Tables", begun)


def _load_vocabularies(tell: Tell) -> None:
    begun = time.monotonic()
    call_command("load_vocabularies", stdout=io.StringIO())
    tell("Code lists", begun)


def _collect_static(tell: Tell) -> None:
    begun = time.monotonic()
    done = Path(settings.VAR / "run" / "collected")
    sources = []
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            found = os.stat(storage.path(name))
            sources.append([name, found.st_size, found.st_mtime_ns])
    state = _digest([settings.STORAGES["staticfiles"], sorted(sources)])
    if not done.exists() or done.read_text() != state or not Path(settings.STATIC_ROOT).exists():
        done.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        done.write_text(state)
    tell(f"Static files ({len(sources)})", begun)


def _seed(tell: Tell, farewell: Path) -> None:
    begun = time.monotonic()
    words = io.StringIO()
    call_command("seed_demo", stdout=words)
    farewell.write_text(words.getvalue())
    tell("Demo data", begun)


def _digest(facts: list) -> str:
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()
