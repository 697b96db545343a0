"""When the mail server is away, all mail rests for a short while instead of waiting for it message by message.

The state stands in the shared cache: losing it, or the cache being away, costs some more attempts and nothing else.
The server's first answer ends the rest and brings forward everything that waited for it.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone
from redis import RedisError

from marketplace.core import queue
from marketplace.core.models import OutboxMessage

REASON = "mail server not reached"
SWEEP = "core.sweep_outbox"
FIRST = timedelta(seconds=15)
LONGEST = timedelta(minutes=5)
#: So many conversations broken off in a row are the server's doing, not one message's.
BREAKS = 3
#: Longer than any one attempt takes.
PROBE = 120
_MEMORY = 60 * 60
_UNTIL, _TIMES, _BREAKS, _PROBE = "mail-rests-until", "mail-rests-times", "mail-breaks", "mail-probe"


def until(at: datetime) -> datetime | None:
    """The moment until which this mail need not be tried, or None; after a rest one mail at a time is let through."""
    try:
        end = cache.get(_UNTIL)
        if end is None:
            return None
        if end > at:
            return end
        return None if cache.add(_PROBE, 1, PROBE) else at + FIRST
    except RedisError:
        return None


def begin(at: datetime) -> timedelta:
    """The server is away: rest, longer each time, and return how long."""
    try:
        cache.add(_TIMES, 0, _MEMORY)
        pause = min(FIRST * 2 ** min(cache.incr(_TIMES) - 1, 10), LONGEST)
        cache.set(_UNTIL, at + pause, _MEMORY)
        cache.delete(_PROBE)
    except RedisError:
        return FIRST
    return pause


def broke_off(at: datetime) -> None:
    """A conversation ended in the middle; several in a row begin a rest."""
    with suppress(RedisError):
        cache.delete(_PROBE)
        cache.add(_BREAKS, 0, _MEMORY)
        if cache.incr(_BREAKS) >= BREAKS:
            begin(at)


def answered() -> None:
    """The server works: what rested is due now, and the sweep is called at once."""
    with suppress(RedisError):
        cache.delete(_BREAKS)
        if cache.delete(_UNTIL):
            cache.delete_many([_TIMES, _PROBE])
            resting = OutboxMessage.objects.waiting().filter(last_error__startswith=REASON)
            if resting.update(next_attempt_at=timezone.now()):
                queue.enqueue(SWEEP)


def put_off(pk: int, end: datetime) -> None:
    """Let one waiting message rest with the others; its attempts are not counted, for none was made."""
    OutboxMessage.objects.due(timezone.now()).filter(pk=pk).update(next_attempt_at=end, last_error=REASON)
