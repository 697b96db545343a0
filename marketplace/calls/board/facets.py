"""What the list of calls can be narrowed by. Nothing here, and nothing else of a call, says who owns a firm."""

from functools import lru_cache
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.calls.board.rows import VALUES
from marketplace.calls.models import Procedure, Route
from marketplace.core.vocab import countries, cpv, nuts
from suppliers.directory.facets import Facet, find_language, find_region, find_service, language_name
from suppliers.directory.tokens import Kind

_kept = lru_cache(1_000)
#: How a band of values stands in an address, in the order of the bands.
BANDS = ("none", *(f"{amount // 1000}k" for amount in VALUES), "more")


def _of(choices: Any) -> dict[str, Any]:
    known = frozenset(choices.values)
    return {
        "find": lambda value: value if value in known else None,
        "label": _kept(lambda value, language: str(choices(value).label)),
    }


@_kept
def value_label(band: str, language: str) -> str:
    place = BANDS.index(band)
    if place == 0:
        return gettext("not disclosed")
    amount = number_format(VALUES[min(place, len(VALUES)) - 1], force_grouping=True)
    return (gettext("more than %(amount)s €") if band == "more" else gettext("up to %(amount)s €")) % {"amount": amount}


FACETS = (
    Facet("cpv", "cpv", _("What is bought"), find_service, cpv.label, shows_code=True),
    Facet("region", "regions", _("Where"), find_region, nuts.name),
    Facet("country", "countries", _("Country of the buyer"), _kept(countries.find), countries.name),
    Facet("buyer", "buyers", _("Kind of buyer"), **_of(Buyer.Kind)),
    Facet("value", "values", _("Value of a lot"), lambda value: value if value in BANDS else None, value_label),
    Facet("procedure", "procedures", _("Procedure"), **_of(Procedure)),
    Facet(
        "language",
        "languages",
        _("Language of the text"),
        find_language,
        _kept(lambda value, language: language_name(value)),
    ),
    Facet("route", "routes", _("Where responses go"), **_of(Route)),
)
#: The kinds of token that a facet counts, from the first to the last.
KINDS = {
    "cpv": (0, 1),
    "region": (Kind.REGION, Kind.WHOLE),
    "country": (Kind.COUNTRY, Kind.COUNTRY),
    "buyer": (Kind.BUYER, Kind.BUYER),
    "value": (Kind.VALUE, Kind.VALUE),
    "procedure": (Kind.PROCEDURE, Kind.PROCEDURE),
    "language": (Kind.LANGUAGE, Kind.LANGUAGE),
    "route": (Kind.ROUTE, Kind.ROUTE),
}
