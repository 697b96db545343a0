"""How a claim is worded wherever it appears: who says it, what is said, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from suppliers.evidence.models import Certification, Scheme, Tier

STRONGEST_FIRST = {tier: -place for place, tier in enumerate(Tier.values)}
LOOKS = {
    Tier.CERTIFIED: ("good", "badge-check"),
    Tier.DOCUMENTED: ("", "file-check"),
    Tier.SELF_DECLARED: ("plain", "message-square-quote"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    certification: Certification
    #: "Certified by MSDUK until 30 Jun 2027": complete by itself, for a card or a cell.
    words: str
    #: "owned, at least 51 %": what the scheme looks at; empty where it says nothing.
    looks_at: str
    #: Colour and icon of its tag.
    kind: str
    icon: str


def prefetch_claims() -> Prefetch:
    """One query for any number of suppliers: what is valid today and published by the firm's choice."""
    return Prefetch("certifications", _shown(), to_attr="shown_certifications")


def claims_of(suppliers: list[int]) -> dict[int, list[Claim]]:
    """The same for suppliers known by number alone."""
    found: dict[int, list[Certification]] = {}
    if suppliers:
        for certification in _shown().filter(supplier__in=suppliers):
            found.setdefault(certification.supplier_id, []).append(certification)
    return {supplier: claims(certifications) for supplier, certifications in found.items()}


def _shown() -> QuerySet[Certification]:
    return Certification.objects.valid().published().select_related("scheme")


def claims(certifications: Iterable[Certification]) -> list[Claim]:
    """The strongest tier first, then by scheme."""
    ordered = sorted(certifications, key=lambda each: (STRONGEST_FIRST[each.tier], each.scheme.name, each.pk))
    return [Claim(each, claim_words(each), looks_at(each.scheme), *LOOKS[Tier(each.tier)]) for each in ordered]


def claim_words(certification: Certification) -> str:
    facts: dict[str, Any] = {"scheme": certification.scheme.name, "issuer": certification.scheme.issuer}
    if certification.valid_until:
        facts["day"] = date_format(certification.valid_until, pgettext("day", "j M Y"))
    if certification.tier == Tier.CERTIFIED:
        return gettext("Certified by %(issuer)s until %(day)s: %(scheme)s") % facts
    if certification.tier == Tier.DOCUMENTED:
        if certification.valid_until:
            return gettext("Proof seen by our staff, until %(day)s: %(scheme)s") % facts
        return gettext("Proof seen by our staff: %(scheme)s") % facts
    if certification.valid_until:
        return gettext("Said by the firm itself, until %(day)s: %(scheme)s") % facts
    return gettext("Said by the firm itself: %(scheme)s") % facts


def looks_at(scheme: Scheme) -> str:
    words = ", ".join(str(Scheme.Dimension(each).label) for each in scheme.dimensions)
    if words and scheme.threshold:
        return gettext("%(dimensions)s, at least %(threshold)s %%") % {
            "dimensions": words,
            "threshold": scheme.threshold,
        }
    return words
