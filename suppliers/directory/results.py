"""A search as its page shows it: an Answer of the engine in words, with an address for every next step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.core import registry
from marketplace.core.quick import piece
from marketplace.core.templatetags.ui import number
from marketplace.core.ui import Chip, Sort
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
    number: int | None
    #: Its box and its label as HTML.
    html: SafeString


@dataclass(frozen=True, slots=True)
class Group:
    """One facet with its choices."""

    name: str
    legend: str
    choices: list[Choice]
    is_open: bool


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A search as a row that panels of other rooms may hang something on; `pk` is its querystring."""

    pk: str
    question: Question


def page(asked: Asked, answer: Answer, request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """The context of the directory's page."""
    question, on = asked.question, chips(asked)
    row = QuestionRow(address.write(question, after=""), question)
    return {
        "question": question,
        "cards": cards(
            [hit.supplier_id for hit in answer.hits],
            request,
            viewer,
            {hit.supplier_id: hit.because for hit in answer.hits} if question.words else None,
        ),
        "amount": amount(answer.total, is_capped=answer.is_capped),
        "groups": [group(facet, answer, question) for facet in asked.facets],
        "chips": on,
        "clear_url": address.url(Question(words=question.words)) if on else "",
        "all_url": address.url(Question()) if not answer.hits else "",
        "sorts": sorts(question) if answer.hits else [],
        "notes": said_once(asked.notes, answer.notes),
        "bridges": answer.bridges,
        "own_words_url": address.url(question, bridges=False) if answer.bridges else "",
        "did_you_mean": answer.did_you_mean,
        "did_you_mean_url": address.url(question, words=answer.did_you_mean) if answer.did_you_mean else "",
        "previous_url": address.url(question, after=answer.previous) if answer.previous else "",
        "next_url": address.url(question, after=answer.next) if answer.next else "",
        "is_narrowed": address.is_narrowed(question),
        "is_plain": not row.pk and not question.after,
        "tools": registry.panels_for("search", [row], request)[row.pk],
    }


def amount(total: int, *, is_capped: bool) -> SafeString:
    """How many were found, as HTML."""
    words = (
        gettext('more than <strong class="number">%(amount)s</strong> suppliers')
        if is_capped
        else ngettext(
            '<strong class="number">%(amount)s</strong> supplier',
            '<strong class="number">%(amount)s</strong> suppliers',
            total,
        )
    )
    return SafeString(words % {"amount": number(total)})


def group(facet: Facet, answer: Answer, question: Question) -> Group:
    chosen = address.chosen(question, facet.name)
    counts = {str(each.value): each.count for each in answer.facets.get(facet.name, [])}
    choices = choices_of(facet, chosen, counts, question.language)
    return Group(
        facet.name,
        str(facet.legend),
        choices,
        is_open=bool(chosen) or facet.name in OPEN_AT_FIRST,
    )


def choice(
    facet: str,
    value: str,
    label: str,
    *,
    is_on: bool,
    number: int | None = None,
    is_single: bool = False,
    shows_code: bool = False,
) -> Choice:
    html = piece(
        "directory/facet_choice.html",
        type="radio" if is_single else "checkbox",
        name=facet,
        value=value,
        label=label,
        is_on=is_on,
        code=value if shows_code else "",
    )
    return Choice(value, label, is_on, number, html)


def choices_of(facet: Facet, chosen: Collection[str], counts: Mapping[str, int], language: str) -> list[Choice]:
    """The values that were counted and those that are on; a code that is no longer known is left out."""
    is_single, shows_code = facet.is_single, facet.shows_code
    found = [
        choice(
            facet.name,
            value,
            facet.label(value, language),
            is_on=value in chosen,
            number=counts.get(value),
            is_single=is_single,
            shows_code=shows_code,
        )
        for value in dict.fromkeys([*counts, *chosen])
        if facet.find(value)
    ]
    if is_single and found:
        found.insert(0, choice(facet.name, "", gettext("any amount"), is_on=not chosen, is_single=True))
    return found


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


def sorts(question: Question) -> list[Sort]:
    return [Sort(str(label), address.url(question, sort=name), name == question.sort) for name, label in SORTS.items()]


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
