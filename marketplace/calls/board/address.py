"""The permanent address of a search for calls, read and written as the directory's: no address fails."""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from marketplace.calls.board.facets import FACETS
from marketplace.calls.board.question import SORTS, STATES, Question
from suppliers.directory.address import LONGEST_POSITION, read_single, read_values, typed_words, unknown
from suppliers.directory.facets import Facet

FIELDS = {facet.name: facet.field for facet in FACETS}
DEFAULT = Question()


@dataclass(slots=True)
class Asked:
    """An address as it was understood, and what was passed over."""

    question: Question
    notes: list[str] = field(default_factory=list)


def read(parameters: QueryDict, language: str) -> Asked:
    asked = Asked(Question(language=language))
    changes: dict[str, Any] = {
        "words": typed_words(parameters, asked.notes),
        "state": _one_of(STATES, parameters, "state", gettext("Where it stands"), asked.notes) or DEFAULT.state,
        "sort": _one_of(SORTS, parameters, "sort", gettext("Order of the list"), asked.notes) or DEFAULT.sort,
        "bridges": read_single(parameters, "bridges", asked.notes) != "off",
        "after": read_single(parameters, "after", asked.notes)[:LONGEST_POSITION],
    }
    for facet in FACETS:
        changes[facet.field] = read_values(parameters, facet, asked.notes)
    asked.question = replace(asked.question, **changes)
    return asked


def _one_of(known: dict[str, Any], parameters: QueryDict, name: str, legend: str, notes: list[str]) -> str:
    value = read_single(parameters, name, notes)
    if value and value not in known:
        notes.append(unknown(legend, value))
    return value if value in known else ""


def write(question: Question, **changes: Any) -> str:
    """The querystring of a question in one fixed order; its position in the list is part of it."""
    question = replace(question, **changes)
    pairs: list[tuple[str, Any]] = [("q", question.words)] if question.words else []
    for facet in FACETS:
        pairs += [(facet.name, value) for value in chosen(question, facet)]
    pairs += [
        (name, getattr(question, name))
        for name in ("state", "sort")
        if getattr(question, name) != getattr(DEFAULT, name)
    ]
    if not question.bridges:
        pairs.append(("bridges", "off"))
    if question.after:
        pairs.append(("after", question.after))
    return urlencode(pairs)


def url(question: Question, *, at: str = "call-list", **changes: Any) -> str:
    """The address of the list, or of a feed, asked this question; any change leads to its first page."""
    query = write(question, **{"after": "", **changes})
    return reverse(at) + (f"?{query}" if query else "")


def chosen(question: Question, facet: Facet) -> tuple[str, ...]:
    return getattr(question, facet.field)


def without(question: Question, facet: Facet, value: str) -> dict[str, Any]:
    """The change that takes one value of a facet off."""
    return {facet.field: tuple(each for each in chosen(question, facet) if each != value)}


def is_narrowed(question: Question) -> bool:
    """Whether anything is asked at all: words or a filter."""
    return bool(question.words) or any(chosen(question, facet) for facet in FACETS)
