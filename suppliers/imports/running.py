"""Carrying an import through: batch by batch, each committed with the place in the file, so that it can be cut off."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from marketplace.core import audit
from suppliers.imports.columns import fields_of
from suppliers.imports.models import Import
from suppliers.imports.rows import understand
from suppliers.imports.tables import Table, Unreadable, open_table
from suppliers.imports.writing import Entry, write_batch

log = structlog.get_logger("tessera.imports")

AT_ONCE = 500
#: Keys that a trial remembers to notice one firm twice; beyond it the memory would grow with the file.
MOST_REMEMBERED = 1_000_000

Progress = Callable[[Counter, float], None]


class Overtaken(Exception):
    """Somebody else carries this import on, or it was stopped."""


@contextmanager
def local_file(of_import: Import) -> Iterator[Path]:
    """The file on this machine's disk, wherever it is stored."""
    try:
        path = Path(of_import.file.path)
    except NotImplementedError:
        with NamedTemporaryFile() as copy, of_import.file.open("rb") as file:
            for part in file.chunks():
                copy.write(part)
            copy.flush()
            yield Path(copy.name)
    else:
        yield path


def run(of_import: Import, *, until: Callable[[], bool] = lambda: False, progress: Progress | None = None) -> bool:
    """Go on where the stored position is; True once the import is finished or has failed.

    `until` is asked between batches whether to stop for now. A file that turns out unreadable ends the import with
    the reason, and what was written before stays.
    """
    try:
        with local_file(of_import) as path, open_table(path) as table:
            for entries in batches(of_import, table, after=of_import.position):
                _store(of_import, entries, table.share(entries[-1].number))
                if progress:
                    progress(counts(of_import), table.share(entries[-1].number))
                if until():
                    return False
    except Overtaken:
        log.info("import carried on elsewhere", id=of_import.pk)
        return True
    except (Unreadable, FileNotFoundError) as error:
        _end(of_import, failed_at=timezone.now(), failure=str(error)[:300])
        return True
    _end(of_import, finished_at=timezone.now(), share_done=100)
    return True


def batches(of_import: Import, table: Table, *, after: int) -> Iterator[list[Entry]]:
    rows = (row for row in table.rows if row[0] > after)
    while batch := list(islice(rows, AT_ONCE)):
        yield [_entry(of_import, table, number, cells) for number, cells in batch]


def _entry(of_import: Import, table: Table, number: int, cells: list[str]) -> Entry:
    fields = fields_of(table.headings, of_import.mapping, cells)
    draft, problems = understand(fields, country=of_import.country)
    return Entry(number, draft.name if draft else fields.get("name", "")[:200], draft, problems)


def _store(of_import: Import, entries: list[Entry], share: float) -> None:
    try:
        _store_once(of_import, entries, share)
    except IntegrityError:
        # Another import, or a person, made one of these firms between our look and our write: now it is found.
        _store_once(of_import, [entry.afresh() for entry in entries], share)


@transaction.atomic
def _store_once(of_import: Import, entries: list[Entry], share: float) -> None:
    current = Import.objects.select_for_update().get(pk=of_import.pk)
    if current.position != of_import.position or not current.is_running:
        raise Overtaken
    outcomes = write_batch(of_import, entries)
    Import.objects.filter(pk=of_import.pk).update(
        position=entries[-1].number,
        share_done=min(99, int(share * 100)),
        touched_at=timezone.now(),
        **{outcome: F(outcome) + count for outcome, count in outcomes.items()},
    )
    of_import.refresh_from_db()


def _end(of_import: Import, **fields) -> None:
    running = Import.objects.running().filter(pk=of_import.pk)
    with transaction.atomic():
        if running.update(touched_at=timezone.now(), **fields):
            of_import.refresh_from_db()
            figures = dict(counts(of_import))
            audit.record("import.ended", of_import, by=of_import.started_by, **figures)


def counts(of_import: Import) -> Counter:
    """Rows so far by outcome."""
    return Counter({name: getattr(of_import, name) for name in ("created", "updated", "unchanged", "reported")})


def rehearse(
    of_import: Import, path: Path, *, most: int | None = None, progress: Progress | None = None
) -> tuple[Counter, list[Entry]]:
    """What a run would do, with the first thousand rows that have remarks or fit into a preview; writes nothing.

    `of_import` is not stored. `most` ends the rehearsal after so many rows. Raises Unreadable.
    """
    total: Counter = Counter()
    shown: list[Entry] = []
    seen: set[str] = set()
    with open_table(path) as table:
        for entries in batches(of_import, table, after=0):
            total += _try(of_import, entries, seen)
            shown += entries[: max(0, 1_000 - len(shown))]
            if len(seen) < MOST_REMEMBERED:
                seen |= {entry.draft.key for entry in entries if entry.draft}
            if progress:
                progress(total, table.share(entries[-1].number))
            if most and total.total() >= most:
                break
    return total, shown


def _try(of_import: Import, entries: list[Entry], seen: set[str]) -> Counter:
    with transaction.atomic():
        trial = Import(
            source=of_import.source,
            file_name=of_import.file_name,
            size=0,
            mapping=of_import.mapping,
            country=of_import.country,
            language=of_import.language,
            began_at=timezone.now(),
        )
        trial.save()
        outcomes = write_batch(trial, entries, seen=seen)
        transaction.set_rollback(True)
    return outcomes
