"""Counting on hot pages without a write to PostgreSQL: gathered in the process for a moment, then in Valkey, and taken
out by the clock.

A process that is killed loses the last two seconds; Valkey, should it lose its memory, what was counted since the last
drain, a minute at most with its append-only file on.
"""

import atexit
import functools
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger("tessera.tally")
_PREFIX = "tessera:tally:"
#: Seconds in which counts are gathered before they go to Valkey.
GATHERED_FOR = 2.0
_gathered: defaultdict[str, Counter[int]] = defaultdict(Counter)
_lock = threading.Lock()


def count(kind: str, subjects: Iterable[int], by: int = 1) -> None:
    """Add to the counters of several subjects; the page waits for nobody."""
    with _lock:
        is_first = not _gathered
        _gathered[kind].update(dict.fromkeys(subjects, by))
    if is_first:
        timer = threading.Timer(GATHERED_FOR, pass_on)
        timer.daemon = True
        timer.start()


@atexit.register
def pass_on() -> None:
    """Bring what was gathered to Valkey; a store that is away is passed over."""
    with _lock:
        counted = dict(_gathered)
        _gathered.clear()
    if not counted:
        return
    try:
        with _store().pipeline(transaction=False) as pipeline:
            for kind, amounts in counted.items():
                for subject, amount in amounts.items():
                    pipeline.hincrby(_PREFIX + kind, str(subject), amount)
            pipeline.execute()
    except redis.RedisError as error:
        log.warning("tally lost", kinds=sorted(counted), error=type(error).__name__)


def drain(kind: str) -> dict[int, int]:
    """Take out what was counted so far: each count is handed out once, also to drains that run at the same time.

    Of other processes, what they have passed on.
    """
    pass_on()
    with _store().pipeline(transaction=True) as pipeline:
        pipeline.hgetall(_PREFIX + kind)
        pipeline.delete(_PREFIX + kind)
        counts, _deleted = pipeline.execute()
    return {int(subject): int(amount) for subject, amount in counts.items()}


@functools.cache
def _store() -> redis.Redis:
    """One pool for the process; nobody waits for more than half a second when the store hangs."""
    patience = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 1)}
    return redis.Redis.from_url(settings.CACHE_URL, **patience)
