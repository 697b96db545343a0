"""Matching what waits, a few at a time, each in a transaction of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from marketplace.matching.matches import keeping, waiting
from marketplace.matching.matches.models import Waiting
from marketplace.matching.matches.waiting import Taken

log = structlog.get_logger("tessera.matches")

#: What comes due so soon is waited for: somebody is just saving the pages of a profile.
SOON = timedelta(seconds=3)


@dataclass
class Done:
    """How many were matched, how many matches they have, and how many failed."""

    calls: int = 0
    suppliers: int = 0
    matches: int = 0
    failed: int = 0


def work(*, until: Callable[[], bool] = lambda: False, progress: Callable[[Done], None] | None = None) -> Done:
    """Match all that is due, or comes due in a moment, until there is nothing more or `until` says to stop."""
    done = Done()
    while not until():
        taken = waiting.take(timezone.now())
        if not taken and not _comes_soon(timezone.now()):
            break
        for one in taken:
            _match(one, done)
            if progress:
                progress(done)
    return done


def _match(one: Taken, done: Done) -> None:
    try:
        if one.call:
            done.matches += keeping.match_call(one.call)
        elif one.supplier:
            done.matches += keeping.match_supplier(one.supplier)
    except Exception as error:  # the others are not to suffer; it is tried again later, with the reason beside it
        log.exception("not matched", call=one.call, supplier=one.supplier)
        waiting.put_off(one, f"{type(error).__name__}: {error}", timezone.now())
        done.failed += 1
        return
    waiting.let_go(one)
    done.calls += one.call is not None
    done.suppliers += one.supplier is not None


def _comes_soon(at: datetime) -> bool:
    """Whether something does; then it is there now. One process waits, the others go on with other work."""
    due = Waiting.objects.filter(claimed_until=None, due_at__lte=at + SOON).order_by("due_at")
    first = due.values_list("due_at", flat=True).first()
    if first is None or not waiting.hold_watch():
        return False
    try:
        time.sleep(max(0.05, (first - at).total_seconds()))
    finally:
        waiting.end_watch()
    return True
