"""The demo's documents and pictures: a few, through the same checks as everybody's."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.core import demo, registry
from marketplace.core.files import vault
from suppliers.files import actions, drawn
from suppliers.files.models import Document, DocumentKind, Picture
from suppliers.models import Supplier

#: Each picture costs a decoder of its own, so only a few firms have some, and a world with fewer owners none.
LEAST_OWNERS = 100
WITH_DOCUMENTS, WITH_LOGO, WITH_PICTURES = 6, 2, 1
MEMBERS, PRIVATE = Document.Audience.MEMBERS, Document.Audience.PRIVATE


@dataclass(frozen=True)
class Paper:
    """`days` is how long it is still valid; None is for ever."""

    kind: str
    audience: str
    days: int | None
    #: By language, the name of the file and what stands under the heading.
    words: dict[str, tuple[str, str]]


PAPERS = (
    Paper(DocumentKind.INSURANCE, MEMBERS, 200, {
        "en": ("Public liability insurance", "Covers 2,000,000 per event."),
        "fr": ("Assurance responsabilité civile", "Couvre 2 000 000 par sinistre."),
    }),
    Paper(DocumentKind.ISO, MEMBERS, 25, {
        "en": ("ISO 9001 certificate", "Quality management."),
        "fr": ("Certificat ISO 9001", "Management de la qualité."),
    }),
    Paper(DocumentKind.POLICY, PRIVATE, None, {
        "en": ("Environmental policy", "We dose, sort and count what we use."),
        "fr": ("Politique environnementale", "Nous dosons, trions et comptons."),
    }),
)  # fmt: skip
INVENTED = {
    "en": "Invented for the demonstration, and worth nothing.",
    "fr": "Inventé pour la démonstration, sans valeur.",
}
SCENES = (
    (drawn.building, {"en": "An office building in the evening", "fr": "Un immeuble de bureaux, le soir"}),
    (drawn.van, {"en": "Our van in front of a row of houses", "fr": "Notre camionnette devant des maisons"}),
)


def plant_files(random: Random, amounts, progress) -> int:
    """Papers, logos and pictures of the first listed firms with owners; a firm that has any gets no more."""
    owned = Supplier.objects.filter(
        organisation__identifiers__scheme=demo.SCHEME, organisation__representatives__isnull=False
    )
    most = WITH_DOCUMENTS if owned.count() >= LEAST_OWNERS else 0
    firms = list(owned.listed().select_related("organisation").order_by("pk").distinct()[:most])
    progress.reset(total=len(firms))
    added = 0
    for place, firm in enumerate(firms):
        added += _plant_papers(firm, random.randint(1, len(PAPERS)) if place else len(PAPERS))
        added += _plant_pictures(firm, has_logo=place < WITH_LOGO, has_scenes=place < WITH_PICTURES)
        progress.update()
    return added


def _plant_papers(firm, number):
    if firm.documents.exists():
        return 0
    today, owner, language = timezone.localdate(), _owner_of(firm), _language_of(firm)
    for paper in PAPERS[:number]:
        heading, line = paper.words[language]
        content = drawn.paper(heading, firm.organisation.name, "", line, INVENTED[language])
        with vault.received(SimpleUploadedFile(f"{heading}.pdf", content, "application/pdf")) as received:
            actions.add_document(
                firm,
                received,
                kind=paper.kind,
                audience=paper.audience,
                valid_until=today + timedelta(days=paper.days) if paper.days else None,
                by=owner,
            )
    return number


def _plant_pictures(firm, *, has_logo, has_scenes):
    if firm.pictures.exists():
        return 0
    name = firm.organisation.name
    drawings = [(Picture.Role.LOGO, drawn.logo(name), "")] if has_logo else []
    if has_scenes:
        drawings += [(Picture.Role.PICTURE, draw(name), words[_language_of(firm)]) for draw, words in SCENES]
    for role, content, alt in drawings:
        with vault.received(SimpleUploadedFile("drawing.png", content, "image/png")) as received:
            actions.add_picture(firm, received, role=role, alt=alt, by=_owner_of(firm))
    return len(drawings)


def _language_of(firm):
    return "fr" if firm.summary_language == "fr" else "en"


def _owner_of(firm):
    return firm.organisation.representatives.order_by("pk").first().user


registry.seeds.register("files", registry.Seed("files", plant_files, order=23))
