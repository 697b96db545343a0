"""Words for what a call holds as codes, for every page of calls."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from marketplace.calls.law import models as law
from marketplace.calls.models import Status
from marketplace.core.vocab import cpv, languages, nuts
from suppliers.evidence.models import Tier

register = template.Library()

#: Colour and icon of the tag that says where a call stands; the words carry the meaning.
LOOKS = {
    Status.DRAFT: ("warning", "pencil"),
    Status.SCHEDULED: ("warning", "calendar-clock"),
    Status.OPEN: ("good", "door-open"),
    Status.CLOSED: ("plain", "lock"),
    Status.AWARDED: ("", "award"),
    Status.UNSUCCESSFUL: ("plain", "circle-slash"),
    Status.WITHDRAWN: ("bad", "undo-2"),
    Status.CANCELLED: ("bad", "circle-x"),
}
MINUTE, HOUR, DAY = 60, 3_600, 86_400
#: With less time than this left a call closes soon.
SOON = 3 * DAY


@register.filter
def service(code: str) -> str:
    """The published label of a CPV code in the language of the page; a code of an older list as it is."""
    return cpv.label(code, get_language() or "en") if cpv.exists(code) else code


@register.filter
def region(code: str) -> str:
    return nuts.name(code, get_language() or "en")


@register.filter
def spoken(code: str) -> str:
    """The name of a language in that of the page."""
    known = languages.find(code)
    return str(known.name) if known else code


@register.filter
def foreign(code: str) -> str:
    """The name of the language where it is not that of the page, else ""."""
    return "" if code.split("-")[0] == (get_language() or "en").split("-")[0] else spoken(code)


@register.filter
def direction(code: str) -> str:
    return "rtl" if languages.is_right_to_left(code) else "ltr"


@register.filter
def in_words(texts: dict[str, str]) -> str:
    return law.in_words(texts)


@register.filter
def tier_name(tier: str) -> str:
    return str(Tier(tier).label)


@register.filter
def look(status: Status) -> dict[str, str]:
    kind, icon = LOOKS[Status(status)]
    return {"kind": kind, "icon": icon, "label": str(Status(status).label)}


@register.filter
def deadline_kind(at: datetime | None) -> str:
    """For the component of that name: "over", "soon" or nothing."""
    if at is None:
        return ""
    left = (at - timezone.now()).total_seconds()
    return "over" if left <= 0 else "soon" if left < SOON else ""


@register.filter
def time_left(at: datetime | None) -> str:
    """ "in 5 days", never more than is left; what is over is "over"."""
    if at is None:
        return ""
    return left_in_words(*left_of((at - timezone.now()).total_seconds()))


def left_of(seconds: float) -> tuple[str, int]:
    """In the largest unit of which at least two are left; ("over", 0) and ("moment", 0) at the end."""
    if seconds <= 0:
        return "over", 0
    for unit, size, least in (("day", DAY, 2), ("hour", HOUR, 2), ("minute", MINUTE, 1)):
        if seconds >= least * size:
            return unit, int(seconds // size)
    return "moment", 0


def left_in_words(unit: str, number: int) -> str:
    if unit == "day":
        words = ngettext("in %(number)s day", "in %(number)s days", number)
    elif unit == "hour":
        words = ngettext("in %(number)s hour", "in %(number)s hours", number)
    elif unit == "minute":
        words = ngettext("in %(number)s minute", "in %(number)s minutes", number)
    else:
        words = gettext("over") if unit == "over" else gettext("in less than a minute")
    return words % {"number": number}
