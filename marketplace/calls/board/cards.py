"""What a card says of a call, in words ready to be shown: what, for whom, where, until when, how much."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from marketplace.calls.board.permissions import Reader
from marketplace.calls.models import Audience, Call, Status
from marketplace.calls.templatetags import calls as words
from marketplace.core.templatetags.ui import moment, money_range
from marketplace.core.vocab import countries, nuts
from suppliers.directory.facets import service_name

SERVICES_ON_A_CARD = 4
REGIONS_ON_A_CARD = 3
SUMMARY_ON_A_CARD = 200
#: Stands for any in an address that is worked out once for all cards of a page.
SLUG = "any-call"


#: What cards show, for all calls of a page at once: whatever this person may not see is left out here too, whatever the
#: search row still says. `Call.objects.visible_to` in SQL, which is not put together anew for every page.
SHOWN = """
SELECT call.id, call.slug, title, left(description, %(cut)s), call.language, currency, audience, zone,
    response_deadline, publish_at, withdrawn_at, cancelled_at, awarded_at, unsuccessful_at,
    organisation.name, town, country,
    (SELECT json_agg(json_build_array(cpv, regions, value_from, value_to) ORDER BY number)
        FROM calls_lot WHERE call_id = call.id)
FROM calls_call AS call JOIN buyers_buyer AS buyer ON buyer.id = buyer_id
    JOIN accounts_organisation AS organisation ON organisation.id = organisation_id
WHERE call.id = ANY(%(calls)s) AND (
    publish_at <= %(at)s AND (audience = 'everybody' OR %(is_member)s) OR buyer_id = ANY(%(buyers)s)
)
"""


class Part(NamedTuple):
    """A lot, as far as a card needs it."""

    cpv: list[str]
    regions: list[str]
    value_from: int | None
    value_to: int | None


class Shown(NamedTuple):
    """A row of SHOWN."""

    pk: int
    slug: str
    title: str
    description: str
    language: str
    currency: str
    audience: str
    zone: str
    response_deadline: datetime
    publish_at: datetime | None
    withdrawn_at: datetime | None
    cancelled_at: datetime | None
    awarded_at: datetime | None
    unsuccessful_at: datetime | None
    buyer: str
    town: str
    country: str
    lots: list[Part]


class Card(NamedTuple):
    """Taken apart by its template, in this order."""

    pk: int
    title: str
    language: str
    direction: str
    #: "in Dutch", where the page is in another language.
    spoken: str
    url: str
    buyer: str
    place: str
    #: "in Rhône, Isère"; empty where nothing was said.
    where: str
    summary: str
    services: list[str]
    #: With the reader's own time.
    deadline: SafeString
    #: "closes in 5 days" for a call that is open.
    left: str
    is_soon: bool
    value: str
    lots: str
    status: str
    look: dict[str, str]
    is_for_members: bool


def cards(pks: Sequence[int], reader: Reader, at: datetime | None = None) -> list[Card]:
    """Cards in the order of `pks`; whatever this person may not see is left out.

    The same query for one as for twenty-five.
    """
    if not pks:
        return []
    at, language = at or timezone.now(), get_language() or "en"
    found = _shown(pks, reader, at)
    before, after = reverse("call-detail", kwargs={"slug": SLUG}).split(SLUG)
    own_zone = timezone.get_current_timezone_name()
    return [_card(found[pk], at, language, own_zone, f"{before}{found[pk].slug}{after}") for pk in pks if pk in found]


def _shown(pks: Sequence[int], reader: Reader, at: datetime) -> dict[int, Shown]:
    facts = {"calls": list(pks), "at": at, "is_member": reader.is_member, "buyers": reader.buyers}
    with connection.cursor() as cursor:
        cursor.execute(SHOWN, facts | {"cut": 3 * SUMMARY_ON_A_CARD})
        return {row[0]: Shown(*row[:-1], lots=[Part(*lot) for lot in row[-1] or ()]) for row in cursor.fetchall()}


def _card(row: Shown, at: datetime, language: str, own_zone: str, url: str) -> Card:
    # Asked of a plain row: it needs nothing of a call but its times.
    status, lots = Call.status(row, at), row.lots  # type: ignore[arg-type]
    country = _country(row.country, language)
    seconds = (row.response_deadline - at).total_seconds()
    is_open = status is Status.OPEN
    return Card(
        pk=row.pk,
        title=row.title,
        language=row.language,
        direction=_direction(row.language),
        spoken=_spoken(row.language, language),
        url=url,
        buyer=row.buyer,
        place=f"{row.town}, {country}" if row.town else country,
        where=_where(lots, country, language),
        summary=shortened(row.description),
        services=_services(lots, language),
        deadline=_deadline(row.response_deadline, row.zone, language, own_zone),
        left=_closes(*words.left_of(seconds), language) if is_open else "",
        is_soon=is_open and seconds < words.SOON,
        value=value_of(lots, row.currency),
        lots=_number_of_lots(len(lots), language),
        status=status,
        look=_look(status, language),
        is_for_members=row.audience == Audience.MEMBERS,
    )


def value_of(lots: Sequence[Any], currency: str) -> str:
    """Of all lots together; one that says nothing leaves the whole undisclosed."""
    least = [lot.value_from for lot in lots if lot.value_from is not None]
    most = [lot.value_to for lot in lots if lot.value_to is not None]
    low = sum(least) if len(least) == len(lots) and lots else None
    high = sum(most) if len(most) == len(lots) and lots else None
    return _value(low, high, currency, get_language() or "en")


def shortened(text: str) -> str:
    plain = " ".join(text[: 3 * SUMMARY_ON_A_CARD].split())
    return plain if len(plain) <= SUMMARY_ON_A_CARD else f"{plain[: SUMMARY_ON_A_CARD - 1].rstrip()}…"


def _services(lots: list[Part], language: str) -> list[str]:
    codes = dict.fromkeys(code for lot in lots for code in lot.cpv)
    return [_service(code, language) for code in list(codes)[:SERVICES_ON_A_CARD]]


# The same few words stand on card after card, and taking them from the catalogue costs more than the card; so they are
# kept. `language` is always the one in force: it only keeps the words of one apart from those of another.


def _where(lots: list[Part], country: str, language: str) -> str:
    codes = sorted({code for lot in lots for code in lot.regions}, key=lambda code: (len(code), code))
    names = [_region(code, language) for code in codes[:REGIONS_ON_A_CARD]]
    if len(codes) > REGIONS_ON_A_CARD:
        names.append(gettext("%(number)s more") % {"number": len(codes) - REGIONS_ON_A_CARD})
    # The buyer's country stands there already.
    return _in(language) % {"regions": ", ".join(names)} if names and names != [country] else ""


@cache
def _in(language: str) -> str:
    return gettext("in %(regions)s")


@lru_cache(200)
def _number_of_lots(number: int, language: str) -> str:
    return ngettext("%(number)s lot", "%(number)s lots", number) % {"number": number}


@lru_cache(500)
def _spoken(code: str, language: str) -> str:
    name = words.foreign(code)
    return gettext("in %(language)s") % {"language": name} if name else ""


@lru_cache(5_000)
def _deadline(at: datetime, zone: str, language: str, own_zone: str) -> SafeString:
    return SafeString(moment(at, zone))


@lru_cache(1_000)
def _closes(unit: str, number: int, language: str) -> str:
    return gettext("closes %(left)s") % {"left": words.left_in_words(unit, number)}


@cache
def _look(status: Status, language: str) -> dict[str, str]:
    return words.look(status)


@lru_cache(10_000)
def _value(low: int | None, high: int | None, currency: str, language: str) -> str:
    return money_range(low, high, currency)


@lru_cache(1_000)
def _country(code: str, language: str) -> str:
    return countries.name(code, language)


@lru_cache(5_000)
def _region(code: str, language: str) -> str:
    return nuts.name(code, language)


@lru_cache(10_000)
def _service(code: str, language: str) -> str:
    return service_name(code, language)


@lru_cache(500)
def _direction(code: str) -> str:
    return words.direction(code)
