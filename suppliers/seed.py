"""The demo's suppliers: invented firms in real towns, each with an owner who administers it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.seed import Body, Person, plant_bodies
from marketplace.core import demo, registry
from suppliers.models import Capability, SizeBand, Supplier
from suppliers.trades import DETAILS, OPENINGS, TRADES

OWNER = demo.SignIn(f"owner@{demo.DOMAIN}", "Omar Benhadji", _("owns a supplier"), 10)
AT_ONCE = 2_000
PEOPLE = {SizeBand.MICRO: (2, 9), SizeBand.SMALL: (10, 49), SizeBand.MEDIUM: (50, 240)}


@dataclass(frozen=True)
class Draft:
    slug: str
    summary: str
    language: str
    languages: list[str]
    size_band: str
    founded_year: int
    services: list[tuple[str, str]]
    #: "listed", "waiting" for the review by staff, or "hidden" by the firm's choice.
    standing: str
    confirmed_days_ago: int


def plant_suppliers(random: Random, amounts: dict[str, int], progress) -> int:
    wanted = amounts["suppliers"]
    progress.reset(total=wanted)
    drafts = draft_bodies(random, wanted)
    while batch := [body for _place, body in zip(range(AT_ONCE), drafts, strict=False)]:
        plant_batch(plant_bodies(batch))
        progress.update(len(batch))
    return wanted


def draft_bodies(random: Random, wanted: int) -> Iterator[Body]:
    """The same firms in the same order for the same random numbers, however many are wanted."""
    start, slugs = random.getrandbits(48), set()
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
        services=[(code, sentence_case(work) if place == 0 else "") for place, code in enumerate(codes)],
        standing="listed" if number == 1 else random.choices(("listed", "waiting", "hidden"), weights=(94, 4, 2))[0],
        confirmed_days_ago=random.randint(1, 420),
    )
    return Body(f"supplier-{start:x}-{number}", name, land, town, postcode, (owner,), draft)


def sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def plant_batch(planted) -> None:
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
                submitted_at=now - timedelta(days=draft.confirmed_days_ago % 6) if is_waiting else asked_at,
                listed_at=None if is_waiting else asked_at + timedelta(days=2),
                hidden_at=now - timedelta(days=1) if draft.standing == "hidden" else None,
                confirmed_on=timezone.localdate() - timedelta(days=draft.confirmed_days_ago),
            )
        )
    Supplier.objects.bulk_create(suppliers)
    Capability.objects.bulk_create(
        Capability(supplier=supplier, cpv=cpv, words=words)
        for supplier, (_organisation, body) in zip(suppliers, planted, strict=True)
        for cpv, words in body.extra.services
    )


demo.sign_ins.register("owner", OWNER)
registry.seeds.register("suppliers", registry.Seed("suppliers", plant_suppliers, order=20))
