"""What a notice would be as a call: facts as `calls.facts` has them, or why it can be none. Asks no database.

A text that is too long is cut, a code that is not in our lists is left out, and each time a remark says so. What is
needed for a call on show and not said anywhere in the notice is never made up: then there is no call.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from marketplace.calls.feeds import notice as said
from marketplace.calls.models import Audience, Contract, Procedure, Route
from marketplace.calls.notices import lots as of_lots
from marketplace.calls.notices import zones
from marketplace.calls.notices.lots import NoCall, clean, cut
from marketplace.core import moments
from marketplace.core.vocab import countries, cpv, currency, languages

#: Beyond it a deadline is a slip, or stands for "until further notice".
FURTHEST = timedelta(days=20 * 365)
END_OF_DAY = time(23, 59)
#: In which a call without any value stands; elsewhere it is the euro.
CURRENCY_OF = {
    "AL": "ALL", "BA": "BAM", "CH": "CHF", "CZ": "CZK", "DK": "DKK", "GB": "GBP", "HU": "HUF", "IS": "ISK",
    "LI": "CHF", "MK": "MKD", "NO": "NOK", "PL": "PLN", "RO": "RON", "RS": "RSD", "SE": "SEK", "TR": "TRY", "UA": "UAH",
}  # fmt: skip
MOST_PAPERS = 20
_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass
class Draft:
    """`facts` without lots; `lots` are (name in the source, facts without a number), in the source's order."""

    facts: dict
    lots: list[tuple[str, dict]]
    #: Names of those lots that the notice has cancelled.
    cancelled: set[str]
    publish_at: datetime
    official_url: str
    details: dict
    remarks: list = field(default_factory=list)


def body_of(notice):
    """The buyer that the call stands under: the first that has a name."""
    for body in notice.buyers:
        if clean(body.name):
            return body
    raise NoCall("no-buyer")


def country_of(notice, body):
    """ISO code of the buyer's country, as it says, else as its region or the places of the contract do."""
    regions = [body.region, *notice.regions, *(code for lot in notice.lots for code in lot.regions)]
    places = [*notice.countries, *(code for lot in notice.lots for code in lot.countries)]
    for code in (body.country, body.region[:2], *places, *(region[:2] for region in regions)):
        if code and (found := countries.find(code)):
            return found
    raise NoCall("no-country")


def draft(notice, *, country, source, reservations, now, zone=None):
    """The Draft of a notice of a call or of a market consultation; raises NoCall.

    `reservations` is {code of BT-71: (key of the law's reservation, grounds)}; `zone` that of a call which is here.
    """
    body, remarks = body_of(notice), [["warning", {"words": clean(words)[:300]}] for words in notice.warnings]
    title, description = _texts(notice, remarks)
    code = _currency(notice, country, remarks)
    lots = of_lots.read(notice, country=country, currency_code=code, reservations=reservations, remarks=remarks)
    publish_at = min(_aware(notice.published_at), now)
    zone = zone or zones.of_place(country, body.region)
    if zone is None:
        raise NoCall("no-law", country=country)
    deadlines = _deadlines(notice, zone, publish_at, now, remarks)
    portal, official = addresses(notice, source)
    facts = {
        "reference": cut(clean(notice.reference), 60, remarks),
        "title": title,
        "description": description,
        "language": language_of(notice),
        "response_languages": _response_languages(notice),
        "procedure": _procedure(notice, remarks),
        "contract": _contract(notice, lots),
        "audience": Audience.EVERYBODY.value,
        "evidence_tiers": [],
        "route": Route.PORTAL.value,
        "portal_url": portal,
        "official_notice_on": publish_at.astimezone(moments.find_zone(zone)).date().isoformat(),
        "contact": _contact(body),
        "currency": code,
        "zone": zone,
        **_period(notice, remarks),
        **deadlines,
    }
    details = _details(notice, body, lots, code, zone, official)
    return Draft(facts, lots.facts, lots.cancelled, publish_at, official, details, remarks)


def _aware(at):
    return at if at.tzinfo else at.replace(tzinfo=UTC)


# --- Words ------------------------------------------------------------------------------------------------------------


def _texts(notice, remarks):
    whole = " ".join(clean(notice.title).split())
    if not whole:
        raise NoCall("no-title")
    title = cut(whole, 200, remarks)
    parts = [clean(notice.description), *(clean(lot.description) for lot in notice.lots)]
    # A call without a word on what is needed cannot be published; the lots then say it, at the least its title.
    description = parts[0] or "\n\n".join(part for part in parts[1:] if part) or whole
    if title != whole:
        description = f"{whole}\n\n{description}"
    return title, cut(description, 10_000, remarks)


def language_of(notice):
    known = languages.find(notice.language)
    return known.code if known else "en"


def _response_languages(notice):
    codes = [*notice.languages, *(code for lot in notice.lots for code in lot.languages)]
    known = (languages.find(code) for code in codes)
    return list(dict.fromkeys(language.code for language in known if language))


def _contact(body):
    if body.contact is None:
        return ""
    said_there = (body.contact.name, body.contact.email, body.contact.phone)
    return ", ".join(part for part in map(clean, said_there) if part)[:200]


def _procedure(notice, remarks):
    if notice.kind == said.Kind.PLANNING:
        return Procedure.MARKET_QUESTION.value
    known = {"open": Procedure.OPEN, "restricted": Procedure.RESTRICTED, "negotiated": Procedure.NEGOTIATED}
    if notice.method not in known:
        remarks.append(["unknown-method", {}])
    return known.get(notice.method, Procedure.OPEN).value


def _contract(notice, lots):
    if notice.contract in Contract.values:
        return notice.contract
    return cpv.kind(lots.facts[0][1]["cpv"][0])


def _currency(notice, country, remarks):
    """The first that a value is in; values in another one are left out."""
    amounts = [*(lot.amount for lot in notice.lots), notice.amount]
    named = [amount.currency for amount in amounts if amount.low is not None or amount.high is not None]
    for code in named:
        if found := currency.find(code):
            return found.code
    for code in dict.fromkeys(named):
        remarks.append(["unknown-currency", {"currency": code or "?"}])
    return CURRENCY_OF.get(country, "EUR")


# --- Days and deadlines -----------------------------------------------------------------------------------------------


def _period(notice, remarks):
    starts = [day for day in (notice.starts_on, *(lot.starts_on for lot in notice.lots)) if day]
    ends = [day for day in (notice.ends_on, *(lot.ends_on for lot in notice.lots)) if day]
    first, last = notice.starts_on or min(starts, default=None), notice.ends_on or max(ends, default=None)
    if first and last and last < first:
        remarks.append(["odd-period", {}])
        first = last = None
    return {"starts_on": first and first.isoformat(), "ends_on": last and last.isoformat()}


def _deadlines(notice, zone, publish_at, now, remarks):
    due = _response_deadline(notice, zone, remarks)
    if due.at <= publish_at:
        raise NoCall("over-before-publication")
    if due.at > now + FURTHEST:
        raise NoCall("too-far", day=due.wall.date().isoformat())
    asked = _earliest([notice.question_deadline, *(lot.question_deadline for lot in notice.lots)], zone)
    if asked and asked.at > due.at:
        remarks.append(["odd-questions", {}])
        asked = None
    return _written("response", due) | _written("question", asked)


def _response_deadline(notice, zone, remarks):
    """Of the whole, else the earliest of a lot that stands: nobody may be told a later moment than counts for them."""
    standing = [lot.response_deadline for lot in notice.lots if not lot.is_cancelled]
    found = _earliest([notice.response_deadline], zone) or _earliest(standing, zone)
    if found is None:
        raise NoCall("planning" if notice.kind == said.Kind.PLANNING else "no-deadline")
    earliest = _earliest(standing, zone) or found
    if any(resolved(moment, zone).at != found.at for moment in standing if moment):
        remarks.append(["lots-differ", {}])
    return min(found, earliest, key=lambda moment: moment.at)


def _earliest(given, zone):
    return min((resolved(moment, zone) for moment in given if moment), key=lambda moment: moment.at, default=None)


def resolved(moment, zone):
    """A deadline of a notice as a moment in that zone.

    A day alone is meant through its end, and a time without an offset is the buyer's own. Of a time of day that the
    clocks pass twice, or skip, the earlier reading is taken: nobody is late by it.
    """
    if not moment.is_day and moment.has_offset:
        at = moment.at.astimezone(UTC).replace(microsecond=0)
        wall = at.astimezone(moments.find_zone(zone)).replace(tzinfo=None, fold=0)
        return moments.Moment(wall, zone, at)
    wall = moment.at.replace(tzinfo=None, microsecond=0, fold=0)
    if moment.is_day:
        wall = datetime.combine(wall.date(), END_OF_DAY)
    try:
        return moments.resolve(wall, zone, is_second=False)
    except moments.NoSuchTime as skipped:
        return moments.resolve(skipped.earlier, zone)


def _written(name, moment):
    return {
        f"{name}_due_on": moment and moment.wall.date().isoformat(),
        f"{name}_due_time": moment and moment.wall.time().isoformat(),
        f"{name}_deadline": moment and moment.at.astimezone(UTC).isoformat(),
    }


# --- Addresses and what stands beside ---------------------------------------------------------------------------------


def addresses(notice, source):
    """Where the procedure stands on the official portal, and where its text is to be read."""
    made = source.official_pattern.replace("{identifier}", notice.identifier).replace("{procedure}", notice.procedure)
    documents = [*(lot.documents_url for lot in notice.lots), *(paper.url for paper in notice.papers)]
    official = _first_address([notice.official_url, made])
    portal = official or submission_of(notice) or _first_address(documents) or _first_address([source.website])
    if not portal:
        raise NoCall("no-address")
    return portal, official or _first_address(documents) or portal


def submission_of(notice):
    """Where responses are handed in, which may be another place than that of the text; "" where it is not said."""
    return _first_address([notice.submission_url, *(lot.submission_url for lot in notice.lots)])


def _first_address(given):
    return next(filter(None, map(web_address, given)), "")


def web_address(typed):
    """The address if a browser may be led there, else ""."""
    address = clean(typed)
    if address.lower().startswith("www."):
        address = f"https://{address}"
    try:
        _is_web_address(address)
    except ValidationError:
        return ""
    return address if len(address) <= 500 else ""


def _details(notice, body, lots, code, zone, official):
    """What the page says of the notice beside the call, in JSON; without what is empty."""
    deadlines = [
        [key, resolved(lot.response_deadline, zone).at.isoformat()]
        for key, lot in lots.standing
        if lot.response_deadline
    ]
    low, high = (of_lots.minor(value, code) for value in (notice.amount.low, notice.amount.high))
    is_said_by_lots = any(facts["value_from"] or facts["value_to"] for _key, facts in lots.facts)
    found = {
        "submission_url": submission_of(notice),
        # One word alone is a code, such as neg-w-call.
        "procedure_words": words[:300] if " " in (words := clean(notice.procedure_words)) else "",
        "lot_deadlines": deadlines if len({at for _key, at in deadlines}) > 1 else [],
        "value": [low, high] if (low or high) and not is_said_by_lots else [],
        "others": [clean(other.name)[:200] for other in notice.buyers if other is not body and clean(other.name)],
        "reserved": [[key, list(lot.reserved_for)] for key, lot in lots.standing if lot.reserved_for],
        "papers": [
            [clean(paper.title)[:200] or address, address]
            for paper in notice.papers
            if (address := web_address(paper.url)) and address != official
        ][:MOST_PAPERS],
        "all_lots": len(notice.lots) if len(notice.lots) > of_lots.MOST_LOTS else 0,
        "is_method_unknown": notice.kind == said.Kind.CALL and not notice.method,
    }
    return {name: value for name, value in found.items() if value}
