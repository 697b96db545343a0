"""The demo's buyers: invented companies in real towns, and invented cities."""

from random import Random

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.accounts.seed import Body, Person, plant_bodies
from marketplace.core import demo, registry

CORPORATE = demo.SignIn(f"buyer@{demo.DOMAIN}", "Beatriz Lindqvist", _("buys for a company"), 20)
CITY = demo.SignIn(f"city@{demo.DOMAIN}", "Amina Yorke", _("buys for a city"), 30)

SECTORS = {
    "en": ("Retail", "Insurance", "Foods", "Rail", "Energy", "Media", "Pharma", "Bank"),
    "fr": ("Distribution", "Assurances", "Énergie", "Hôtellerie", "Transports", "Mutuelle"),
    "de": ("Versicherung", "Werke", "Energie", "Handel", "Klinikgruppe"),
    "es": ("Seguros", "Energía", "Alimentación", "Hoteles"),
    "pt": ("Seguros", "Energia", "Retalho", "Águas"),
    "nl": ("Verzekeringen", "Energie", "Handel"),
}
#: Country, name of the authority, name of the place, postcode; none of them exists.
CITIES = (
    ("GB", "Northmoor Council", "Northmoor", "NM1"),
    ("FR", "Ville de Valmorel-sur-Orne", "Valmorel-sur-Orne", "14999"),
    ("DE", "Stadt Hohenwerda", "Hohenwerda", "99998"),
    ("BE", "Stad Oosterdamme", "Oosterdamme", "9999"),
    ("ES", "Ayuntamiento de Valdeoria", "Valdeoria", "49999"),
)


def plant_companies(random: Random, amounts: dict[str, int], progress) -> int:
    start = random.getrandbits(48)
    bodies = [draft_company(Random(f"{start}:{number}"), start, number) for number in range(1, amounts["buyers"] + 1)]
    return plant(bodies, Buyer.Kind.COMPANY, progress)


def draft_company(random: Random, start: int, number: int) -> Body:
    land = demo.LANDS[0] if number == 1 else random.choice(demo.LANDS)
    language, (town, postcode) = random.choice(land.languages), random.choice(land.towns)
    name = f"{demo.invented_name(random)} {random.choice(SECTORS[language])}"
    people = staff_of(random, f"b{number}", language, land.time_zone)
    if number == 1:
        people = (Person(CORPORATE.email, CORPORATE.name, "en", land.time_zone, can_sign_in=True), *people[1:])
    return Body(f"company-{start:x}-{number}", name, land, town, postcode, people)


def plant_cities(random: Random, amounts: dict[str, int], progress) -> int:
    bodies = []
    for number, (country, name, place, postcode) in enumerate(CITIES[: amounts["cities"]], start=1):
        land = demo.LANDS_BY_CODE[country]
        people = staff_of(random, f"c{number}", land.languages[0], land.time_zone)
        if number == 1:
            people = (Person(CITY.email, CITY.name, "en", land.time_zone, can_sign_in=True), *people[1:])
        bodies.append(Body(f"city-{number}", name, land, place, postcode, people))
    return plant(bodies, Buyer.Kind.CONTRACTING_AUTHORITY, progress)


def staff_of(random: Random, key: str, language: str, time_zone: str) -> tuple[Person, ...]:
    """An administrator and a colleague."""
    people = []
    for place in range(2):
        name = demo.person_name(random)
        address = f"{slugify(name).replace('-', '.')}.{key}{place}@{demo.DOMAIN}"
        people.append(Person(address, name, language, time_zone))
    return tuple(people)


def plant(bodies: list[Body], kind: str, progress) -> int:
    progress.reset(total=len(bodies))
    planted = plant_bodies(bodies)
    slugs = set(Buyer.objects.values_list("slug", flat=True)) if planted else set()
    buyers = []
    for organisation, body in planted:
        slug = slugify(body.name)
        buyers.append(
            Buyer(organisation=organisation, kind=kind, slug=f"{slug}-{organisation.pk}" if slug in slugs else slug)
        )
        slugs.add(slug)
    _clear(buyers)
    Buyer.objects.bulk_create(buyers)
    progress.update(len(bodies))
    return len(bodies)


def _clear(buyers: list[Buyer]) -> None:
    """All but the last, which waits in the staff's queue; the first is whoever the demo signs in as."""
    now = timezone.now()
    for buyer in buyers[: max(len(buyers) - 1, 1)]:
        buyer.cleared_at = now
    for buyer in buyers[max(len(buyers) - 1, 1) :]:
        buyer.clearance_asked_at = now


demo.sign_ins.register("buyer", CORPORATE)
demo.sign_ins.register("city", CITY)
registry.seeds.register("buyers", registry.Seed("buyers", plant_companies, order=30))
registry.seeds.register("cities", registry.Seed("cities", plant_cities, order=31))
