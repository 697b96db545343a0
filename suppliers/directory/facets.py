"""What a search can be narrowed by: for each facet its parameter, which values it knows and what they are called."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.core.vocab import countries, cpv, languages, nuts
from suppliers.evidence.models import Scheme, Tier
from suppliers.files.models import DocumentKind
from suppliers.models import SizeBand, TurnoverBand

CAPACITIES = (10_000, 50_000, 250_000, 1_000_000, 5_000_000)


@dataclass(frozen=True, slots=True)
class Facet:
    """`name` stands in the address and in `Answer.facets`, `field` in a Question.

    `find` gives the value as the engine knows it, None for one that does not exist; `label` what people read, whose
    language is the one in force.
    """

    name: str
    field: str
    legend: Any
    find: Callable[[str], str | None]
    label: Callable[[str, str], str]
    is_single: bool = False
    #: A code that people rarely need is shown quietly beside the label.
    shows_code: bool = False


#: Every page asks for some sixty of them again.
_kept = lru_cache(10_000)


def _of(choices: Any) -> dict[str, Any]:
    """A facet whose values are those of a TextChoices."""
    # Asked of the class, they would be put together anew every time.
    known = frozenset(choices.values)
    return {
        "find": lambda value: value if value in known else None,
        "label": _kept(lambda value, language: str(choices(value).label)),
    }


@_kept
def find_service(value: str) -> str | None:
    try:
        return cpv.parse(value)
    except cpv.UnknownCode:
        return None


@_kept
def find_region(value: str) -> str | None:
    region = nuts.find(value) if len(value) <= 5 else None
    return region.code if region else None


@_kept
def find_language(value: str) -> str | None:
    language = languages.find(value)
    return language.code if language else None


def language_name(code: str) -> str:
    """In the words of the page; a code that is not among ours is shown as it is."""
    language = languages.find(code)
    return str(language.name) if language else code


def service_name(code: str, language: str) -> str:
    """The published label; a code of an older list, which an import may bring, is shown as it is."""
    return cpv.label(code, language) if cpv.exists(code) else code


@_kept
def capacity_label(value: str, language: str) -> str:
    return gettext("at least %(amount)s €") % {"amount": number_format(int(value), force_grouping=True)}


COUNTRY = Facet("country", "countries", _("Country"), _kept(countries.find), countries.name)
COMMON = (
    COUNTRY,
    Facet("cpv", "cpv", _("Service"), find_service, cpv.label, shows_code=True),
    Facet("region", "regions", _("Region served"), find_region, nuts.name),
    Facet(
        "language",
        "languages",
        _("Working language"),
        find_language,
        _kept(lambda value, language: language_name(value)),
    ),
    Facet("size", "sizes", _("Size"), **_of(SizeBand)),
    Facet("turnover", "turnovers", _("Turnover of a year"), **_of(TurnoverBand)),
    Facet(
        "capacity",
        "capacity",
        _("Has handled a contract of"),
        {str(amount): str(amount) for amount in CAPACITIES}.get,
        capacity_label,
        is_single=True,
    ),
    Facet("document", "documents", _("Document held"), **_of(DocumentKind)),
)
TIER = Facet("tier", "tiers", _("How it is shown to be diverse"), **_of(Tier))
#: Parameters that have no effect, not even a refusal that differs, for whoever may not filter by evidence.
EVIDENCE = ("tier", "scheme")


def facets(*, filters_by_evidence: bool) -> tuple[Facet, ...]:
    """Those that this session may use; schemes are data, so that they cost an entitled session one query."""
    if not filters_by_evidence:
        return COMMON
    names = dict(Scheme.objects.values_list("slug", "name"))
    scheme = Facet(
        "scheme",
        "schemes",
        _("Scheme"),
        lambda value: value if value in names else None,
        lambda value, language: names.get(value, value),
    )
    return (*COMMON, TIER, scheme)
