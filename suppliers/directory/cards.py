"""What a card says of a supplier: who, where, what, proof, how fresh."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from marketplace.core import registry
from marketplace.core.vocab import cpv, nuts
from suppliers.directory.claims import Claim, claims, prefetch_claims
from suppliers.directory.facets import language_name, service_name
from suppliers.directory.permissions import Viewer
from suppliers.files.panels import logos
from suppliers.models import Supplier

SERVICES_ON_A_CARD = 4
REGIONS_ON_A_CARD = 3
REASONS = {"name": _("name"), "service": _("services"), "text": _("description")}


@dataclass(slots=True)
class Card:
    supplier: Supplier
    services: list[str]
    more_services: int
    regions: list[str]
    languages: list[str]
    claims: list[Claim]
    #: Why it was found, in words; empty when nothing was searched for.
    because: str = ""
    #: The address of a small picture; empty for the firm's mosaic.
    logo: str = ""
    panels: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def cards(
    pks: Sequence[int], request: HttpRequest, viewer: Viewer, because: Mapping[int, Iterable[str]] | None = None
) -> list[Card]:
    """Cards in the order of `pks`; whatever may not be shown to this person is left out.

    The same number of queries for one as for twenty-five.
    """
    rows = Supplier.objects.listed().visible_to(request.user).filter(pk__in=pks).with_card()
    if viewer.meets_evidence:
        rows = rows.prefetch_related(prefetch_claims())
    found = {supplier.pk: supplier for supplier in rows}
    shown = [found[pk] for pk in pks if pk in found]
    panels = registry.panels_for("supplier-card", shown, request)
    pictures = logos(shown)
    return [
        Card(
            supplier=supplier,
            **what_they_offer(supplier),
            claims=claims(supplier.shown_certifications) if viewer.meets_evidence else [],
            because=reason((because or {}).get(supplier.pk, ())),
            logo=pictures.get(supplier.pk, ""),
            panels=panels[supplier.pk],
        )
        for supplier in shown
    ]


def what_they_offer(supplier: Supplier) -> dict[str, Any]:
    """What, where and in which languages, shortened to what one look takes in."""
    language = get_language() or "en"
    services = list(supplier.capabilities.all())
    return {
        "services": [service.words or service_name(service.cpv, language) for service in services[:SERVICES_ON_A_CARD]],
        "more_services": max(0, len(services) - SERVICES_ON_A_CARD),
        "regions": served(supplier, language, REGIONS_ON_A_CARD),
        "languages": [language_name(code) for code in supplier.languages],
    }


def served(supplier: Supplier, language: str, most: int = 0) -> list[str]:
    """The names of the regions served, the larger ones first; with `most`, the rest as a number."""
    if supplier.serves_europe:
        return [gettext("all of Europe")]
    names = [nuts.name(code, language) for code in sorted(supplier.regions, key=lambda code: (len(code), code))]
    if most and len(names) > most + 1:
        return [*names[:most], gettext("%(number)s more") % {"number": len(names) - most}]
    return names


def reason(because: Iterable[str]) -> str:
    """The engine's short words as people read them; a word it may learn later is passed over."""
    language = get_language() or "en"
    named = []
    for word in because:
        kind, _colon, code = word.partition(":")
        if kind in REASONS:
            named.append(str(REASONS[kind]))
        elif kind == "bridge" and cpv.exists(code):
            named.append(f"“{cpv.label(code, language)}”")
    return ", ".join(dict.fromkeys(named))
