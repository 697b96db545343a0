"""What a batch of notices does to the database: calls that are made, changed or cancelled, and a record of each notice.

A notice is known by its source and number, a call by the procedure; the newest notice of a procedure decides, in
whichever order they come.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls import actions as calls
from marketplace.calls.feeds import notice as said
from marketplace.calls.law.models import Reservation
from marketplace.calls.models import Call
from marketplace.calls.notices import amending, authorities, drafting
from marketplace.calls.notices.lots import NoCall, clean
from marketplace.calls.notices.making import Making
from marketplace.calls.notices.models import Notice, Outcome
from marketplace.calls.notices.reasons import NO_FAULT
from marketplace.core.errors import RuleBroken

#: Imports write one after the other; the number is any that nobody else uses.
LOCK = 0x7E55E7A05
#: What BT-71 reserves a lot for, by the law that has the same reservation.
RESERVATIONS = {"eu": {"res-ws": "eu-sheltered-workshops", "res-pub-ser": "eu-participatory-organisations"}}
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass
class Entry:
    """One notice on its way: what was read of it, and what becomes of it."""

    number: int
    place: str
    read: said.Read
    outcome: str = Outcome.UNCHANGED
    reasons: list = field(default_factory=list)
    call_id: int | None = None

    @property
    def identifier(self):
        return clean(getattr(self.read, "identifier", ""))[:200]

    @property
    def moment(self):
        return self.read.published_at if isinstance(self.read, said.Notice) else BEGINNING

    def afresh(self):
        return Entry(self.number, self.place, self.read)

    def stop(self, code, **parameters):
        self.outcome = Outcome.SKIPPED if code in NO_FAULT else Outcome.REPORTED
        self.reasons = [[code, parameters]]


@transaction.atomic
def write_batch(source, entries):
    """Settle the outcome of each entry, the older notices first; all of them or, when one raises, none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    writer = _Writer(source, [entry.read for entry in entries if isinstance(entry.read, said.Notice)])
    for entry in sorted(entries, key=lambda entry: (entry.moment, entry.number)):
        match entry.read:
            case said.Broken(reason=reason):
                entry.stop("broken", reason=clean(reason)[:500])
            case said.Skipped(form=form, reason=reason):
                entry.stop("form", form=clean(form)[:100], reason=clean(reason)[:500])
            case _:
                writer.take(entry)
    writer.finish()


def numbers_of(notice):
    """(identifier, version, procedure) as they are kept: a longer one is told apart by its digest."""
    return tuple(_short(clean(text), most) for text, most in (
        (notice.identifier, 200), (notice.version, 40), (notice.procedure or notice.identifier, 200),
    ))  # fmt: skip


def _short(text, most):
    return text if len(text) <= most else text[: most - 17] + "~" + hashlib.sha256(text.encode()).hexdigest()[:16]


def is_global(procedure):
    """Whether the number is meant to be unique in the world, so that any source may speak of the same procedure."""
    return procedure.startswith("ocds-") or (len(procedure) == 36 and procedure.count("-") == 4)


def digest_of(notice):
    return hashlib.sha256(repr(replace(notice, warnings=())).encode("utf-8", "backslashreplace")).hexdigest()


def _keys_of(notice):
    try:
        body = drafting.body_of(notice)
        return authorities.keys_of(body, drafting.country_of(notice, body))
    except NoCall:
        return []


class _Writer:
    """One batch. Calls that are new are made together at the end, or before one of them is changed."""

    def __init__(self, source, notices):
        self.source, self.now = source, timezone.now()
        numbers = [numbers_of(notice) for notice in notices]
        known = Q(source=source, identifier__in={identifier for identifier, _version, _procedure in numbers})
        together = Q(procedure__in={procedure for _identifier, _version, procedure in numbers})
        rows = Notice.objects.filter(known | together)
        self.known, self.of_procedure = {}, defaultdict(list)
        for row in rows.select_related("call__buyer__organisation", "call__jurisdiction"):
            if row.source_id == source.pk:
                self.known[row.identifier, row.version] = row
            if row.source_id == source.pk or is_global(row.procedure):
                self.of_procedure[row.procedure].append(row)
        self.bodies = authorities.known_by([key for notice in notices for key in _keys_of(notice)])
        self.making = Making(self.now)
        self.authorities, self.laws, self.reservations = {}, {}, {}

    def finish(self):
        self.making.flush()

    def take(self, entry):
        notice = entry.read
        identifier, version, procedure = numbers_of(notice)
        known, digest = self.known.get((identifier, version)), digest_of(notice)
        if known and self._is_settled(entry, known, notice, digest):
            return
        row = known or Notice(source=self.source, identifier=identifier, version=version)
        row.procedure, row.form, row.kind = procedure, notice.form.value, notice.kind.value
        if row.digest != digest:
            row.received_at = self.now
        row.published_at, row.digest, row.title = notice.published_at, digest, clean(notice.title)[:300]
        row.official_url = drafting.web_address(notice.official_url) or row.official_url
        try:
            _HANDLERS[notice.kind](self, entry, notice, row)
        except NoCall as none:
            entry.stop(none.reason[0], **none.reason[1])
            entry.call_id, row.reasons = row.call_id, [none.reason]
            row.save()
        self.known[identifier, version] = row
        if known is None:
            self.of_procedure[procedure].append(row)

    def _is_settled(self, entry, known, notice, digest):
        """Whether the number is here already and nothing newer is said under it; what became no call is tried again."""
        if known.digest == digest:
            entry.call_id = known.call_id
            is_past_mending = known.call_id and all(code in NO_FAULT for code, _said in known.reasons)
            return known.effect != Notice.Effect.NONE or is_past_mending
        if known.published_at < notice.published_at:
            return False
        entry.call_id = known.call_id
        entry.stop("same-number" if known.published_at == notice.published_at else "older")
        return True

    # --- By kind ------------------------------------------------------------------------------------------------------

    def call(self, entry, notice, row):
        current = self._current(notice, row)
        if current is None:
            self._make(entry, notice, row)
            return
        self._require_newer(notice, row, current)
        call = current.call
        try:
            draft = self._draft(notice, call.jurisdiction, call.buyer.organisation.country.code, zone=call.zone)
        except NoCall as none:
            if none.reason[0] != "no-lots":
                raise
            self._cancel(entry, notice, row, current)
            return
        if amending.is_earlier(call, draft):
            self._replace(entry, row, draft, call)
        else:
            self._amend(entry, notice, row, current, draft)

    def cancellation(self, entry, notice, row):
        current = self._current(notice, row)
        if current is None:
            raise NoCall("nothing-to-cancel")
        self._require_newer(notice, row, current)
        self._cancel(entry, notice, row, current)

    def result(self, entry, notice, row):
        current = self._current(notice, row)
        row.call = current and current.call
        raise NoCall("result")

    # --- What is here -------------------------------------------------------------------------------------------------

    def _current(self, notice, row):
        """The newest notice that decides what the call of this procedure says; None where there is no call.

        A market consultation is a call of its own. Raises NoCall where a newer notice has made an end already.
        """
        self.making.flush_if(row.procedure)
        rows = [other for other in self.of_procedure[row.procedure] if other is not row or row.call_id]
        is_planning = notice.kind == said.Kind.PLANNING
        newer = [other for other in rows if other.order > row.order]
        is_ended = any(other.kind == said.Kind.CANCELLATION and not other.call_id for other in newer)
        if is_ended or (is_planning and any(other.kind == said.Kind.CALL for other in newer)):
            raise NoCall("older")
        own = {said.Kind.PLANNING} if is_planning else {said.Kind.CALL, said.Kind.CANCELLATION}
        applied = [other for other in rows if other.effect != Notice.Effect.NONE and other.kind in own]
        return max(applied, key=lambda other: other.order, default=None)

    def _require_newer(self, notice, row, current):
        # A number that is used again has taken the place of its older text in the row.
        is_same = current is row
        row.call = current.call
        current.call.refresh_from_db()
        if not is_same and row.order <= current.order:
            raise NoCall("older")
        if not Call.objects.running().filter(pk=current.call_id).exists():
            raise NoCall("taken-off")

    def _draft(self, notice, law, country, zone=None):
        return drafting.draft(
            notice,
            country=country,
            source=self.source,
            reservations=self._reservations(law, drafting.language_of(notice)),
            now=self.now,
            zone=zone,
        )

    def _law_of(self, country):
        if country not in self.laws:
            try:
                self.laws[country] = calls.jurisdiction_of(country)
            except RuleBroken as broken:
                raise NoCall("no-law", country=country) from broken
        return self.laws[country]

    def _reservations(self, law, language):
        """{code of BT-71: (key of the law's reservation, grounds in that language)}."""
        codes = RESERVATIONS.get(law.code, {})
        if not codes:
            return {}
        if law.code not in self.reservations:
            rows = Reservation.objects.in_force().filter(jurisdiction=law, code__in=codes.values())
            self.reservations[law.code] = {row.code: row.pk for row in rows}
        with amending.in_language(language):
            there, grounds = self.reservations[law.code], _("As the official notice says.")
        return {code: (there[ours], grounds) for code, ours in codes.items() if ours in there}

    # --- What is done -------------------------------------------------------------------------------------------------

    def _make(self, entry, notice, row):
        body = drafting.body_of(notice)
        country = drafting.country_of(notice, body)
        law = self._law_of(country)
        # First what can fail without a trace: nobody is put on record for a notice that becomes no call.
        draft = self._draft(notice, law, country)
        named = (body.name, body.identifiers, country)
        if named not in self.authorities:
            self.authorities[named] = authorities.authority_of(body, country, self.bodies)
        self._add(entry, row, draft, self.authorities[named], law)

    def _add(self, entry, row, draft, buyer, law):
        self._note(row, draft)
        row.effect = Notice.Effect.MADE
        entry.outcome, entry.reasons = Outcome.CREATED, draft.remarks
        self.making.add(entry, row, draft, buyer, law)

    def _amend(self, entry, notice, row, current, draft):
        at = max(draft.publish_at, current.call.publish_at)
        words = clean(notice.change_reason)[:2_000]
        numbers, is_changed = amending.follow(current.call, draft, known_lots=current.lots, words=words, at=at)
        self._note(row, draft)
        row.lots = numbers
        # A number that was used again stays the one that made the call.
        if row.effect != Notice.Effect.MADE:
            row.effect = Notice.Effect.AMENDED if is_changed else Notice.Effect.CONFIRMED
        row.save()
        entry.outcome = Outcome.UPDATED if is_changed else Outcome.UNCHANGED
        entry.reasons, entry.call_id = draft.remarks, row.call_id

    def _cancel(self, entry, notice, row, current):
        with amending.in_language(current.call.language):
            words = clean(notice.change_reason)[:2_000] or _("The official notice cancels the procedure.")
        calls.cancel_call(current.call, words=words, by=None)
        row.official_url = row.official_url or current.official_url
        row.lots, row.reasons, row.effect = current.lots, [], Notice.Effect.CANCELLED
        row.save()
        entry.outcome, entry.call_id = Outcome.UPDATED, row.call_id

    def _replace(self, entry, row, draft, call):
        """No published call moves its deadline earlier; so it is taken off, and those concerned hear why."""
        with amending.in_language(call.language):
            words = _("The official notice now names an earlier deadline. The call was published anew with it.")
        calls.withdraw_call(call, words=words, by=None)
        self._add(entry, row, draft, call.buyer, call.jurisdiction)
        entry.outcome = Outcome.UPDATED
        entry.reasons = [["replaced", {}], *entry.reasons]

    def _note(self, row, draft):
        row.official_url, row.details, row.reasons = draft.official_url, draft.details, draft.remarks


_HANDLERS = {
    said.Kind.PLANNING: _Writer.call,
    said.Kind.CALL: _Writer.call,
    said.Kind.CANCELLATION: _Writer.cancellation,
    said.Kind.RESULT: _Writer.result,
}
