"""Numbers for the home page, counted live."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from suppliers.models import Supplier


@dataclass(frozen=True)
class Figure:
    number: int
    label: Any
    tile: str


def counted():
    """What there is to find today, in three queries; a number of nothing is left out."""
    listed = Supplier.objects.listed()
    suppliers = listed.aggregate(suppliers=Count("pk"), countries=Count("organisation__country", distinct=True))
    spoken = listed.annotate(language=Func(F("languages"), function="unnest")).values("language").distinct().count()
    found = [
        Figure(suppliers["suppliers"], _("suppliers on show"), "lapis"),
        Figure(suppliers["countries"], _("countries they work from"), "terracotta"),
        Figure(spoken, _("languages they speak"), "saffron"),
        Figure(Buyer.objects.count(), _("companies and cities that buy"), "olive"),
    ]
    return [figure for figure in found if figure.number]
