"""What always holds of calls, also past the guards of the database: after a restore, a repair by hand, a lost trigger.

SQL names the tables of the rooms above without importing them.
"""

from marketplace.core import registry

#: Words that stand for a piece of SQL in the sentences below. The first: a call that is not ended without an award.
STANDING = "publish_at <= %(at)s AND withdrawn_at IS NULL AND cancelled_at IS NULL"
#: A submission with its lot and call.
SUBMITTED = """
    FROM responses_submission JOIN responses_response ON responses_response.id = responses_submission.response_id
    JOIN calls_lot ON calls_lot.id = responses_response.lot_id JOIN calls_call ON calls_call.id = calls_lot.call_id
"""

SENTENCES = {
    "response-before-deadline": (
        "a response is received before the deadline of its call",
        "SELECT responses_submission.id SUBMITTED WHERE received_at >= response_deadline"
        " OR greatest(confirmed_at, replaced_at, responses_submission.withdrawn_at) >= response_deadline",
    ),
    "opened-after-deadline": (
        "a call is opened after its deadline",
        "SELECT id FROM calls_call WHERE opened_at < response_deadline OR opened_at > %(at)s",
    ),
    "call-has-lots": (
        "a call on show has a lot that stands",
        "SELECT id FROM calls_call WHERE STANDING AND NOT EXISTS ("
        " SELECT FROM calls_lot WHERE call_id = calls_call.id AND calls_lot.cancelled_at IS NULL)",
    ),
    "lot-says-what": (
        "each lot of a call on show says what is bought",
        "SELECT calls_lot.id FROM calls_lot JOIN calls_call ON calls_call.id = call_id"
        " WHERE publish_at IS NOT NULL AND calls_lot.cancelled_at IS NULL AND cpv = '{}'",
    ),
    "call-of-its-buyer": (
        "a call knows the kind of its buyer",
        "SELECT calls_call.id FROM calls_call JOIN buyers_buyer ON buyers_buyer.id = buyer_id WHERE buyer_kind <> kind",
    ),
    "authority-asks-no-evidence": (
        "a contracting authority's call stands under a law, is for everybody and asks for no evidence",
        "SELECT calls_call.id FROM calls_call JOIN buyers_buyer ON buyers_buyer.id = buyer_id"
        " WHERE 'contracting_authority' IN (kind, buyer_kind)"
        " AND (evidence_tiers <> '{}' OR audience <> 'everybody' OR jurisdiction_id IS NULL)",
    ),
    "reservation-of-the-law": (
        "a lot is reserved under the law of its call alone",
        "SELECT calls_lot.id FROM calls_lot JOIN calls_call ON calls_call.id = call_id"
        " JOIN law_reservation ON law_reservation.id = reservation_id"
        " WHERE law_reservation.jurisdiction_id IS DISTINCT FROM calls_call.jurisdiction_id",
    ),
    "deadline-is-its-wall-time": (
        "a deadline is the wall time that people read, in its zone",
        "SELECT id FROM calls_call WHERE zone <> '' AND ("
        " timezone(zone, response_deadline) <> response_due_on + response_due_time"
        " OR timezone(zone, question_deadline) <> question_due_on + question_due_time)",
    ),
    "sealed-mails": (
        "a mail to a firm about its response is hidden from everybody else",
        r"SELECT id FROM core_outboxmessage WHERE template LIKE 'responses/email/response\_%%'"
        " AND (hidden_until IS NULL OR about <> '{}')",
    ),
    "lot-awarded-to-somebody": (
        "a lot that is awarded names who has it",
        "SELECT id FROM calls_lot WHERE awarded_at IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM awards_award WHERE lot_id = calls_lot.id)",
    ),
    "feedback-for-everybody": (
        "whoever responded to a lot that is decided and was not chosen has feedback",
        "SELECT responses_response.id SUBMITTED WHERE opened_at IS NOT NULL AND replaced_at IS NULL"
        " AND responses_submission.withdrawn_at IS NULL AND confirmed_for >= material_number"
        " AND num_nonnulls(calls_lot.awarded_at, calls_lot.unsuccessful_at) > 0"
        " AND NOT EXISTS (SELECT FROM awards_award WHERE response_id = responses_response.id)"
        " AND NOT EXISTS (SELECT FROM awards_feedback WHERE response_id = responses_response.id)",
    ),
    "call-ends-with-its-lots": (
        "a call on show has a lot to decide, or is decided",
        "SELECT id FROM calls_call WHERE STANDING AND awarded_at IS NULL AND unsuccessful_at IS NULL"
        " AND EXISTS (SELECT FROM calls_lot WHERE call_id = calls_call.id) AND NOT EXISTS ("
        " SELECT FROM calls_lot WHERE call_id = calls_call.id"
        " AND num_nonnulls(calls_lot.cancelled_at, calls_lot.awarded_at, calls_lot.unsuccessful_at) = 0)",
    ),
    "amendments-without-gap": (
        "the amendments of a call are numbered without a gap",
        "SELECT id FROM calls_call WHERE amendment_number <>"
        " (SELECT count(*) FROM amendments_amendment WHERE call_id = calls_call.id) OR material_number <>"
        " (SELECT coalesce(max(number), 0) FROM amendments_amendment WHERE call_id = calls_call.id AND is_material)",
    ),
}

for name, (sentence, sql) in SENTENCES.items():
    sql = sql.replace("STANDING", STANDING).replace("SUBMITTED", SUBMITTED)
    registry.invariants.register(name, registry.Invariant(sentence, sql))
