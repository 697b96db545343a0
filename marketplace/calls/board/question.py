"""What somebody asks of the list of calls."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: A published call is in exactly one of the first three.
STATES: dict[str, Any] = {
    "open": _("Open"),
    "awarded": _("Awarded"),
    "closed": _("Closed without an award so far"),
    "all": _("All"),
}
SORTS: dict[str, Any] = {"deadline": _("deadline"), "newest": _("newest")}


@dataclass(frozen=True, slots=True)
class Question:
    words: str = ""
    #: ISO codes of where the buyer is.
    countries: tuple[str, ...] = ()
    #: NUTS codes in which a lot lies, or which it lies around.
    regions: tuple[str, ...] = ()
    #: CPV codes; each stands for all below it.
    cpv: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    #: Of the text.
    languages: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    state: str = "open"
    sort: str = "deadline"
    #: Whether words also find what the CPV labels of other languages say.
    bridges: bool = True
    #: Of the page, for labels.
    language: str = "en"
    #: A position from an Answer.
    after: str = ""
