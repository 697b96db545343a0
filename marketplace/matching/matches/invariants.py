"""What always holds of matches, also past the guards of the database."""

from datetime import datetime, timedelta
from typing import Any

from marketplace.core import registry

#: The clock has come by many times.
LATE = timedelta(hours=1)


def _times(at: datetime) -> dict[str, Any]:
    return {"at": at, "limit": at - LATE}


SENTENCES = {
    "match-of-listed": (
        "a match is of a firm that is listed",
        "SELECT matches_match.id FROM matches_match JOIN suppliers_supplier ON suppliers_supplier.id = supplier_id"
        " WHERE listed_at IS NULL OR greatest(hidden_at, suspended_at) < %(limit)s",
    ),
    "match-of-open": (
        "a match is of a call that is open, or was an hour ago",
        "SELECT matches_match.id FROM matches_match JOIN calls_call ON calls_call.id = call_id"
        " WHERE publish_at IS NULL OR publish_at > %(at)s OR"
        " least(response_deadline, withdrawn_at, cancelled_at, awarded_at, unsuccessful_at) < %(limit)s",
    ),
    "match-of-its-lot": (
        "a match names a lot of its call that stands",
        "SELECT matches_match.id FROM matches_match JOIN calls_lot ON calls_lot.id = lot_id"
        " WHERE calls_lot.call_id <> matches_match.call_id OR calls_lot.cancelled_at < %(limit)s",
    ),
    "match-is-counted": (
        "the list of a call is as long as it is said to be",
        "SELECT matches_matchedcall.call_id FROM matches_matchedcall WHERE kept <>"
        " (SELECT count(*) FROM matches_match WHERE matches_match.call_id = matches_matchedcall.call_id)"
        " AND NOT EXISTS (SELECT FROM matches_waiting WHERE matches_waiting.call_id = matches_matchedcall.call_id)"
        " AND at < %(limit)s",
    ),
    "open-call-is-matched": (
        "a call that has been open for an hour was matched, or waits for it with a recorded reason",
        "SELECT id FROM calls_call WHERE publish_at < %(limit)s AND response_deadline > %(at)s AND withdrawn_at IS NULL"
        " AND cancelled_at IS NULL AND awarded_at IS NULL AND unsuccessful_at IS NULL"
        " AND NOT EXISTS (SELECT FROM matches_matchedcall WHERE call_id = calls_call.id)"
        " AND NOT EXISTS (SELECT FROM matches_waiting WHERE call_id = calls_call.id)",
    ),
    "match-waiting": (
        "nothing waits to be matched for over an hour without a recorded reason",
        "SELECT id FROM matches_waiting WHERE due_at < %(limit)s AND last_error = ''",
    ),
}

for name, (sentence, sql) in SENTENCES.items():
    registry.invariants.register(name, registry.Invariant(sentence, sql, _times))
