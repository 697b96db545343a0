"""Demo suppliers by the hundred thousand, for whom nobody acts: written with COPY, a batch at a time.

Names follow the country, texts the firm's language, services a Zipf law over the CPV codes with neighbours in the same
branch, places the population. The same random numbers make the same firms, whatever the size of the crowd.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from django.utils import timezone
from django.utils.text import slugify

from marketplace.accounts.models import Identifier
from marketplace.core import copying, demo
from marketplace.core.vocab import countries, cpv, nuts
from suppliers.models import Reference, SizeBand, Supplier, TurnoverBand
from suppliers.trades import DETAILS, OPENINGS

AT_ONCE = 10_000
#: People in NUTS regions of level 1, in hundred thousands and rounded: only how firms are spread depends on them.
PEOPLE = {
    "UKC": 27, "UKD": 74, "UKE": 55, "UKF": 49, "UKG": 60, "UKH": 63, "UKI": 89, "UKJ": 93, "UKK": 57, "UKL": 31,
    "UKM": 55, "UKN": 19, "FR1": 123, "FRB": 26, "FRC": 28, "FRD": 33, "FRE": 60, "FRF": 56, "FRG": 39, "FRH": 34,
    "FRI": 61, "FRJ": 60, "FRK": 81, "FRL": 51, "FRY": 22, "BE1": 12, "BE2": 67, "BE3": 37, "DE1": 111, "DE2": 132,
    "DE3": 37, "DE4": 25, "DE6": 19, "DE7": 63, "DE9": 80, "DEA": 179, "DEB": 41, "DED": 40, "DEE": 22, "DEF": 29,
    "DEG": 21, "ES1": 43, "ES2": 45, "ES3": 68, "ES4": 55, "ES5": 140, "ES6": 102, "ES7": 22, "PT1": 99, "PT2": 2,
    "PT3": 3,
}  # fmt: skip
#: How many firms a country has here for each of its people.
SHARES = {"GB": 5, "FR": 6, "BE": 4, "DE": 2, "ES": 2, "PT": 3}
FLEMISH = "BE2"
CURRENCIES = {"GB": "GBP"}
#: In minor units, and how many firms have handled so much.
CONTRACTS = (500_000, 2_000_000, 8_000_000, 30_000_000, 150_000_000, 900_000_000)
HANDLED = (30, 28, 22, 13, 6, 1)
#: Plain texts: asking an enumeration for its values a million times takes a minute.
SIZES = (SizeBand.MICRO.value, SizeBand.SMALL.value, SizeBand.MEDIUM.value)
TURNOVERS = TurnoverBand.values
VALUES = Reference.ValueBand.values
COPIED = {
    "accounts_organisation": (
        "id", "name", "country", "vat_number", "website", "street", "postcode", "town", "created_at", "version",
    ),
    "accounts_identifier": ("organisation_id", "scheme", "value"),
    "suppliers_supplier": (
        "id", "organisation_id", "slug", "summary", "summary_language", "languages", "size_band", "turnover_band",
        "founded_year", "largest_contract", "largest_contract_currency", "regions", "serves_europe", "based_in",
        "shows_street", "audience", "submitted_at", "listed_at", "hidden_at", "confirmed_on", "created_at",
        "changed_at", "version",
    ),
    "suppliers_capability": ("supplier_id", "cpv", "words", "regions", "is_main"),
    "suppliers_reference": ("supplier_id", "title", "buyer_name", "year", "value_band", "is_private"),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    region: str
    land: demo.Land
    language: str


@dataclass(frozen=True)
class Batch:
    """Firms to be written: their numbers in the crowd, and those their rows will have."""

    start: int
    numbers: list[int]
    organisations: list[int]
    suppliers: list[int]
    at: datetime
    #: How many numbers were looked at to find these.
    looked_at: int


def batches(start: int, first: int, last: int) -> Iterator[Batch]:
    """The firms with these numbers that are missing; their rows are numbered here, whoever writes them then."""
    now = timezone.now()
    for begin in range(first, last + 1, AT_ONCE):
        numbers = range(begin, min(last, begin + AT_ONCE - 1) + 1)
        keys = [_key(start, number) for number in numbers]
        known = set(Identifier.objects.filter(scheme=demo.SCHEME, value__in=keys).values_list("value", flat=True))
        missing = [number for number, key in zip(numbers, keys, strict=True) if key not in known]
        organisations = copying.reserve("accounts_organisation", len(missing))
        suppliers = copying.reserve("suppliers_supplier", len(missing))
        yield Batch(start, missing, organisations, suppliers, now, len(numbers))


def present(start: int) -> int:
    """How many firms of this crowd are there, whatever their numbers."""
    return Identifier.objects.filter(scheme=demo.SCHEME, value__startswith=_key(start, "")).count()


def _key(start: int, number: int | str) -> str:
    return f"crowd-{start:x}-{number}"


def write(batch: Batch) -> None:
    """Write all firms of a batch in the running transaction."""
    rows: dict[str, list[tuple]] = {table: [] for table in COPIED}
    for number, organisation, supplier in zip(batch.numbers, batch.organisations, batch.suppliers, strict=True):
        rows["accounts_identifier"].append((organisation, demo.SCHEME, _key(batch.start, number)))
        _add_firm(rows, Random(f"{batch.start}:{number}"), number, organisation, supplier, batch.at)
    _part_namesakes(rows["suppliers_supplier"])
    for table, columns in COPIED.items():
        copying.copy_rows(table, columns, rows[table])


def _part_namesakes(suppliers: list[tuple]) -> None:
    """A firm of another world (another --seed) may have the same name and number."""
    place = COPIED["suppliers_supplier"].index("slug")
    slugs = [row[place] for row in suppliers]
    taken = set(Supplier.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    for index, row in enumerate(suppliers):
        if row[place] in taken:
            suppliers[index] = (*row[:place], f"{row[place]}-{row[0]}", *row[place + 1 :])


def _add_firm(
    rows: dict[str, list[tuple]], random: Random, number: int, organisation: int, supplier: int, now: datetime
) -> None:
    place = random.choices(_places()[0], cum_weights=_places()[1])[0]
    services = drawn_services(random)
    work = cpv.label(services[0], place.language)
    town, (_any, postcode) = _town(place.region), random.choice(place.land.towns)
    name = _name(random, place, work, town)
    band = random.choices(SIZES, cum_weights=(60, 90, 100))[0]
    year = random.randint(1985, 2025)
    amount = random.choices(CONTRACTS, weights=HANDLED)[0]
    asked_at = now - timedelta(days=random.randint(40, 900), seconds=random.randint(0, 86_000))
    confirmed_on = (now - timedelta(days=min(random.randint(1, 500), (now - asked_at).days))).date()
    is_hidden = random.random() < 0.02
    rows["accounts_organisation"].append((organisation, name, place.land.code, "", "", "", postcode, town, asked_at, 1))
    rows["suppliers_supplier"].append(
        (
            supplier,
            organisation,
            f"{slugify(name)[:60].strip('-')}-{number}",
            _summary(random, place.language, work, name, town, year),
            place.language,
            demo.spoken_languages(random, place.language),
            band,
            random.choices(TURNOVERS, cum_weights=(35, 65, 87, 97, 100))[0],
            year,
            random.randint(amount // 4, amount) // 10_000 * 10_000 + 10_000,
            CURRENCIES.get(place.land.code, "EUR"),
            _regions(random, place),
            random.random() < 0.02,
            place.region,
            False,
            "members" if random.random() < 0.05 else "everybody",
            asked_at,
            asked_at + timedelta(days=2),
            asked_at + timedelta(days=9) if is_hidden else None,
            confirmed_on,
            asked_at,
            asked_at,
            1,
        )
    )
    rows["suppliers_capability"] += [
        (supplier, code, work[:200] if place == 0 else "", [], place == 0) for place, code in enumerate(services)
    ]
    if random.random() < 0.3:
        rows["suppliers_reference"].append(_reference(random, supplier, work, confirmed_on))


def _reference(random: Random, supplier: int, work: str, confirmed_on: date) -> tuple:
    buyer = f"{demo.invented_name(random)} {random.choice(('plc', 'SA', 'AG', 'Group'))}"
    band = random.choice(VALUES)
    return (supplier, work[:200], buyer, confirmed_on.year - random.randint(0, 5), band, random.random() < 0.2)


def _name(random: Random, place: Place, work: str, town: str) -> str:
    invented, word = demo.invented_name(random), work.split(",")[0].split(" (")[0].strip()
    word = word[:1].upper() + word[1:]
    form = random.choice(place.land.legal_forms)
    patterns = (f"{invented} {form}", f"{invented} {word}", f"{word} {invented} {form}", f"{invented} {town} {form}")
    return random.choice(patterns)[:200]


def _summary(random: Random, language: str, work: str, name: str, town: str, year: int) -> str:
    opening, *details = random.choice(OPENINGS[language]), *random.sample(DETAILS[language], 2)
    slots = {"work": work[:1].lower() + work[1:], "name": name, "town": town, "year": year}
    slots["people"] = random.randint(2, 60)
    return " ".join(sentence.format(**slots) for sentence in (opening, *details))[:1500]


def drawn_services(random: Random) -> list[str]:
    """The main one, then two to seven more: most from the same branch, some from anywhere."""
    main = _drawn(random)
    near = _branch(main[:3]) if len(_branch(main[:3])) > 3 else _branch(main[:2])
    found = {main: None}
    for _ in range(random.randint(2, 7)):
        found[random.choice(near) if random.random() < 0.7 else _drawn(random)] = None
    return list(found)


def _drawn(random: Random) -> str:
    codes, weights = _codes()
    return random.choices(codes, cum_weights=weights)[0]


@cache
def _codes() -> tuple[list[str], list[float]]:
    """Codes of at least the third level with their Zipf weights; services and works stand before things."""
    codes = [code for code in cpv.codes() if cpv.level(code) >= 3]
    Random(7).shuffle(codes)
    codes.sort(key=lambda code: cpv.kind(code) == "supplies")
    return codes, list(accumulate(1 / rank for rank in range(1, len(codes) + 1)))


@cache
def _branch(beginning: str) -> list[str]:
    return [code for code in _codes()[0] if code.startswith(beginning)]


@cache
def _places() -> tuple[list[Place], list[float]]:
    """Regions of level 3 with cumulated weights: the people of the region above, shared evenly."""
    places, weights = [], []
    for above, people in PEOPLE.items():
        below = [code for code, region in nuts.regions().items() if region.level == 3 and code.startswith(above)]
        for code in below:
            country = countries.EUROPEAN_TO_ISO.get(code[:2], code[:2])
            land = demo.LANDS_BY_CODE[country]
            language = "nl" if above == FLEMISH else land.languages[0]
            places.append(Place(code, land, language))
            weights.append(people * SHARES[country] / len(below))
    return places, list(accumulate(weights))


@cache
def _town(region: str) -> str:
    """A region of level 3 goes by its largest town as often as not."""
    return nuts.name(region).split(",")[0].split(" and ")[0].split(" (")[0].split("/")[0].strip()[:120]


def _regions(random: Random, place: Place) -> list[str]:
    """The own region, what lies around it, or the whole country."""
    around = random.choices((place.region, place.region[:4], place.region[:3], place.region[:2]), (2, 4, 3, 2))[0]
    return [around if around in nuts.regions() else place.region]
