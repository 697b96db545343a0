"""All open calls matched anew, several at a time; cut off and begun again it goes on where it was."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.core import audit, parallel
from marketplace.matching.matches import keeping, waiting
from marketplace.matching.matches.models import FullMatch, MatchedCall, Waiting

log = structlog.get_logger("tessera.matches")

MATCH_ALL = "matches.match_all"
AT_ONCE = 100
#: Matching one call costs about as much as matching so many firms. Where more firms wait than all open calls would
#: cost, and they are no handful, all calls are matched instead.
FIRMS_PER_CALL, HANDFUL = 5, 2_000


@dataclass(frozen=True)
class Step:
    """A call that was matched, and how many firms it has; not `is_whole` where that failed."""

    call: int
    matches: int
    is_whole: bool = True


@transaction.atomic
def begin(at: datetime | None = None, *, by=None) -> FullMatch:
    """The one under way, else a new one; what waits is done with it and waits no more.

    Whatever it was that changed, it is committed, or it asks again when it is.
    """
    running = FullMatch.objects.filter(finished_at=None).first()
    if running:
        return running
    full = FullMatch.objects.create(began_at=at or timezone.now())
    Waiting.objects.filter(claimed_until=None).delete()
    audit.record("matches.full_begun", full, by=by)
    return full


def run(
    full: FullMatch, *, until: Callable[[], bool] = lambda: False, progress: Callable[[Step], None] | None = None
) -> bool:
    """Go on with it; True once it is finished. `until` is asked between batches whether to stop for now."""
    for batch in _batches(full):
        for step in parallel.each(_match, batch):
            if progress:
                progress(step)
        FullMatch.objects.filter(pk=full.pk).update(touched_at=timezone.now())
        if until():
            return False
    return _end(full)


def left(full: FullMatch) -> int:
    """How many open calls are still to be matched."""
    return _calls(full).count()


def is_cheaper(at: datetime) -> bool:
    """Whether so many firms wait that matching all open calls costs less than matching each of them."""
    firms = Waiting.objects.exclude(supplier=None).count()
    return firms > HANDFUL and firms > FIRMS_PER_CALL * Call.objects.open(at).count()


def _batches(full: FullMatch) -> Iterator[list[int]]:
    after = 0
    while batch := list(_calls(full).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield batch
        after = batch[-1]


def _calls(full: FullMatch):
    """The open ones that have not been matched since it began."""
    done = MatchedCall.objects.filter(call=OuterRef("pk"), at__gte=full.began_at)
    return Call.objects.open().exclude(Exists(done))


def _match(call: int) -> Step:
    try:
        return Step(call, keeping.match_call(call))
    except Exception:  # the others are not to suffer; this one waits for another attempt
        log.exception("call not matched", call=call)
        waiting.ask(calls=[call])
        return Step(call, 0, is_whole=False)


def _end(full: FullMatch) -> bool:
    now = timezone.now()
    keeping.forget_ended(now)
    with transaction.atomic():
        if FullMatch.objects.filter(pk=full.pk, finished_at=None).update(finished_at=now, touched_at=now):
            audit.record("matches.full_ended", full)
    return True
