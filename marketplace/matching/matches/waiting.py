"""What has changed waits here to be matched: asked for in the transaction of the change, taken by whoever comes first.

Nothing is lost when a worker dies: what it held is free again after a while, and the clock looks for it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.utils import timezone

from marketplace.core import queue
from marketplace.matching.matches.models import Waiting

MATCH = "matches.match_waiting"
#: Somebody who saves one page of a profile after the other is waited for, but not for long.
REST, LONGEST_REST, NONE = timedelta(seconds=2), timedelta(seconds=20), timedelta(0)
#: Longer than any matching takes.
LEASE = timedelta(minutes=5)
#: After a failure; each further one doubles it, up to so many times.
AGAIN, MOST_DOUBLED = timedelta(minutes=1), 6
#: So many changes at once are not told to the worker: the clock does, and may find it cheaper to match all calls.
FEW = 200
TAKEN_AT_ONCE = 10
#: A number of our own.
WATCH = 5_733_103

ASK = """
INSERT INTO matches_waiting ({kind}_id, first_asked_at, asked_at, due_at, attempts, last_error)
SELECT id, %(at)s, %(at)s, %(at)s + %(rest)s, 0, '' FROM {table} AS asked
WHERE id = ANY(%(numbers)s) AND ({worth}) ORDER BY id
ON CONFLICT ({kind}_id) DO UPDATE SET asked_at = greatest(matches_waiting.asked_at, excluded.asked_at),
    due_at = least(excluded.due_at, matches_waiting.first_asked_at + %(longest)s)
"""
CALLS = ASK.format(kind="call", table="calls_call", worth="publish_at IS NOT NULL")
#: Nobody else is matched, and nobody else has matches to lose.
SUPPLIERS = ASK.format(
    kind="supplier",
    table="suppliers_supplier",
    worth="listed_at IS NOT NULL AND hidden_at IS NULL AND suspended_at IS NULL"
    " OR EXISTS (SELECT FROM matches_match WHERE supplier_id = asked.id)",
)
TAKE = f"""
UPDATE matches_waiting SET claimed_until = %(at)s + %(lease)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM matches_waiting WHERE due_at <= %(at)s AND (claimed_until IS NULL OR claimed_until < %(at)s)
    ORDER BY supplier_id IS NOT NULL, due_at LIMIT {TAKEN_AT_ONCE} FOR UPDATE SKIP LOCKED
)
RETURNING id, call_id, supplier_id, asked_at, attempts
"""  # noqa: S608  (only a figure of our own is put in)


class Taken(NamedTuple):
    pk: int
    call: int | None
    supplier: int | None
    asked_at: datetime
    attempts: int


def ask(*, calls: Collection[int] = (), suppliers: Collection[int] = (), at: datetime | None = None) -> None:
    """Have these matched again after the running transaction: one statement for any number of each."""
    at = at or timezone.now()
    asked = 0
    for statement, numbers, rest in ((CALLS, calls, NONE), (SUPPLIERS, suppliers, REST)):
        if numbers:
            given = {"numbers": sorted(set(numbers)), "at": at, "rest": rest, "longest": max(rest, LONGEST_REST)}
            with connection.cursor() as cursor:
                cursor.execute(statement, given)
                asked += cursor.rowcount
    if 0 < asked <= FEW:
        queue.after_commit(MATCH)


def take(at: datetime) -> list[Taken]:
    """A few that are due, calls first, for as long as a lease; nobody else gets them meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"at": at, "lease": LEASE})
        return [Taken(*row) for row in cursor.fetchall()]


def let_go(taken: Taken) -> bool:
    """It is matched. Whoever was asked for again meanwhile goes on waiting, free for everybody."""
    row = Waiting.objects.filter(pk=taken.pk)
    if row.filter(asked_at=taken.asked_at).delete()[0]:
        return True
    row.filter(attempts=taken.attempts).update(claimed_until=None, first_asked_at=F("asked_at"), last_error="")
    return False


def put_off(taken: Taken, reason: str, at: datetime) -> None:
    """It went wrong, and is tried again later."""
    later = at + AGAIN * 2 ** min(taken.attempts - 1, MOST_DOUBLED)
    row = Waiting.objects.filter(pk=taken.pk, attempts=taken.attempts)
    row.update(claimed_until=None, due_at=later, last_error=reason[:300] or "no reason given")


def hold_watch() -> bool:
    """Whether nobody else is waiting for what comes due next; ends with `end_watch` or with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [WATCH])
        return cursor.fetchone()[0]


def end_watch() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [WATCH])
