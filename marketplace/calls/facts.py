"""A call and its lots as plain values that JSON can hold: what forms carry, amendments compare and write.

{"title": …, "zone": …, "response_deadline": "2026-03-30T10:00:00+00:00", …, "lots": [{"number": 1, …}, …]}
"""

import hashlib
import json
from datetime import date, datetime, time

from django.db.models import DateField, DateTimeField, TimeField

from marketplace.calls.models import Call, Lot

OF_CALL = (
    "reference", "title", "description", "language", "response_languages", "procedure", "contract", "audience",
    "evidence_tiers", "route", "portal_url", "official_notice_on", "contact", "starts_on", "ends_on", "currency",
    "zone", "question_due_on", "question_due_time", "question_deadline", "response_due_on", "response_due_time",
    "response_deadline",
)  # fmt: skip
OF_LOT = (
    "number", "title", "description", "cpv", "regions", "value_from", "value_to", "reservation_id",
    "reservation_grounds",
)  # fmt: skip
#: What says when; another deadline asks nobody to confirm a response.
TIMES = (
    "zone", "question_due_on", "question_due_time", "question_deadline", "response_due_on", "response_due_time",
    "response_deadline",
)  # fmt: skip
_READ = {DateField: date.fromisoformat, TimeField: time.fromisoformat, DateTimeField: datetime.fromisoformat}


def facts_of(call):
    """The call as it stands, its lots in the order of their numbers; one query."""
    lots = call.lots.order_by("number") if call.pk else []
    return _plain(call, OF_CALL) | {"lots": [_plain(lot, OF_LOT) for lot in lots if lot.is_standing]}


def _plain(row, names):
    return {name: _as_json(getattr(row, name)) for name in names}


def _as_json(value):
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return list(value) if isinstance(value, list | tuple) else value


def value_of(model, name, plain):
    """The plain value as a row holds it."""
    read = _READ.get(type(model._meta.get_field(name)))
    return read(plain) if read and plain is not None else plain


def fingerprint(facts):
    """A short sign that changes whenever the facts do, for a form to carry."""
    return hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=12).hexdigest()


def differences(before, after):
    """[{"part", "lot", "before", "after"}]; `lot` is the number of the lot or None for the call.

    A lot that came or went is one entry of part "lot", its title on the side where it is.
    """
    found = [_change(name, None, before[name], after[name]) for name in OF_CALL if before[name] != after[name]]
    old, new = ({lot["number"]: lot for lot in facts["lots"]} for facts in (before, after))
    for number in sorted(old | new):
        was, now = old.get(number), new.get(number)
        if was and now:
            found += [_change(name, number, was[name], now[name]) for name in OF_LOT if was[name] != now[name]]
        else:
            found.append(_change("lot", number, was and was["title"], now and now["title"]))
    return found


def _change(part, lot, before, after):
    return {"part": part, "lot": lot, "before": before, "after": after}


def write(call, facts):
    """Make the call and its lots what the facts say, in the running transaction; the caller holds its lock.

    Lots that the facts no longer have are deleted, which the database refuses for a call that has been announced.
    """
    for name in OF_CALL:
        setattr(call, name, value_of(Call, name, facts[name]))
    kept = {lot.number: lot for lot in call.lots.all()}
    call.lots.filter(cancelled_at=None).exclude(number__in=[lot["number"] for lot in facts["lots"]]).delete()
    for plain in facts["lots"]:
        lot = kept.get(plain["number"]) or Lot(call=call)
        for name in OF_LOT:
            setattr(lot, name, value_of(Lot, name, plain[name]))
        lot.save()
