"""The demo's calls: invented needs of the demo's buyers, open, closing soon, over and called off.

All of them are written with COPY, a batch at a time; who a call is depends on its number alone, its times on the day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.calls.actions import jurisdiction_of
from marketplace.calls.board import rows
from marketplace.calls.invented import WORDS, Words
from marketplace.calls.law.models import Reservation
from marketplace.calls.models import AUTHORITY, Call, Contract, Procedure, Route
from marketplace.core import copying, demo, moments, parallel, registry
from marketplace.core.vocab import cpv
from marketplace.core.vocab import words as folding
from suppliers import crowd
from suppliers.directory.bulk import hasten
from suppliers.seed import OWNER, region_of, sentence_case
from suppliers.trades import TRADES

AT_ONCE = 2_000
#: The first calls are of the trades that the demo's firms have; beyond them of anything that can be bought.
OF_TRADES = 400
TIMES = (time(12), time(17))
#: The first calls are of those whom a visitor of the demo can be: two are open, two more to be decided, one is called
#: off, and one to be ended without result. So the smallest demo shows every ending.
OF_VISITORS = 6
OVER, CALLED_OFF = (3, 4, 6), 5
#: Open, and where the firm is whose owner a visitor can be: there is something in its list of calls.
FOR_THE_OWNER = (7, 8, 9)
#: To these that firm may respond, and did to those that are over.
OF_THE_OWNERS_TRADE = (1, *OVER, *FOR_THE_OWNER)
CALL = (
    "id", "buyer_id", "buyer_kind", "jurisdiction_id", "slug", "reference", "title", "description", "language",
    "response_languages", "procedure", "contract", "audience", "evidence_tiers", "route", "portal_url",
    "official_notice_on", "contact", "starts_on", "ends_on", "currency", "zone", "question_due_on",
    "question_due_time", "question_deadline", "response_due_on", "response_due_time", "response_deadline",
    "publish_at", "announced_at", "cancelled_at", "unsuccessful_at", "ended_because", "amendment_number",
    "material_number", "created_at", "changed_at", "version",
)  # fmt: skip
LOT = (
    "call_id", "number", "title", "description", "cpv", "regions", "value_from", "value_to", "reservation_id",
    "reservation_grounds", "cancelled_at", "unsuccessful_at", "ended_because",
)  # fmt: skip
#: In whole units of the currency: below which value a lot lies, and how many do. An authority takes responses here
#: only for the smallest, which are below every law's threshold.
VALUES, SHARES = (8_000, 45_000, 180_000, 800_000, 4_000_000), (25, 35, 25, 12, 3)


@dataclass(frozen=True)
class Ask:
    """What a call is about, in its language, with CPV codes; the main one first."""

    work: str
    codes: list[str]


@dataclass(frozen=True)
class Batch:
    """Calls to be written: their numbers in the demo, and those their rows will have."""

    start: int
    numbers: list[int]
    keys: list[int]
    at: datetime


def plant_calls(random: Random, amounts: dict[str, int], progress) -> int:
    """So many calls, those that are missing; repeated with one seed, none."""
    wanted = amounts["calls"]
    progress.reset(total=wanted)
    if not _clear_buyers():
        return 0
    start = random.getrandbits(48)
    for number in parallel.each(plant_batch, batches(start, wanted)):
        progress.update(number)
    return wanted


def _clear_buyers() -> int:
    """Whoever publishes is known to be who it says; returns how many buyers the demo has."""
    ours = Buyer.objects.filter(organisation__identifiers__scheme=demo.SCHEME)
    ours.filter(cleared_at=None, refused_at=None, clearance_asked_at=None).update(cleared_at=timezone.now())
    return ours.cleared().count()


def batches(start: int, wanted: int) -> Iterator[Batch]:
    now = timezone.now()
    for first in range(1, wanted + 1, AT_ONCE):
        numbers = range(first, min(wanted, first + AT_ONCE - 1) + 1)
        references = {_reference(start, number): number for number in numbers}
        known = set(Call.objects.filter(reference__in=references).values_list("reference", flat=True))
        missing = [number for reference, number in references.items() if reference not in known]
        yield Batch(start, missing, copying.reserve("calls_call", len(missing)), now)


def _reference(start: int, number: int) -> str:
    """Tells the calls of one world (another --seed) from those of another."""
    return f"T-{number:06}-{start % 0xFFFFFF:06x}"


@transaction.atomic
def plant_batch(batch: Batch) -> int:
    """All of these calls with their lots and rows in the list, or none; returns how many."""
    hasten()
    calls: list[tuple] = []
    lots: list[tuple] = []
    buyers = _buyers()
    for number, key in zip(batch.numbers, batch.keys, strict=True):
        _add_call(calls, lots, Random(f"{batch.start}:{number}"), batch, number, key, buyers)
    copying.copy_rows("calls_call", CALL, calls)
    copying.copy_rows("calls_lot", LOT, lots)
    for part in rows.parts(batch.keys):
        rows.refresh(part)
    return len(batch.numbers)


def _buyers() -> list[Buyer]:
    """Cities first, each in the order of its number; then companies."""
    ours = Buyer.objects.cleared().filter(organisation__identifiers__scheme=demo.SCHEME)
    return list(ours.select_related("organisation").order_by("-kind", "pk").distinct())


def _buyer(random: Random, number: int, buyers: list[Buyer]) -> Buyer:
    cities = [buyer for buyer in buyers if buyer.kind == AUTHORITY]
    companies = [buyer for buyer in buyers if buyer.kind != AUTHORITY]
    if (number <= OF_VISITORS or number in FOR_THE_OWNER) and cities and companies:
        return (cities, companies)[(number - 1) % 2][0]
    group = cities if cities and (not companies or random.random() < 0.55) else companies
    return random.choice(group)


def _add_call(
    calls: list[tuple], lots: list[tuple], random: Random, batch: Batch, number: int, key: int, buyers: list[Buyer]
) -> None:
    buyer = _buyer(random, number, buyers)
    land = demo.LANDS_BY_CODE[buyer.organisation.country.code]
    language = random.choice(land.languages)
    if buyer.kind != AUTHORITY and random.random() < 0.15:
        language = "en"
    words, asked = WORDS[language], _ask(random, number, language)
    town = _town(random, number, buyer, land)
    slots = {
        "work": asked.work,
        "Work": sentence_case(asked.work),
        "town": town,
        "buyer": buyer.organisation.name,
    }
    title = random.choice(words.titles).format(**slots)[:200]
    call = (
        _facts(random, batch, number, buyer, land, contract_of(asked.codes[0]))
        | _times(random, batch, number, land)
        | {
            "id": key,
            "language": language,
            "title": title,
            "slug": f"{slugify(folding.fold(title))[:70].strip('-')}-{number}-{batch.start % 0xFFF:x}",
            "description": _description(random, words, slots),
            "response_languages": [language, "en"] if language != "en" and random.random() < 0.4 else [],
        }
    )
    starts_on = call["response_due_on"] + timedelta(days=random.randint(40, 150))
    call |= {
        "official_notice_on": call["publish_at"].date() if call["route"] == Route.PORTAL else None,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=random.choice((180, 365, 730, 1095))),
    }
    _end(random, call, words, batch.at, number)
    calls.append(tuple(call[name] for name in CALL))
    lots += [
        tuple(lot[name] for name in LOT)
        for lot in _lots(random, number, call, words, asked, region_of(town, land.code))
    ]


def _town(random: Random, number: int, buyer: Buyer, land: demo.Land) -> str:
    """Where the work is: in every other call at the buyer's."""
    own = buyer.organisation.town if random.random() < 0.5 else random.choice(land.towns)[0]
    if number not in FOR_THE_OWNER:
        return own
    owners = Organisation.objects.filter(representatives__user__email=OWNER.email, country=land.code)
    return owners.values_list("town", flat=True).first() or own


def _ask(random: Random, number: int, language: str) -> Ask:
    if number <= OF_TRADES:
        trade = TRADES[0] if number in OF_THE_OWNERS_TRADE else random.choice(TRADES)
        return Ask(trade.words[language][1], random.sample(trade.codes, len(trade.codes)))
    codes = crowd.drawn_services(random)
    label = cpv.label(codes[0], language)
    return Ask(label[:1].lower() + label[1:160], codes)


def _description(random: Random, words: Words, slots: dict[str, str]) -> str:
    further = random.sample(words.further, random.randint(2, 3))
    return "\n\n".join([random.choice(words.needs).format(**slots), " ".join(further)])


def contract_of(code: str) -> str:
    """By the division of the CPV: building is works; goods go to 44, and packaged software is one; the rest is work
    that somebody does."""
    division = int(code[:2])
    if division == 45:
        return Contract.WORKS
    return Contract.SUPPLIES if division < 45 or division == 48 else Contract.SERVICES


def _facts(random: Random, batch: Batch, number: int, buyer: Buyer, land: demo.Land, contract: str) -> dict[str, Any]:
    is_authority = buyer.kind == AUTHORITY
    route = Route.PORTAL if is_authority and (number == 1 or random.random() < 0.7) else Route.HERE
    is_for_members = not is_authority and number > OF_VISITORS and random.random() < 0.2
    procedures = [Procedure.OPEN, Procedure.RESTRICTED, Procedure.NEGOTIATED, Procedure.ADAPTED]
    if not is_authority:
        procedures = [Procedure.QUOTATION, Procedure.MARKET_QUESTION][: 1 if number <= OF_VISITORS else 2]
    return {
        "buyer_id": buyer.pk,
        "buyer_kind": buyer.kind,
        "jurisdiction_id": _law(buyer.organisation.country.code) if is_authority else None,
        "reference": _reference(batch.start, number),
        "procedure": random.choice(procedures),
        "contract": contract,
        "audience": "members" if is_for_members else "everybody",
        "evidence_tiers": ["certified"] if not is_authority and random.random() < 0.1 else [],
        "route": route,
        "portal_url": f"https://portal.{demo.DOMAIN}/procedures/{number}" if route == Route.PORTAL else "",
        "contact": f"{demo.person_name(random)}, calls@{demo.DOMAIN}",
        "currency": "GBP" if land.code == "GB" else "EUR",
        "amendment_number": 0,
        "material_number": 0,
        "version": 1,
    }


@cache
def _law(country: str) -> int:
    return jurisdiction_of(country).pk


def _times(random: Random, batch: Batch, number: int, land: demo.Land) -> dict[str, Any]:
    """Two in three are open, some of them for a few days only; published well before the deadline."""
    today, zone = batch.at.date(), land.time_zone
    ahead = random.randint(6, 60)
    fate = random.random()
    if number <= OF_VISITORS or number in FOR_THE_OWNER:
        fate = 1.0 if number in OVER else 0.5
    if fate < 0.1:
        ahead = random.randint(1, 3)
    elif fate > 0.67:
        ahead = -random.randint(2, 300)
    due = _moment(today + timedelta(days=ahead), random.choice(TIMES), zone)
    asked = _moment(today + timedelta(days=ahead - random.randint(4, 8)), time(12), zone)
    begun = min(batch.at, due.at) - timedelta(days=random.randint(12, 40), seconds=random.randint(0, 80_000))
    has_questions = random.random() < 0.7
    return {
        "zone": zone,
        "response_due_on": due.wall.date(),
        "response_due_time": due.wall.time(),
        "response_deadline": due.at,
        "question_due_on": asked.wall.date() if has_questions else None,
        "question_due_time": asked.wall.time() if has_questions else None,
        "question_deadline": asked.at if has_questions else None,
        "publish_at": begun,
        "announced_at": begun,
        "created_at": begun - timedelta(days=3),
        "changed_at": begun,
    }


def _moment(day: date, at: time, zone: str) -> moments.Moment:
    """Noon and five o'clock exist once on every day."""
    return moments.resolve(datetime.combine(day, at), zone)


def _end(random: Random, call: dict[str, Any], words: Words, now: datetime, number: int) -> None:
    """Some were called off, and of those that are over some had no result."""
    call |= {"cancelled_at": None, "unsuccessful_at": None, "ended_because": ""}
    is_over = call["response_deadline"] <= now
    ended_at = min(now, call["response_deadline"]).astimezone(UTC)
    is_ended = number > OF_VISITORS and number not in FOR_THE_OWNER and random.random() < 0.05
    if is_ended or number == CALLED_OFF:
        call |= {"cancelled_at": ended_at, "ended_because": words.cancelled, "changed_at": ended_at}
    elif is_over and number > OF_VISITORS and random.random() < 0.2:
        call |= {"unsuccessful_at": ended_at, "ended_because": words.unsuccessful, "changed_at": ended_at}


def _lots(
    random: Random, number: int, call: dict[str, Any], words: Words, asked: Ask, region: str
) -> Iterator[dict[str, Any]]:
    number_of_lots = 3 if number == 1 else random.choices((1, 2, 3, 5), weights=(5, 2, 2, 1))[0]
    parts = random.sample(words.parts, number_of_lots)
    ending = {name: call[name] for name in ("cancelled_at", "unsuccessful_at", "ended_because")}
    reservation = _reservation(random, call["jurisdiction_id"])
    most = random.choices(VALUES, weights=SHARES)[0]
    if call["jurisdiction_id"] and call["route"] == Route.HERE:
        most = VALUES[0]
    for place, part in enumerate(parts, start=1):
        high = random.randint(most // 3, most) // 500 * 500 + 500
        is_disclosed = random.random() < 0.8
        is_reserved = reservation is not None and place == number_of_lots
        yield ending | {
            "call_id": call["id"],
            "number": place,
            "title": call["title"] if number_of_lots == 1 else f"{sentence_case(asked.work)[:150]}: {part}",
            "description": "" if number_of_lots == 1 else words.lot,
            "cpv": list(dict.fromkeys([asked.codes[(place - 1) % len(asked.codes)], *asked.codes[:1]])),
            "regions": [random.choice((region, region, region[:4], region[:3]))],
            "value_from": high * 60 if is_disclosed and random.random() < 0.6 else None,
            "value_to": high * 100 if is_disclosed else None,
            "reservation_id": reservation if is_reserved else None,
            "reservation_grounds": words.grounds if is_reserved else "",
        }


def _reservation(random: Random, law: int | None) -> int | None:
    """For the last lot of one authority's call in ten, where its law knows any."""
    if law is None or random.random() > 0.1:
        return None
    return random.choice(known) if (known := _reservations(law)) else None


@cache
def _reservations(law: int) -> tuple[int, ...]:
    return tuple(Reservation.objects.filter(jurisdiction=law).order_by("code").values_list("pk", flat=True))


registry.seeds.register("calls", registry.Seed("calls", plant_calls, order=90, is_in_steps=True))
