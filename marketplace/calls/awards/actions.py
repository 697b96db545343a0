"""The decision on a lot. The caller has checked who asks; a decision is announced in the transaction that takes it."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls.actions import locked, settle_call
from marketplace.calls.awards import emails
from marketplace.calls.awards.models import Award, Feedback
from marketplace.calls.law.rules import standstill_until
from marketplace.calls.models import Lot
from marketplace.calls.responses.models import Response
from marketplace.core import audit
from marketplace.core.errors import RuleBroken


@dataclass(frozen=True)
class Choice:
    """Who is chosen: an opened response, or where responses went elsewhere a firm by its name.

    `value` is in minor units; None is not disclosed.
    """

    response: Any = None
    name: str = ""
    value: int | None = None

    @property
    def key(self):
        return self.response.pk if self.response else self.name


@transaction.atomic
def save_feedback(lot, words, *, by):
    """Keep what firms shall be told, {key of the response: words}, until the lot is decided; empty words take it back.

    Only opened responses to the lot count.
    """
    _call, lot = _held(lot)
    if lot.is_decided:
        raise RuleBroken(_("This lot is decided: what the firms were told stays as it is."))
    _write_feedback(_opened(lot), words, by=by)


def _write_feedback(opened, words, *, by):
    for response in opened:
        said = words.get(response.pk, "").strip()
        if said:
            Feedback.objects.update_or_create(response=response, defaults={"words": said, "by": by})
        elif response.pk in words:
            Feedback.objects.filter(response=response).delete()


@transaction.atomic
def award_lot(lot, choices, *, words, feedback=None, by, at=None):
    """Decide for one firm or several and tell everybody who responded; the same decision again changes nothing."""
    at = at or timezone.now()
    call, lot = _held(lot)
    if lot.awarded_at and _is_same(lot, choices, words):
        return lot
    _require_decidable(call, lot, at)
    if not choices:
        raise RuleBroken(_("Choose at least one firm, or say that the lot has no result."))
    opened = _opened(lot)
    known = {response.pk for response in opened}
    if any((choice.key in known) != call.is_answered_here or not choice.key for choice in choices):
        raise RuleBroken(_("Only a firm that responded to this lot can be chosen."))
    chosen = {choice.response.pk for choice in choices if choice.response}
    _write_feedback(opened, feedback or {}, by=by)
    others = _with_feedback([response for response in opened if response.pk not in chosen])
    Feedback.objects.filter(response__in=chosen).delete()
    awards = [_award(call, lot, choice, words=words, by=by, at=at) for choice in choices]
    Lot.objects.filter(pk=lot.pk).update(awarded_at=at)
    _finish(call, lot, "lot.awarded", words=words, by=by, at=at)
    emails.lot_awarded(lot, awards, others)
    return lot


@transaction.atomic
def end_lot_without_award(lot, *, words, feedback=None, by, at=None):
    """Decide for nobody, with the reason, and tell everybody who responded; twice is once."""
    at = at or timezone.now()
    call, lot = _held(lot)
    if lot.unsuccessful_at and lot.ended_because == words:
        return lot
    _require_decidable(call, lot, at)
    opened = _opened(lot)
    _write_feedback(opened, feedback or {}, by=by)
    told = _with_feedback(opened)
    Lot.objects.filter(pk=lot.pk).update(unsuccessful_at=at, ended_because=words)
    _finish(call, lot, "lot.unsuccessful", words=words, by=by, at=at)
    emails.lot_unsuccessful(lot, told)
    return lot


def _held(lot):
    """Call and lot as they stand now; the call's lock is the lot's as well."""
    call = locked(lot.call)
    lot = call.lots.get(pk=lot.pk)
    lot.call = call
    return call, lot


def _require_decidable(call, lot, at):
    if lot.is_decided:
        raise RuleBroken(_("This lot is decided or cancelled already."))
    if call.withdrawn_at or call.cancelled_at or call.publish_at is None:
        raise RuleBroken(_("This call is not on show, or it has ended already."))
    if at < call.response_deadline:
        raise RuleBroken(_("Nothing is decided before the deadline of the responses."))
    if call.is_answered_here and call.opened_at is None:
        raise RuleBroken(_("Open the responses before you decide."))


def _is_same(lot, choices, words):
    standing = {(award.response_id or award.name, award.words) for award in lot.awards.all()}
    return standing == {(choice.key, words) for choice in choices}


def _opened(lot):
    rows = Response.objects.opened().filter(lot=lot).select_related("supplier__organisation", "lot__call")
    return list(rows.order_by("supplier__organisation__name", "pk"))


def _with_feedback(responses):
    """[(response, words)]; every firm that is not chosen is told something."""
    said = dict(Feedback.objects.filter(response__in=responses).values_list("response", "words"))
    if lacks := [response for response in responses if response.pk not in said]:
        firms = ", ".join(response.supplier.organisation.name for response in lacks)
        raise RuleBroken(
            _("Write what they should know to each firm that is not chosen: %(firms)s.") % {"firms": firms}
        )
    return [(response, said[response.pk]) for response in responses]


def _award(call, lot, choice, *, words, by, at):
    day = at.astimezone(ZoneInfo(call.zone)).date()
    return Award.objects.create(
        lot=lot,
        supplier=choice.response.supplier if choice.response else None,
        name=choice.response.supplier.organisation.name if choice.response else choice.name,
        response=choice.response,
        value=choice.value,
        words=words,
        decided_on=day,
        standstill_until=standstill_of(call, day),
        by=by,
        recorded_at=at,
    )


def standstill_of(call, day):
    """The last day of it when a decision is told on that day; None where no law asks for one."""
    if call.jurisdiction is None or not call.jurisdiction.standstill_days:
        return None
    return standstill_until(call.jurisdiction, day)


def _finish(call, lot, verb, *, words, by, at):
    lot.refresh_from_db()
    settle_call(call, words=words, at=at)
    lot.call = call
    audit.record(verb, lot, by=by, call=call.pk)
