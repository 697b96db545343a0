"""Carrying an import of notices through, each batch committed by itself; a bad notice never stops the rest."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from marketplace.calls.feeds import reading
from marketplace.calls.notices.lots import clean
from marketplace.calls.notices.models import Outcome, Run, RunLine
from marketplace.calls.notices.writing import Entry, write_batch
from marketplace.core import audit
from marketplace.core.copying import copy_models

log = structlog.get_logger("tessera.notices")

AT_ONCE = 200
#: Of a rehearsal, so many entries are kept to be shown.
MOST_SHOWN = 1_000

Progress = Callable[[Counter], None]
Items = Iterable[tuple[str, Any]]


class Overtaken(Exception):
    """Somebody else carries this import on, or it was stopped."""


def items_of(of_run: Run) -> Iterator[tuple[str, Any]]:
    """What the file that was kept holds."""
    with of_run.file.open("rb") as stream:
        yield from reading.read_file(of_run.file_name, stream)


def run(
    of_run: Run, items: Items, *, until: Callable[[], bool] = lambda: False, progress: Progress | None = None
) -> bool:
    """Go on after the stored position; True once the run is finished, has failed or is carried on elsewhere.

    `until` is asked between batches whether to stop for now.
    """
    try:
        for entries in batches(items, after=of_run.position):
            _store(of_run, entries)
            if progress:
                progress(counts(of_run))
            if until():
                return False
    except Overtaken:
        log.info("import of notices carried on elsewhere", id=of_run.pk)
        return True
    except FileNotFoundError:
        end(of_run, failed_at=timezone.now(), failure="no-file")
        return True
    end(of_run, finished_at=timezone.now())
    return True


def batches(items: Items, *, after: int) -> Iterator[list[Entry]]:
    numbered = islice(enumerate(items, start=1), after, None)
    while batch := list(islice(numbered, AT_ONCE)):
        yield [Entry(number, clean(place)[:300], read) for number, (place, read) in batch]


def counts(of_run: Run) -> Counter:
    """Notices so far by outcome."""
    return Counter({name: getattr(of_run, name) for name in Outcome.values})


def end(of_run: Run, **fields: Any) -> None:
    with transaction.atomic():
        if Run.objects.running().filter(pk=of_run.pk).update(touched_at=timezone.now(), **fields):
            of_run.refresh_from_db()
            audit.record("notices.run_ended", of_run, by=of_run.started_by, **dict(counts(of_run)))


@transaction.atomic
def _store(of_run: Run, entries: list[Entry]) -> None:
    """The batch, what became of each notice, and how far the run is: all of it or nothing."""
    current = Run.objects.select_for_update().get(pk=of_run.pk)
    if current.position != of_run.position or not current.is_running:
        raise Overtaken
    entries = settle(of_run.source, entries)
    copy_models(_line(of_run, entry) for entry in entries if entry.outcome != Outcome.UNCHANGED)
    outcomes = Counter(entry.outcome for entry in entries)
    Run.objects.filter(pk=of_run.pk).update(
        position=entries[-1].number,
        touched_at=timezone.now(),
        **{str(outcome): F(outcome) + count for outcome, count in outcomes.items()},
    )
    of_run.refresh_from_db()


def _line(of_run: Run, entry: Entry) -> RunLine:
    return RunLine(
        run=of_run,
        number=entry.number,
        place=entry.place,
        identifier=entry.identifier,
        outcome=entry.outcome,
        reasons=entry.reasons,
        call_id=entry.call_id,
    )


def settle(source, entries: list[Entry]) -> list[Entry]:
    """The batch as a whole; where it fails, each notice by itself, so that the rest goes on without the one."""
    try:
        write_batch(source, entries)
    except Exception as error:  # whatever a stranger's notice brings up, the others are not to suffer
        log.warning("batch of notices taken apart", error=type(error).__name__)
        return [_alone(source, entry.afresh()) for entry in entries]
    return entries


def _alone(source, entry: Entry) -> Entry:
    try:
        write_batch(source, [entry])
    except DatabaseError as error:
        entry = entry.afresh()
        entry.stop("refused", rule=_rule_of(error))
    except Exception:
        log.exception("notice not understood", place=entry.place)
        entry = entry.afresh()
        entry.stop("unexpected")
    return entry


def _rule_of(error: DatabaseError) -> str:
    """The name of the constraint or trigger, which is a sentence."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return (getattr(diagnosis, "constraint_name", None) or type(error).__name__).replace("_", " ")


def rehearse(source, items: Items, *, progress: Progress | None = None) -> tuple[Counter, list[Entry]]:
    """What a run would do, and the first entries with remarks; writes nothing, not even for a moment that others see.

    One transaction, so that a later notice finds the call that an earlier one of the same file would have made.
    """
    total: Counter = Counter()
    shown: list[Entry] = []
    with transaction.atomic():
        for entries in batches(items, after=0):
            settled = settle(source, entries)
            total.update(str(entry.outcome) for entry in settled)
            shown += [entry for entry in settled if entry.reasons][: MOST_SHOWN - len(shown)]
            for entry in shown:
                entry.read = None
            if progress:
                progress(total)
        transaction.set_rollback(True)
    return total, shown
