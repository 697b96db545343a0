"""The stuff the demo is made of: real towns, invented names. Every choice comes from the random numbers handed in."""

from dataclasses import dataclass
from random import Random
from typing import Any

from marketplace.core.registry import Point

#: Everybody in the demo has an address here; mail to `.example` never leaves.
DOMAIN = "demo.example"
#: The register under which demo organisations are known, so that a second run finds them.
SCHEME = "demo"
#: Printed by `seed_demo` and shown at /dev/sign-ins/; of no use outside the demo.
PASSWORD = "one-tile-of-a-mosaic"  # noqa: S105  shown to everybody on purpose


@dataclass(frozen=True)
class SignIn:
    """Somebody whom a visitor of the demo can be."""

    email: str
    name: str
    who: Any
    order: int


sign_ins: Point[SignIn] = Point(lambda person: person.order)


@dataclass(frozen=True)
class Land:
    """A country of the demo; the first language is the one most firms write in."""

    code: str
    languages: tuple[str, ...]
    time_zone: str
    towns: tuple[tuple[str, str], ...]
    legal_forms: tuple[str, ...]


LANDS = (
    Land(
        "GB",
        ("en",),
        "Europe/London",
        (
            ("Leeds", "LS1"),
            ("Bradford", "BD1"),
            ("Leicester", "LE1"),
            ("Birmingham", "B5"),
            ("Glasgow", "G2"),
            ("Cardiff", "CF10"),
            ("London", "E8"),
            ("Bristol", "BS2"),
            ("Luton", "LU1"),
            ("Belfast", "BT1"),
        ),
        ("Ltd", "CIC", "LLP"),
    ),
    Land(
        "FR",
        ("fr",),
        "Europe/Paris",
        (
            ("Villeurbanne", "69100"),
            ("Roubaix", "59100"),
            ("Marseille", "13003"),
            ("Saint-Denis", "93200"),
            ("Toulouse", "31200"),
            ("Strasbourg", "67100"),
            ("Nantes", "44200"),
            ("Grenoble", "38100"),
            ("Montreuil", "93100"),
            ("Mulhouse", "68200"),
        ),
        ("SARL", "SAS", "SCOP"),
    ),
    Land(
        "BE",
        ("fr", "nl"),
        "Europe/Brussels",
        (
            ("Molenbeek", "1080"),
            ("Antwerpen", "2060"),
            ("Liège", "4000"),
            ("Gent", "9000"),
            ("Charleroi", "6000"),
            ("Mechelen", "2800"),
        ),
        ("SRL", "BV"),
    ),
    Land(
        "DE",
        ("de",),
        "Europe/Berlin",
        (
            ("Berlin", "12047"),
            ("Köln", "51063"),
            ("Duisburg", "47169"),
            ("Mannheim", "68159"),
            ("Hamburg", "21109"),
            ("Offenbach", "63065"),
            ("Leipzig", "04315"),
            ("Nürnberg", "90443"),
        ),
        ("GmbH", "UG", "eG"),
    ),
    Land(
        "ES",
        ("es",),
        "Europe/Madrid",
        (
            ("Valencia", "46019"),
            ("Fuenlabrada", "28944"),
            ("Badalona", "08914"),
            ("Zaragoza", "50003"),
            ("Murcia", "30002"),
            ("Bilbao", "48003"),
        ),
        ("S.L.", "S. Coop."),
    ),
    Land(
        "PT",
        ("pt",),
        "Europe/Lisbon",
        (
            ("Amadora", "2700"),
            ("Setúbal", "2900"),
            ("Porto", "4300"),
            ("Braga", "4700"),
            ("Loures", "2670"),
            ("Almada", "2800"),
        ),
        ("Lda.", "CRL"),
    ),
)
LANDS_BY_CODE = {land.code: land for land in LANDS}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Spoken beside the language of the country.
FURTHER_LANGUAGES = _words("en fr ar tr pl pt es ro uk so ur bn wo it zh vi hi fa")

FIRST_NAMES = (
    "Adwoa", "Aicha", "Alma", "Amadou", "Anh", "Arjun", "Beata", "Bilal", "Carla", "Chidi", "Dalia", "Dimitra", "Elif",
    "Emeka", "Farid", "Fatou", "Gabriela", "Hana", "Hugo", "Ines", "Ioana", "Jamal", "Joana", "Kamila", "Kofi", "Lamia",
    "Leyla", "Lin", "Mads", "Malika", "Mei", "Miguel", "Mina", "Nadia", "Nikos", "Noor", "Oksana", "Olga", "Parveen",
    "Paulo", "Rania", "Ravi", "Rosa", "Samira", "Selim", "Sofia", "Tariq", "Teresa", "Thanh", "Umar", "Vera", "Wei",
    "Yara", "Yusuf", "Zainab", "Zofia",
)  # fmt: skip
FAMILY_NAMES = (
    "Abarello", "Bendari", "Calverin", "Dakwara", "Ezimora", "Farnatti", "Gorvani", "Halvessen", "Imrazi", "Jovantes",
    "Kelmouni", "Lusandre", "Mbarouki", "Nartowska", "Okwendi", "Pellidis", "Quintarel", "Rahmouri", "Sarvenko",
    "Tavoraz", "Uzcarelli", "Vanderoy", "Wolanczik", "Yildaran", "Zamburi", "Adebanwe", "Brascali", "Chowdara",
    "Delmasri", "Faroukine",
)  # fmt: skip

#: Names of firms are built of these and mean nothing, so that none is a real firm's.
_OPENINGS = _words("""
    Al Ba Be Bo Ca Da De E Fa Fi Ga Ja Ka Ke La Lu Ma Me Mo Na Ni O Pa Ra Ri Sa Se So Ta Te Va Ve Ya Za Ze
""")
_MIDDLES = _words("""
    bri cora dali fani gora keli lami lumi mari mbela nadi nori pali rani rema rindo sani tavi tembi vanti veni yari
    zari zeni lvo rsa ntu mbo
""")
_ENDINGS = _words("a ba ca da dor la lis ma na nor ra ris ro sa ta tis va vo xa")


def invented_name(random: Random) -> str:
    """A word that sounds like a name, such as `Kelivanta`."""
    word = random.choice(_OPENINGS) + random.choice(_MIDDLES) + random.choice(_ENDINGS)
    return word[0].upper() + word[1:].lower()


def person_name(random: Random) -> str:
    return f"{random.choice(FIRST_NAMES)} {random.choice(FAMILY_NAMES)}"


def spoken_languages(random: Random, first: str) -> list[str]:
    """The language of the country and up to three more."""
    more = [code for code in FURTHER_LANGUAGES if code != first]
    return [first, *sorted(random.sample(more, random.randint(0, 3)))]
