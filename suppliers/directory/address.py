"""The permanent address of a search: parameters read into a Question, and a Question written back.

What cannot be read is passed over and named in a note: no address of the directory fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from marketplace.core.addresses import address_of
from suppliers.directory.facets import COMMON, EVIDENCE, Facet, facets
from suppliers.directory.permissions import Viewer
from suppliers.directory.question import Question

SORTS = ("relevance", "confirmed", "name")
MOST_WORDS = 200
MOST_VALUES = 20
LONGEST_POSITION = 500
#: The order in which parameters stand in an address.
ORDER = (*(facet.name for facet in COMMON), *EVIDENCE)
#: The longest piece of a wrong value that a note repeats.
SHOWN = 40


@dataclass(slots=True)
class Asked:
    """An address as it was understood, with the facets of this session and what was passed over."""

    question: Question
    facets: tuple[Facet, ...]
    notes: list[str] = field(default_factory=list)


def read(parameters: QueryDict, viewer: Viewer, language: str) -> Asked:
    asked = Asked(
        Question(sees_evidence=viewer.filters_by_evidence, is_member=viewer.is_member, language=language),
        facets(filters_by_evidence=viewer.filters_by_evidence),
    )
    changes: dict[str, Any] = {
        "words": typed_words(parameters, asked.notes),
        "sort": _sort(parameters, asked.notes),
        "bridges": read_single(parameters, "bridges", asked.notes) != "off",
        "after": read_single(parameters, "after", asked.notes)[:LONGEST_POSITION],
    }
    for facet in asked.facets:
        values = read_values(parameters, facet, asked.notes)
        changes[facet.field] = (int(values[0]) if values else 0) if facet.is_single else values
    if not viewer.filters_by_evidence and any(parameters.getlist(name) for name in EVIDENCE):
        asked.notes.append(gettext("A filter of this address does not exist for you and was passed over."))
    asked.question = replace(asked.question, **changes)
    return asked


def write(question: Question, **changes: Any) -> str:
    """The querystring of a question in one fixed order; its position in the list is part of it."""
    question = replace(question, **changes)
    pairs: list[tuple[str, Any]] = [("q", question.words)] if question.words else []
    for name in ORDER:
        pairs += [(name, value) for value in chosen(question, name)]
    if question.sort != SORTS[0]:
        pairs.append(("sort", question.sort))
    if not question.bridges:
        pairs.append(("bridges", "off"))
    if question.after:
        pairs.append(("after", question.after))
    return urlencode(pairs)


def url(question: Question, **changes: Any) -> str:
    """The address of the directory asked this question; any change leads to its first page unless it says otherwise."""
    query = write(question, **{"after": "", **changes})
    return address_of("supplier-list") + (f"?{query}" if query else "")


FIELDS = {facet.name: facet.field for facet in COMMON} | {"tier": "tiers", "scheme": "schemes"}


def chosen(question: Question, name: str) -> tuple[str, ...]:
    """The values of a facet that the question asks for."""
    value = getattr(question, FIELDS[name])
    if isinstance(value, int):
        return (str(value),) if value else ()
    return tuple(value)


def without(question: Question, name: str, value: str) -> dict[str, Any]:
    """The change that takes one value of a facet off."""
    kept = tuple(each for each in chosen(question, name) if each != value)
    return {FIELDS[name]: kept if isinstance(getattr(question, FIELDS[name]), tuple) else 0}


def is_narrowed(question: Question) -> bool:
    """Whether anything is asked at all: words or a filter."""
    return bool(question.words) or any(chosen(question, name) for name in ORDER)


def clean(text: str) -> str:
    """What people meant to type: no control signs, no lone surrogates, single spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def typed_words(parameters: QueryDict, notes: list[str]) -> str:
    words = clean(read_single(parameters, "q", notes))
    if len(words) > MOST_WORDS:
        notes.append(gettext("We searched for the first %(number)s characters.") % {"number": MOST_WORDS})
    return words[:MOST_WORDS].strip()


def _sort(parameters: QueryDict, notes: list[str]) -> str:
    sort = read_single(parameters, "sort", notes)
    if sort and sort not in SORTS:
        notes.append(unknown(gettext("Order of the list"), sort))
    return sort if sort in SORTS else SORTS[0]


def read_single(parameters: QueryDict, name: str, notes: list[str]) -> str:
    values = parameters.getlist(name)
    if len(values) > 1:
        notes.append(gettext("“%(name)s” stands in the address more than once; the first counts.") % {"name": name})
    return values[0] if values else ""


def read_values(parameters: QueryDict, facet: Facet, notes: list[str]) -> tuple[str, ...]:
    given = [read_single(parameters, facet.name, notes)] if facet.is_single else parameters.getlist(facet.name)
    found: dict[str, None] = {}
    for value in _at_most(given, facet, notes):
        known = facet.find(value) if value.isprintable() else None
        if known is None:
            notes.append(unknown(str(facet.legend), value))
        elif known in found:
            notes.append(gettext("“%(value)s” stands in the address more than once.") % {"value": clean(value)[:SHOWN]})
        else:
            found[known] = None
    return tuple(found)


def _at_most(given: Iterable[str], facet: Facet, notes: list[str]) -> list[str]:
    values = [value for value in given if value]
    if len(values) > MOST_VALUES:
        notes.append(
            gettext("“%(name)s” has more than %(number)s values; the first ones count.")
            % {"name": facet.legend, "number": MOST_VALUES}
        )
    return values[:MOST_VALUES]


def unknown(name: str, value: str) -> str:
    return gettext("“%(value)s” (%(name)s) is not known here and was passed over.") % {
        "name": name,
        "value": clean(value)[:SHOWN],
    }
