"""Deadlines as iCalendar (RFC 5545). Moments stand in UTC, so that no clock change can shift them; the wall time that
the law knows stands in the words.

Written here because it is six kinds of line; a library would bring a calendar's whole model for them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from marketplace.calls.models import Call, Status
from marketplace.core.templatetags.ui import moment_words
from suppliers.directory.address import clean

LINE = 75
ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar(calls: Iterable[Call], *, name: str, is_cancelled: bool = False) -> str:
    """A calendar with the deadlines of these calls; for one call that ended, the message that takes them out."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tessera//Calls//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if is_cancelled else 'PUBLISH'}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        *(line for call in calls for line in _events(call)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _events(call: Call) -> Iterator[str]:
    if call.question_deadline:
        yield from _event(call, "questions", call.question_deadline, gettext("Questions until: %(call)s"))
    if call.response_deadline:
        yield from _event(call, "responses", call.response_deadline, gettext("Responses until: %(call)s"))


def _event(call: Call, what: str, at: datetime, summary: str) -> Iterator[str]:
    url = settings.PUBLIC_URL + call.get_absolute_url()
    has_ended = is_ended(call)
    words = [moment_words(at, call.zone), call.buyer.organisation.name, url]
    yield "BEGIN:VEVENT"
    yield f"UID:call-{call.pk}-{what}@{urlsplit(settings.PUBLIC_URL).hostname}"
    yield f"DTSTAMP:{_moment(call.changed_at)}"
    yield f"LAST-MODIFIED:{_moment(call.changed_at)}"
    # That it ended is one change more than the amendments.
    yield f"SEQUENCE:{call.amendment_number + has_ended}"
    yield f"STATUS:{'CANCELLED' if has_ended else 'CONFIRMED'}"
    yield f"DTSTART:{_moment(at)}"
    yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_text(summary % {'call': clean(call.title)})}"
    yield f"DESCRIPTION:{_text(chr(10).join(clean(word) for word in words))}"
    yield f"URL:{url}"
    yield "END:VEVENT"


def is_ended(call: Call) -> bool:
    """Withdrawn or cancelled: its deadlines mean nothing any more."""
    return call.status() in (Status.WITHDRAWN, Status.CANCELLED)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    return words.translate(ESCAPES)


def _folded(line: str) -> str:
    """In pieces of at most 75 bytes, none of which cuts a letter."""
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LINE:
            pieces.append(piece)
            # The blank that a further line begins with counts.
            piece, size = "", 1
        piece, size = piece + sign, size + width
    return "\r\n ".join([*pieces, piece])
