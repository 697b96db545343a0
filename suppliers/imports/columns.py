"""Which column of a stranger's table is which of our fields: guessed from the headings, corrected once, remembered."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.vocab import words


@dataclass(frozen=True)
class Field:
    """`headings` are folded words that people write above such a column, in English, French and neighbours."""

    name: str
    label: Any
    headings: frozenset[str]


def _field(name: str, label: Any, *headings: str) -> Field:
    return Field(name, label, frozenset(plain(heading) for heading in (name, *headings)))


def plain(heading: str) -> str:
    """A heading without case, accents, points and lines."""
    return " ".join(words.split(heading.replace("_", " ")))


FIELDS = (
    _field("name", _("Name of the firm"), "company", "company name", "firm", "organisation", "organization", "supplier",
           "supplier name", "business name", "legal name", "name of company", "name of the company", "name of the firm",
           "organisation name", "organization name", "nom", "nom de l'entreprise", "nom de la société",
           "nom entreprise", "nom de l'organisation", "nom du fournisseur", "nom commercial", "raison sociale",
           "entreprise", "société", "dénomination", "nombre", "empresa", "nome", "ragione sociale", "firma",
           "name der firma"),
    _field("country", _("Country"), "country code", "pays", "land", "país", "pais", "paese"),
    _field("identifier", _("Number in the register"), "registration number", "company number", "company registration",
           "register number", "siren", "siret", "kvk", "nif", "nipc", "companies house", "crn", "numéro siren",
           "numéro siret", "handelsregister", "rcs"),
    _field("vat_number", _("VAT number"), "vat", "vat no", "vat id", "tva", "numéro de tva", "n° tva", "ust id",
           "ust-idnr", "iva", "partita iva", "btw", "btw nummer"),
    _field("email", _("E-mail address of the owner"), "e-mail", "mail", "email address", "contact email", "courriel",
           "adresse email", "adresse électronique", "correo", "contact mail"),
    _field("website", _("Website"), "web", "url", "site", "site web", "homepage", "webseite", "site internet", "www"),
    _field("street", _("Street"), "address", "address line 1", "adresse", "rue", "strasse", "straße", "dirección",
           "indirizzo", "street address"),
    _field("postcode", _("Postcode"), "zip", "zip code", "postal code", "post code", "code postal", "plz", "cp", "cap"),
    _field("town", _("Town"), "city", "locality", "ville", "commune", "localité", "stadt", "ort", "ciudad", "città",
           "cidade", "place"),
    _field("based_in", _("Region where the firm is"), "region", "région", "nuts", "nuts code", "county", "département",
           "bundesland", "provincia"),
    _field("summary", _("What they do"), "description", "about", "about us", "activity", "activities", "activité",
           "activités", "présentation", "beschreibung", "descripción", "descrizione", "company description"),
    _field("languages", _("Languages spoken"), "language", "langues", "langue", "sprachen", "idiomas", "lingue",
           "working languages", "langues parlées"),
    _field("cpv", _("CPV codes of the services"), "cpv code", "cpv codes", "codes cpv", "code cpv", "cpvs"),
    _field("regions", _("Regions served"), "regions served", "areas served", "coverage", "régions desservies",
           "zones desservies", "zone d'intervention", "service area"),
    _field("size", _("Size or number of people"), "scale", "employees", "number of employees", "headcount", "staff",
           "effectif", "effectifs", "nombre de salariés", "taille", "mitarbeiter", "size band", "fte"),
    _field("founded", _("Year of foundation"), "year founded", "founded year", "date founded", "incorporated",
           "incorporation date", "date of incorporation", "année de création", "date de création", "création",
           "gründung", "established"),
    _field("key", _("The source’s own number of the firm"), "id", "ref", "reference", "row id", "member number",
           "member id", "record id", "numéro", "n° adhérent", "identifiant", "référence"),
)  # fmt: skip
NAMES = frozenset(field.name for field in FIELDS)


def guess(headings: list[str]) -> dict[str, str]:
    """Heading to field for those that say plainly what they are; each field once, the first heading wins."""
    found: dict[str, str] = {}
    for heading in headings:
        said = plain(heading)
        field = next((field.name for field in FIELDS if said in field.headings), None)
        if field and field not in found.values():
            found[heading] = field
    return found


def fingerprint(headings: list[str]) -> str:
    """The same for the same headings in any order, with any capitals and accents."""
    said = sorted(plain(heading) for heading in headings if heading.strip())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def fields_of(headings: list[str], mapping: dict[str, str], cells: list[str]) -> dict[str, str]:
    """Field to text of one row; of two columns for one field the first that holds something counts."""
    found: dict[str, str] = {}
    for heading, cell in zip(headings, cells, strict=True):
        field = mapping.get(heading)
        if field and cell and not found.get(field):
            found[field] = cell
    return found
