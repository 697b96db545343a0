"""What a card says of a supplier, in words ready to be shown: who, where, what, proof, how fresh."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.core import registry
from marketplace.core.templatetags.ui import short_day
from marketplace.core.vocab import countries, cpv, nuts
from suppliers.directory.claims import Claim, claims_of
from suppliers.directory.facets import language_name, service_name
from suppliers.directory.permissions import Viewer
from suppliers.files.panels import logos
from suppliers.models import SizeBand, Supplier

SERVICES_ON_A_CARD = 4
REGIONS_ON_A_CARD = 3
SUMMARY_ON_A_CARD = 170
#: Stands for any in an address that is worked out once for all cards of a page.
SLUG = "any-supplier"
REASONS = {"name": _("name"), "service": _("services"), "text": _("description")}

#: What cards show, for all suppliers of a page at once: whoever is not listed, or not for this person, is left out
#: here too, whatever the search row still says.
SHOWN = """
SELECT supplier.id, supplier.organisation_id, slug, organisation.name, town, country, left(summary, %(cut)s),
    summary_language, languages, size_band, confirmed_on, regions, serves_europe,
    ARRAY(
        SELECT ARRAY[cpv, words] FROM suppliers_capability WHERE supplier_id = supplier.id ORDER BY is_main DESC, cpv
    ),
    EXISTS (SELECT FROM files_picture WHERE supplier_id = supplier.id AND role = 'logo'),
    EXISTS (SELECT FROM evidence_certification WHERE supplier_id = supplier.id AND published_at IS NOT NULL)
FROM suppliers_supplier AS supplier JOIN accounts_organisation AS organisation ON organisation.id = organisation_id
WHERE supplier.id = ANY(%(suppliers)s)
    AND listed_at IS NOT NULL AND hidden_at IS NULL AND suspended_at IS NULL
    AND (%(is_member)s OR audience = 'everybody')
"""


class Shown(NamedTuple):
    """A row of SHOWN; panels of other rooms are asked with these in place of suppliers."""

    pk: int
    organisation_id: int
    slug: str
    name: str
    town: str
    country: str
    summary: str
    summary_language: str
    languages: list[str]
    size_band: str
    confirmed_on: date | None
    regions: list[str]
    serves_europe: bool
    services: list[list[str]]
    has_logo: bool
    has_claims: bool

    def __str__(self) -> str:
        return self.name


class Card(NamedTuple):
    """Taken apart by its template, in this order."""

    supplier: Shown
    name: str
    url: str
    place: str
    #: "serves Rhône, Isère"; empty where nothing was said.
    serves: str
    summary: str
    summary_language: str
    services: list[str]
    #: "and 3 more" services.
    more: str
    #: Languages, size and how fresh the profile is.
    facts: list[str]
    claims: list[Claim]
    #: "Found by: services", empty when nothing was searched for.
    because: str
    #: The address of a small picture; empty for the firm's mosaic.
    logo: str
    panels: list[tuple[str, dict[str, Any]]]


def cards(
    pks: Sequence[int], request: HttpRequest, viewer: Viewer, because: Mapping[int, Iterable[str]] | None = None
) -> list[Card]:
    """Cards in the order of `pks`; whatever may not be shown to this person is left out.

    The same number of queries for one as for twenty-five.
    """
    shown, language = _shown(pks, viewer), get_language() or "en"
    panels = registry.panels_for("supplier-card", shown, request)
    pictures = logos([row for row in shown if row.has_logo])
    claims = claims_of([row.pk for row in shown if row.has_claims]) if viewer.meets_evidence else {}
    before, after = reverse("supplier-detail", kwargs={"slug": SLUG}).split(SLUG)
    reasons = because or {}
    return [
        Card(
            supplier=row,
            name=row.name,
            url=f"{before}{row.slug}{after}",
            summary_language=row.summary_language,
            **_words(row, language),
            claims=claims.get(row.pk, []),
            because=_because(tuple(reasons.get(row.pk, ())), language),
            logo=pictures.get(row.pk, ""),
            panels=panels[row.pk],
        )
        for row in shown
    ]


def _shown(pks: Sequence[int], viewer: Viewer) -> list[Shown]:
    if not pks:
        return []
    with connection.cursor() as cursor:
        # One more than is shown, so that it is known whether there is more.
        facts = {"suppliers": list(pks), "is_member": viewer.is_member, "cut": SUMMARY_ON_A_CARD + 1}
        cursor.execute(SHOWN, facts)
        found = {row[0]: Shown(*row) for row in cursor.fetchall()}
    return [found[pk] for pk in pks if pk in found]


def _words(row: Shown, language: str) -> dict[str, Any]:
    """What, where and in which languages, shortened to what one look takes in."""
    country = countries.name(row.country, language)
    # The firm's own words for a service where they are in the reader's language, else the published label, which is.
    is_theirs = row.summary_language.split("-")[0] == language.split("-")[0]
    return {
        "place": f"{row.town}, {country}" if row.town else country,
        "serves": _serves(served(row, language, REGIONS_ON_A_CARD), language),
        "summary": _shortened(row.summary),
        "services": [
            words if words and is_theirs else service_name(code, language)
            for code, words in row.services[:SERVICES_ON_A_CARD]
        ],
        "more": _and_more(len(row.services) - SERVICES_ON_A_CARD, language),
        "facts": [fact for fact in _facts(row, language) if fact],
    }


def _shortened(summary: str) -> str:
    return summary if len(summary) <= SUMMARY_ON_A_CARD else f"{summary[: SUMMARY_ON_A_CARD - 1].rstrip()}…"


def _facts(row: Shown, language: str) -> Iterator[str]:
    yield _spoken(tuple(row.languages), language)
    yield _size(row.size_band, language)
    yield _confirmed(row.confirmed_on, language)


# The same few words stand on card after card, and taking them from the catalogue costs more than the card; so they are
# kept. `language` is always the one in force: it only keeps the words of one apart from those of another.


def _serves(regions: list[str], language: str) -> str:
    return _serving(language) % {"regions": ", ".join(regions)} if regions else ""


@cache
def _serving(language: str) -> str:
    return gettext("serves %(regions)s")


@lru_cache(100)
def _and_more(number: int, language: str) -> str:
    return ngettext("and %(number)s more", "and %(number)s more", number) % {"number": number} if number > 0 else ""


@lru_cache(1_000)
def _spoken(codes: tuple[str, ...], language: str) -> str:
    return ", ".join(language_name(code) for code in codes)


@cache
def _size(band: str, language: str) -> str:
    return str(SizeBand(band).label) if band else ""


@lru_cache(1_000)
def _confirmed(on: date | None, language: str) -> str:
    if on is None:
        return gettext("not confirmed yet")
    return SafeString(escape(gettext("confirmed %(day)s")) % {"day": short_day(on)})


def served(supplier: Supplier | Shown, language: str, most: int = 0) -> list[str]:
    """The names of the regions served, the larger ones first; with `most`, the rest as a number."""
    if supplier.serves_europe:
        return [gettext("all of Europe")]
    names = [nuts.name(code, language) for code in sorted(supplier.regions, key=lambda code: (len(code), code))]
    if most and len(names) > most + 1:
        return [*names[:most], gettext("%(number)s more") % {"number": len(names) - most}]
    return names


@lru_cache(1_000)
def _because(because: tuple[str, ...], language: str) -> str:
    """The engine's short words as people read them; a word it may learn later is passed over."""
    named = []
    for word in because:
        kind, _colon, code = word.partition(":")
        if kind in REASONS:
            named.append(str(REASONS[kind]))
        elif kind == "bridge" and cpv.exists(code):
            named.append(f"“{cpv.label(code, language)}”")
    return gettext("Found by: %(reasons)s") % {"reasons": ", ".join(dict.fromkeys(named))} if named else ""
