"""A search for calls as its page shows it: an Answer in words, with an address for every next step."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from marketplace.calls.board import address
from marketplace.calls.board.address import Asked
from marketplace.calls.board.cards import cards
from marketplace.calls.board.facets import FACETS
from marketplace.calls.board.permissions import Reader
from marketplace.calls.board.question import SORTS, STATES, Question
from marketplace.calls.board.search import Answer
from marketplace.core import registry
from marketplace.core.templatetags.ui import number
from marketplace.core.ui import Chip, Sort
from suppliers.directory.facets import Facet
from suppliers.directory.results import Group, choice, choices_of, said_once

#: Facets that stand open before anything is chosen.
OPEN_AT_FIRST = ("cpv", "region", "country")


class QuestionRow(NamedTuple):
    """A search as a row that panels of other rooms may hang something on; `pk` is its querystring."""

    pk: str


def page(asked: Asked, answer: Answer, reader: Reader, request: HttpRequest) -> dict[str, Any]:
    """The context of the list's page."""
    question = asked.question
    is_narrowed = address.is_narrowed(question)
    row = QuestionRow(address.write(question, after=""))
    return {
        "question": question,
        "cards": cards([hit.call for hit in answer.hits], reader),
        "amount": _amount(answer.total, is_capped=answer.is_capped),
        "groups": [_states(answer, question), *(_group(facet, answer, question) for facet in FACETS)],
        "chips": _chips(question),
        "clear_url": address.url(Question(words=question.words)),
        "all_url": address.url(Question()),
        "any_state_url": address.url(question, state="all") if question.state != "all" else "",
        "sorts": _sorts(question) if answer.hits else [],
        "notes": said_once(asked.notes, answer.notes),
        "bridges": answer.bridges,
        "own_words_url": address.url(question, bridges=False) if answer.bridges else "",
        "did_you_mean": answer.did_you_mean,
        "did_you_mean_url": address.url(question, words=answer.did_you_mean) if answer.did_you_mean else "",
        "previous_url": address.url(question, after=answer.previous) if answer.previous else "",
        "next_url": address.url(question, after=answer.next) if answer.next else "",
        "atom_url": address.url(question, at="call-atom"),
        "calendar_url": address.url(question, at="call-calendar-list"),
        "is_narrowed": is_narrowed,
        "is_plain": not is_narrowed and not address.write(question),
        "tools": registry.panels_for("call-search", [row], request)[row.pk],
    }


def _amount(total: int, *, is_capped: bool) -> SafeString:
    """How many were found, as HTML."""
    words = (
        gettext('more than <strong class="number">%(amount)s</strong> calls')
        if is_capped
        else ngettext(
            '<strong class="number">%(amount)s</strong> call', '<strong class="number">%(amount)s</strong> calls', total
        )
    )
    return SafeString(words % {"amount": number(total)})


def _states(answer: Answer, question: Question) -> Group:
    choices = [
        choice("state", name, str(label), is_on=name == question.state, number=answer.states.get(name), is_single=True)
        for name, label in STATES.items()
    ]
    return Group("state", gettext("Where it stands"), choices, is_open=True)


def _group(facet: Facet, answer: Answer, question: Question) -> Group:
    chosen = address.chosen(question, facet)
    counts = {each.value: each.count for each in answer.facets.get(facet.name, [])}
    choices = choices_of(facet, chosen, counts, question.language)
    return Group(facet.name, str(facet.legend), choices, is_open=bool(chosen) or facet.name in OPEN_AT_FIRST)


def _chips(question: Question) -> list[Chip]:
    """Every filter that is on, each with the address of the same search without it."""
    found = [
        Chip(
            f"{facet.legend}: {facet.label(value, question.language)}",
            address.url(question, **address.without(question, facet, value)),
        )
        for facet in FACETS
        for value in address.chosen(question, facet)
    ]
    if question.state != address.DEFAULT.state:
        found.append(Chip(str(STATES[question.state]), address.url(question, state=address.DEFAULT.state)))
    if not question.bridges:
        found.append(Chip(gettext("Only my words"), address.url(question, bridges=True)))
    return found


def _sorts(question: Question) -> list[Sort]:
    return [Sort(str(label), address.url(question, sort=name), name == question.sort) for name, label in SORTS.items()]
