"""What a call still needs before it may be on show."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls.law.models import Reservation
from marketplace.calls.models import Route
from marketplace.calls.writing import route


@dataclass(frozen=True)
class Lack:
    """`step` is what, lots, when or who; `lot` the number of the lot that is meant, if it is one."""

    words: str
    step: str
    lot: int | None = None


def of(call, facts, at=None):
    """What is missing or wrong, in the order of the steps; nothing for a call that may be published at that moment."""
    return [*_what(facts), *_lots(call, facts), *_when(facts, at or timezone.now()), *_who(call, facts)]


def _what(facts):
    if not facts["description"]:
        yield Lack(_("Describe what you need."), "what")


def _lots(call, facts):
    if not facts["lots"]:
        yield Lack(_("A call has at least one lot."), "lots")
    valid = _reservations_in_force(call, facts)
    for lot in facts["lots"]:
        said = {"number": lot["number"], "title": lot["title"]}
        if not lot["cpv"]:
            yield Lack(_("Lot %(number)s, %(title)s: say what is bought.") % said, "lots", lot["number"])
        if not lot["regions"]:
            yield Lack(_("Lot %(number)s, %(title)s: say where.") % said, "lots", lot["number"])
        if lot["reservation_id"] and lot["reservation_id"] not in valid:
            words = _("Lot %(number)s, %(title)s: the law no longer allows this reservation.") % said
            yield Lack(words, "lots", lot["number"])


def _reservations_in_force(call, facts):
    wanted = [lot["reservation_id"] for lot in facts["lots"] if lot["reservation_id"]]
    if not wanted:
        return set()
    rows = Reservation.objects.in_force().filter(jurisdiction=call.jurisdiction_id, pk__in=wanted)
    return set(rows.values_list("pk", flat=True))


def _when(facts, at):
    if not facts["response_deadline"]:
        yield Lack(_("Say until when you take responses."), "when")
    elif datetime.fromisoformat(facts["response_deadline"]) <= at:
        yield Lack(_("The deadline for responses is over by then. Choose a later one."), "when")


def _who(call, facts):
    if facts["route"] == Route.PORTAL and not facts["portal_url"]:
        yield Lack(_("Give the address of the procedure on the official portal."), "who")
    if facts["route"] == Route.HERE and (refusal := route.why_not_here(call, facts)):
        yield Lack(refusal, "who")
