"""A search for calls as its page shows it: an Answer in words, with an address for every next step."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from marketplace.calls.board import address
from marketplace.calls.board.address import Asked
from marketplace.calls.board.cards import cards
from marketplace.calls.board.facets import FACETS
from marketplace.calls.board.question import SORTS, STATES, Question
from marketplace.calls.board.search import Answer
from marketplace.core.ui import Chip
from suppliers.directory.facets import Facet
from suppliers.directory.results import Choice, Group, said_once

#: Facets that stand open before anything is chosen.
OPEN_AT_FIRST = ("cpv", "region", "country")


def page(asked: Asked, answer: Answer, request: HttpRequest) -> dict[str, Any]:
    """The context of the list's page."""
    question = asked.question
    is_narrowed = address.is_narrowed(question)
    return {
        "question": question,
        "cards": cards([hit.call for hit in answer.hits], request.user),
        "total": answer.total,
        "is_capped": answer.is_capped,
        "groups": [_states(answer, question), *(_group(facet, answer, question) for facet in FACETS)],
        "chips": _chips(question),
        "clear_url": address.url(Question(words=question.words)),
        "all_url": address.url(Question()),
        "any_state_url": address.url(question, state="all") if question.state != "all" else "",
        "sorts": _sorts(question),
        "notes": said_once(asked.notes, answer.notes),
        "bridges": answer.bridges,
        "own_words_url": address.url(question, bridges=False),
        "previous_url": address.url(question, after=answer.previous) if answer.previous else "",
        "next_url": address.url(question, after=answer.next) if answer.next else "",
        "atom_url": address.url(question, at="call-atom"),
        "calendar_url": address.url(question, at="call-calendar-list"),
        "is_narrowed": is_narrowed,
        "is_plain": not is_narrowed and not address.write(question),
    }


def _states(answer: Answer, question: Question) -> Group:
    choices = [
        Choice(name, str(label), name == question.state, answer.states.get(name)) for name, label in STATES.items()
    ]
    return Group("state", gettext("Where it stands"), choices, is_open=True, type="radio")


def _group(facet: Facet, answer: Answer, question: Question) -> Group:
    chosen = address.chosen(question, facet)
    counts = {each.value: each.count for each in answer.facets.get(facet.name, [])}
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


def _sorts(question: Question) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": address.url(question, sort=name), "is_current": name == question.sort}
        for name, label in SORTS.items()
    ]
