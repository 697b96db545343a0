"""The demo's suppliers: invented firms in real towns, each with an owner who administers it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import islice
from random import Random

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.seed import Body, Person, plant_bodies
from marketplace.core import demo, parallel, registry
from marketplace.core.vocab import countries, nuts
from suppliers import crowd
from suppliers.directory import bulk
from suppliers.directory.rows import refresh
from suppliers.models import Capability, SizeBand, Supplier, TurnoverBand
from suppliers.review.seed import plant_receipts_of
from suppliers.trades import DETAILS, OPENINGS, TRADES

OWNER = demo.SignIn(f"owner@{demo.DOMAIN}", "Omar Benhadji", _("owns a supplier"), 10)
AT_ONCE = 2_000
WITH_OWNERS = 1_000
PEOPLE = {SizeBand.MICRO: (2, 9), SizeBand.SMALL: (10, 49), SizeBand.MEDIUM: (50, 240)}


@dataclass(frozen=True)
class Draft:
    slug: str
    summary: str
    language: str
    languages: list[str]
    size_band: str
    founded_year: int
    turnover_band: str
    largest_contract: int
    based_in: str
    regions: list[str]
    services: list[tuple[str, str]]
    #: "listed", "waiting" for the review by staff, or "hidden" by the firm's choice.
    standing: str
    confirmed_days_ago: int


def plant_suppliers(random: Random, amounts: dict[str, int], progress) -> int:
    """The first firms have owners who can be met; beyond them a crowd for whom nobody acts."""
    wanted = amounts["suppliers"]
    progress.reset(total=wanted)
    start = random.getrandbits(48)
    drafts = draft_bodies(start, min(wanted, WITH_OWNERS))
    while batch := list(islice(drafts, AT_ONCE)):
        plant_owned(batch)
        progress.update(len(batch))
    with bulk.many_rows(wanted - WITH_OWNERS - crowd.present(start)):
        for looked_at in parallel.each(plant_crowd, crowd.batches(start, WITH_OWNERS + 1, wanted)):
            progress.update(looked_at)
    return wanted


@transaction.atomic
def plant_owned(batch: list[Body]) -> None:
    settle([supplier.pk for supplier in plant_batch(plant_bodies(batch))])


@transaction.atomic
def plant_crowd(batch: crowd.Batch) -> int:
    """All of these firms with all that belongs to them, or none; returns how many were looked at."""
    bulk.hasten()
    crowd.write(batch)
    settle(batch.suppliers)
    return batch.looked_at


def settle(suppliers: list[int]) -> None:
    """What every planted firm has beside its profile: a row in the directory, and a receipt."""
    if suppliers:
        refresh(suppliers)
        plant_receipts_of(suppliers)


def draft_bodies(start: int, wanted: int) -> Iterator[Body]:
    """The same firms in the same order for the same start, however many are wanted."""
    slugs: set[str] = set()
    for number in range(1, wanted + 1):
        yield draft_body(Random(f"{start}:{number}"), start, number, slugs)


def draft_body(random: Random, start: int, number: int, slugs: set[str]) -> Body:
    land = demo.LANDS[0] if number == 1 else random.choices(demo.LANDS, weights=(5, 6, 2, 3, 2, 2))[0]
    language, (town, postcode) = random.choice(land.languages), random.choice(land.towns)
    trade = TRADES[0] if number == 1 else random.choice(TRADES)
    word, work = trade.words[language]
    invented = demo.invented_name(random)
    name = random.choice(
        (f"{invented} {word}", f"{word} {invented}", f"{invented} {word} {random.choice(land.legal_forms)}")
    )
    slug = slugify(name)
    if slug in slugs:
        slug = f"{slug}-{number}"
    slugs.add(slug)
    band = random.choices((SizeBand.MICRO, SizeBand.SMALL, SizeBand.MEDIUM), weights=(6, 3, 1))[0]
    year = random.randint(1994, 2025)
    opening, *details = random.choice(OPENINGS[language]), *random.sample(DETAILS[language], 2)
    slots = {"work": work, "name": name, "town": town, "people": random.randint(*PEOPLE[band]), "year": year}
    codes = random.sample(trade.codes, random.randint(2, len(trade.codes)))
    person = demo.person_name(random)
    owner = Person(
        f"{slugify(person, allow_unicode=False).replace('-', '.')}.{number}@{demo.DOMAIN}",
        person,
        language,
        land.time_zone,
    )
    if number == 1:
        owner = Person(OWNER.email, OWNER.name, "en", land.time_zone, can_sign_in=True)
    draft = Draft(
        slug=slug,
        summary=" ".join(sentence.format(**slots) for sentence in (opening, *details)),
        language=language,
        languages=demo.spoken_languages(random, language),
        size_band=band,
        founded_year=year,
        turnover_band=random.choices(TurnoverBand.values, weights=(35, 30, 22, 10, 3))[0],
        largest_contract=random.randint(5, 400) * 100_000,
        based_in=region_of(town, land.code),
        regions=random.choice(([], [region_of(town, land.code)[:3]], [countries.european(land.code)])),
        services=[(code, sentence_case(work) if place == 0 else "") for place, code in enumerate(codes)],
        standing="listed" if number == 1 else random.choices(("listed", "waiting", "hidden"), weights=(94, 4, 2))[0],
        confirmed_days_ago=random.randint(1, 420),
    )
    return Body(f"supplier-{start:x}-{number}", name, land, town, postcode, (owner,), draft)


@cache
def region_of(town: str, country: str) -> str:
    """The region of level 3 that goes by the town's name, else the country."""
    found = (nuts.regions()[code] for code in nuts.search(town, limit=10))
    near = next((region.code for region in found if region.country == country and region.level == 3), "")
    return near or countries.european(country)


def sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def plant_batch(planted) -> list[Supplier]:
    """One supplier with its services for each new organisation."""
    now = timezone.now()
    # Another world (another --seed) may have firms of the same name.
    taken = set(
        Supplier.objects.filter(slug__in=[body.extra.slug for _o, body in planted]).values_list("slug", flat=True)
    )
    suppliers = []
    for organisation, body in planted:
        draft = body.extra
        asked_at = now - timedelta(days=draft.confirmed_days_ago + 30)
        is_waiting = draft.standing == "waiting"
        suppliers.append(
            Supplier(
                organisation=organisation,
                slug=f"{draft.slug}-{organisation.pk}" if draft.slug in taken else draft.slug,
                summary=draft.summary,
                summary_language=draft.language,
                languages=draft.languages,
                size_band=draft.size_band,
                founded_year=draft.founded_year,
                turnover_band=draft.turnover_band,
                largest_contract=draft.largest_contract,
                largest_contract_currency="GBP" if organisation.country.code == "GB" else "EUR",
                based_in=draft.based_in,
                regions=draft.regions,
                submitted_at=now - timedelta(days=draft.confirmed_days_ago % 6) if is_waiting else asked_at,
                listed_at=None if is_waiting else asked_at + timedelta(days=2),
                hidden_at=now - timedelta(days=1) if draft.standing == "hidden" else None,
                confirmed_on=timezone.localdate() - timedelta(days=draft.confirmed_days_ago),
            )
        )
    Supplier.objects.bulk_create(suppliers)
    Capability.objects.bulk_create(
        Capability(supplier=supplier, cpv=cpv, words=words, is_main=place == 0)
        for supplier, (_organisation, body) in zip(suppliers, planted, strict=True)
        for place, (cpv, words) in enumerate(body.extra.services)
    )
    return suppliers


demo.sign_ins.register("owner", OWNER)
registry.seeds.register("suppliers", registry.Seed("suppliers", plant_suppliers, order=20, is_in_steps=True))
