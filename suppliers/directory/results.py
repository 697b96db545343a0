"""A search as its page shows it: an Answer of the engine in words, with an address for every next step."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.core import registry
from marketplace.core.ui import Chip
from suppliers.directory import address
from suppliers.directory.address import Asked
from suppliers.directory.cards import cards
from suppliers.directory.facets import Facet
from suppliers.directory.permissions import Viewer
from suppliers.directory.question import Question
from suppliers.directory.search import Answer

SORTS = {"relevance": _("relevance"), "confirmed": _("recently confirmed"), "name": _("name")}
#: Facets that stand open before anything is chosen.
OPEN_AT_FIRST = ("country", "cpv", "region")
MOST_NOTES = 5


class Choice(NamedTuple):
    """Taken apart by its template, in this order: a page has a hundred of them."""

    value: str
    label: str
    is_on: bool
    number: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One facet with its choices."""

    name: str
    legend: str
    choices: list[Choice]
    is_open: bool
    type: str = "checkbox"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A search as a row that panels of other rooms may hang something on; `pk` is its querystring."""

    pk: str
    question: Question


def page(asked: Asked, answer: Answer, request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """The context of the directory's page."""
    question = asked.question
    row = QuestionRow(address.write(question, after=""), question)
    return {
        "question": question,
        "cards": cards(
            [hit.supplier_id for hit in answer.hits],
            request,
            viewer,
            {hit.supplier_id: hit.because for hit in answer.hits} if question.words else None,
        ),
        "total": answer.total,
        "is_capped": answer.is_capped,
        "groups": [group(facet, answer, question) for facet in asked.facets],
        "chips": chips(asked),
        "clear_url": address.url(Question(words=question.words)),
        "all_url": address.url(Question()),
        "sorts": sorts(question),
        "notes": said_once(asked.notes, answer.notes),
        "bridges": answer.bridges,
        "own_words_url": address.url(question, bridges=False),
        "did_you_mean": answer.did_you_mean,
        "did_you_mean_url": address.url(question, words=answer.did_you_mean),
        "previous_url": address.url(question, after=answer.previous) if answer.previous else "",
        "next_url": address.url(question, after=answer.next) if answer.next else "",
        "is_narrowed": address.is_narrowed(question),
        "is_plain": not row.pk and not question.after,
        "tools": registry.panels_for("search", [row], request)[row.pk],
    }


def group(facet: Facet, answer: Answer, question: Question) -> Group:
    chosen = address.chosen(question, facet.name)
    counts = {str(each.value): each.count for each in answer.facets.get(facet.name, [])}
    choices = [
        Choice(
            value,
            facet.label(value, question.language),
            value in chosen,
            counts.get(value),
            value if facet.shows_code else "",
        )
        for value in dict.fromkeys([*counts, *chosen])
        if facet.find(value)
    ]
    if facet.is_single and choices:
        choices.insert(0, Choice("", gettext("any amount"), not chosen))
    return Group(
        facet.name,
        str(facet.legend),
        choices,
        is_open=bool(chosen) or facet.name in OPEN_AT_FIRST,
        type="radio" if facet.is_single else "checkbox",
    )


def chips(asked: Asked) -> list[Chip]:
    """Every filter that is on, each with the address of the same search without it."""
    question = asked.question
    found = [
        Chip(
            f"{facet.legend}: {facet.label(value, question.language)}",
            address.url(question, **address.without(question, facet.name, value)),
        )
        for facet in asked.facets
        for value in address.chosen(question, facet.name)
    ]
    if not question.bridges:
        found.append(Chip(gettext("Only my words"), address.url(question, bridges=True)))
    return found


def sorts(question: Question) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": address.url(question, sort=name), "is_current": name == question.sort}
        for name, label in SORTS.items()
    ]


def said_once(by_address: list[str], by_engine: list[str]) -> list[str]:
    """What was passed over, said once each; the engine's notes are short words."""
    said = [*by_address, *(_engine_note(word) for word in by_engine)]
    different = [note for note in dict.fromkeys(said) if note]
    if len(different) > MOST_NOTES:
        return [*different[:MOST_NOTES], gettext("More of this address was passed over.")]
    return different


def _engine_note(word: str) -> str:
    kind, _colon, value = word.partition(":")
    if kind == "position":
        return gettext("This place in the list could not be found again; here is its beginning.")
    if kind == "timeout":
        return gettext("This search took too long. Add a filter or another word and try again.")
    if kind == "words-too-long":
        return gettext("Only the beginning of your words was searched for.")
    if value:
        return gettext("“%(value)s” was passed over.") % {"value": address.clean(value)[:40]}
    return ""
