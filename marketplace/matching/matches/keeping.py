"""Keeps the matches of a call, or those of a firm, as they should be: one transaction each, repeated without harm.

Calls are matched beside each other, a firm by itself: what a firm changes in the list of a call is never overwritten by
somebody who read its profile before.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.matching.matches import candidates, exact, facts, waiting
from marketplace.matching.matches.dealing import TURN
from marketplace.matching.matches.models import Match, MatchedCall, Need
from marketplace.matching.matches.signals import call_matched
from marketplace.matching.scoring import KEPT_OF_A_CALL, KEPT_OF_A_SUPPLIER, SHOWN_FROM, VERSION
from suppliers.models import Supplier

#: Numbers of our own; these locks end with their transaction.
LOCK, LOCK_OF_CALLS = 5_733_101, 5_733
SAME = "(lot_id, cpv, region, words, turn, version)"

TURN_OF_BEST = TURN.format(call="call", supplier="supplier")
WRITE = f"""
INSERT INTO matches_match (call_id, supplier_id, lot_id, cpv, region, words, turn, version, found_at)
SELECT call, supplier, lot, cpv, region, words, turn, {VERSION}, %(at)s FROM kept
ON CONFLICT (call_id, supplier_id) DO UPDATE SET {SAME} = (
    excluded.lot_id, excluded.cpv, excluded.region, excluded.words, excluded.turn, excluded.version
)
WHERE (matches_match.lot_id, matches_match.cpv, matches_match.region, matches_match.words, matches_match.turn,
    matches_match.version) IS DISTINCT FROM (
    excluded.lot_id, excluded.cpv, excluded.region, excluded.words, excluded.turn, excluded.version)
"""  # noqa: S608  (only figures and names of our own are put in)
#: The list of a call, and where it ends.
OF_CALL = f"""
{exact.best("supplier")}, kept AS MATERIALIZED (
    SELECT *, {TURN_OF_BEST} AS turn FROM best ORDER BY score DESC, turn, supplier LIMIT {KEPT_OF_A_CALL}
), gone AS (
    DELETE FROM matches_match WHERE call_id = %(call)s AND supplier_id NOT IN (SELECT supplier FROM kept)
), written AS ({WRITE})
INSERT INTO matches_matchedcall (call_id, at, kept, last_score, last_turn)
SELECT %(call)s, %(at)s, count(*),
    CASE WHEN count(*) = {KEPT_OF_A_CALL} THEN min(score) END,
    CASE WHEN count(*) = {KEPT_OF_A_CALL} THEN (array_agg(turn ORDER BY score, turn DESC))[1] END
FROM kept
ON CONFLICT (call_id) DO UPDATE SET (at, kept, last_score, last_turn) = (
    excluded.at, excluded.kept, excluded.last_score, excluded.last_turn
)
RETURNING kept
"""  # noqa: S608
#: What a firm's match with each call is now, and was: those that are new where the list is full are only kept when they
#: come before its end.
OF_SUPPLIER = f"""
{exact.best("call")}, before AS MATERIALIZED (
    SELECT call_id AS call, score FROM matches_match WHERE supplier_id = %(supplier)s
), dealt AS MATERIALIZED (
    SELECT best.*, {TURN_OF_BEST} AS turn, before.score AS score_before FROM best LEFT JOIN before USING (call)
), kept AS MATERIALIZED (
    SELECT dealt.* FROM dealt JOIN matches_matchedcall AS ending ON ending.call_id = call
    WHERE score_before IS NOT NULL OR last_score IS NULL OR (score, -turn) > (last_score, -last_turn)
    ORDER BY score_before IS NULL, score DESC, turn, call
    LIMIT greatest({KEPT_OF_A_SUPPLIER}, (SELECT count(*) FROM before))
), gone AS (
    DELETE FROM matches_match WHERE supplier_id = %(supplier)s AND call_id NOT IN (SELECT call FROM kept)
    RETURNING call_id
), written AS ({WRITE})
SELECT (SELECT count(*) FROM kept), ARRAY(SELECT call FROM kept WHERE score_before IS NULL),
    ARRAY(SELECT call_id FROM gone), ARRAY(SELECT call FROM kept WHERE score < score_before)
"""  # noqa: S608
#: Lists that have become longer or shorter.
ENDINGS = f"""
WITH long AS MATERIALIZED (
    SELECT call_id AS call, kept FROM matches_matchedcall WHERE call_id = ANY(%(calls)s)
), row AS MATERIALIZED (
    SELECT id, call_id AS call, score, turn,
        row_number() OVER (PARTITION BY call_id ORDER BY score DESC, turn, id) AS place
    FROM matches_match WHERE call_id = ANY(%(calls)s)
), gone AS (
    DELETE FROM matches_match WHERE id IN (SELECT id FROM row WHERE place > {KEPT_OF_A_CALL})
)
UPDATE matches_matchedcall SET (kept, last_score, last_turn) = (counted.kept, counted.score, counted.turn)
FROM (
    SELECT long.call, least(count(row.id), {KEPT_OF_A_CALL}) AS kept,
        max(score) FILTER (WHERE place = {KEPT_OF_A_CALL}) AS score,
        max(turn) FILTER (WHERE place = {KEPT_OF_A_CALL}) AS turn
    FROM long LEFT JOIN row USING (call) GROUP BY long.call
) AS counted
WHERE call_id = counted.call
"""  # noqa: S608


@transaction.atomic
def match_call(pk: int, at: datetime | None = None) -> int:
    """Bring the list of a call up to date and say so; returns how many firms it has."""
    at = at or timezone.now()
    _lock("pg_advisory_xact_lock_shared(%s)", LOCK)
    _lock("pg_advisory_xact_lock(%s, %s)", LOCK_OF_CALLS, pk % 2**31)
    if not Call.objects.open(at).filter(pk=pk).exists():
        forget_calls([pk])
        return 0
    facts.keep_needs([pk])
    lots, suppliers = candidates.firms(list(Need.objects.filter(call=pk).order_by("number")))
    kept = _one(OF_CALL, _given(lots, suppliers, KEPT_OF_A_CALL) | {"call": pk, "at": at})[0]
    call_matched.send(sender=None, call=pk)
    return kept


@transaction.atomic
def match_supplier(pk: int, at: datetime | None = None) -> int:
    """Bring the matches of a firm with open calls up to date; returns how many these are.

    A call whose full list it leaves, or in which it falls behind, is matched again: another may come before it now.
    """
    at = at or timezone.now()
    _lock("pg_advisory_xact_lock(%s)", LOCK)
    is_listed = Supplier.objects.listed().filter(pk=pk).exists()
    lots = candidates.lots(pk, at) if is_listed else []
    given = _given(lots, [pk] * len(lots), KEPT_OF_A_SUPPLIER) | {"supplier": pk, "at": at}
    number, new, gone, worse = _one(OF_SUPPLIER, given)
    full = MatchedCall.objects.filter(call__in=[*gone, *worse], last_score__isnull=False)
    again = list(full.values_list("call", flat=True))
    if new or gone:
        _run(ENDINGS, {"calls": [*new, *gone]})
    waiting.ask(calls=again, at=at)
    return number


def forget_calls(calls: Collection[int]) -> int:
    """Calls that are no longer open: nothing of them is compared any more; returns how many matches went."""
    gone, _each = Match.objects.filter(call__in=calls).delete()
    Need.objects.filter(call__in=calls).delete()
    MatchedCall.objects.filter(call__in=calls).delete()
    return gone


def forget_ended(at: datetime, most: int = 1_000) -> int:
    """Those whose deadline has come, or that something else has ended; returns how many calls they were."""
    ended = MatchedCall.objects.exclude(call__in=Call.objects.open(at)).order_by("pk")
    calls = list(ended.values_list("pk", flat=True)[:most])
    with transaction.atomic():
        forget_calls(calls)
    return len(calls)


def forget_unlisted() -> int:
    """Firms that are no longer on show, however that came about."""
    gone, _each = Match.objects.exclude(supplier__in=Supplier.objects.listed()).delete()
    return gone


def drop_ended(calls: Collection[int]) -> None:
    """Those of these calls that are not open are in no list from now on."""
    _drop(Match.objects.filter(call__in=calls).exclude(call__in=Call.objects.open()))


def drop_unlisted(suppliers: Collection[int]) -> None:
    """Those of these firms that are not on show are in no list from now on."""
    _drop(Match.objects.filter(supplier__in=suppliers).exclude(supplier__in=Supplier.objects.listed()))


@transaction.atomic
def _drop(matches) -> None:
    """But for those that somebody is just writing, for whom no person waits: the worker comes to them."""
    free = matches.select_for_update(skip_locked=True, of=("self",))
    Match.objects.filter(pk__in=list(free.values_list("pk", flat=True))).delete()


def _given(lots: list[int], suppliers: list[int], most: int) -> dict[str, Any]:
    return {"lots": lots, "suppliers": suppliers, "least": SHOWN_FROM, "most": most}


def _lock(function: str, *numbers: int) -> None:
    _one(f"SELECT {function}", list(numbers))


def _one(statement: str, parameters: Any) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def _run(statement: str, parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
