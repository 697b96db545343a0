"""Finding calls: from a Question to one page of an Answer.

Any question is answered: what cannot be read is noted, what takes too long is given up and said so.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from marketplace.calls.board import counts, lexicon, plans, position
from marketplace.calls.board.conditions import STATES, Condition, condition
from marketplace.calls.board.permissions import Reader
from marketplace.calls.board.plans import Beside
from marketplace.calls.board.position import Position
from marketplace.calls.board.question import Question
from suppliers.directory import counts as directory_counts
from suppliers.directory import plans as directory_plans
from suppliers.directory import tokens
from suppliers.directory.bridge import Bridge, bridges
from suppliers.directory.counts import Counted, FacetValue
from suppliers.directory.models import GUESSED_IN
from suppliers.directory.patience import GivenUp, Patience
from suppliers.directory.question import read_in, read_words

PAGE = 25
#: For IN_STATES, in the order of its cases.
COUNTED_STATES = list(STATES)[:3]


@dataclass(frozen=True, slots=True)
class Hit:
    call: int
    #: Part of the list, moment in microseconds since 1970.
    leg: int
    micros: int


@dataclass
class Answer:
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    is_capped: bool = False
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    #: How many are in each state, were none chosen.
    states: dict[str, int] = field(default_factory=dict)
    bridges: list[Bridge] = field(default_factory=list)
    did_you_mean: str = ""
    next: str = ""
    previous: str = ""
    notes: list[str] = field(default_factory=list)


def search(question: Question, reader: Reader, *, page_size: int = PAGE, at: datetime | None = None) -> Answer:
    """One page, as the calls stand at that moment."""
    at = at or timezone.now()
    asked = read_words(question.words)
    wanted = condition(question, reader, at)
    answer = Answer()
    if asked.is_shortened:
        answer.notes.append("words-too-long")
    if asked.wanted:
        answer.bridges = bridges(asked, question.language) if question.bridges else []
        wanted.words = True
        wanted.parameters |= {"wanted": asked.wanted, "unwanted": asked.unwanted}
        wanted.parameters["languages"] = read_in(question.language)
        wanted.parameters["bridge"] = [int(bridge.code) for bridge in answer.bridges]
    anchor = position.read(question.after, question.sort) if question.after else None
    if question.after and anchor is None:
        answer.notes.append("position")
    try:
        with Patience() as patience:
            _Search(question, wanted, patience, page_size, at).answer(answer, anchor)
            if wanted.words and not answer.total and anchor is None:
                answer.did_you_mean = lexicon.did_you_mean(asked, wanted, patience)
    except GivenUp:
        answer.notes.append("timeout")
    return answer


class _Search:
    """One search under way."""

    def __init__(self, question: Question, wanted: Condition, patience: Patience, page_size: int, at: datetime):
        self.question, self.condition, self.patience, self.page_size = question, wanted, patience, page_size
        self.week = directory_plans.week_of(timezone.localdate(at))
        self.parameters: dict[str, Any] = wanted.parameters | {"wanted_rows": page_size + 1}
        self.deep_regions = directory_counts.deep_regions(question)
        self.beside: list[Beside] = []

    def answer(self, answer: Answer, anchor: Position | None) -> None:
        plan = self._guess()
        rows = self._ask(plan, anchor, is_counted=True)
        hits, has_more = self._hits(rows, anchor)
        if anchor and anchor.is_backward and not has_more:
            # The way back has reached the beginning: a full first page, not the few calls that were left.
            anchor = None
            hits, has_more = self._hits(self._ask(plan, None, is_counted=not plan.is_broad), None)
        self._fill(answer, plan, self._counted(rows))
        answer.hits = hits
        self._place(answer, anchor, has_more)

    def _guess(self) -> directory_plans.Plan:
        wider = {name: self.condition.without(name) for name in (*self.condition.groups, "state")}
        parameters = {"wanted": "", "unwanted": "", "languages": []} | self.parameters
        parameters["sample"] = directory_plans.slots_of(GUESSED_IN)
        rows = self.patience.ask(plans.guess({"": self.condition} | wider), parameters)
        guesses = {name: directory_plans.Guess(query or "", found, 0, found) for name, query, found in rows}
        own = guesses.pop("")
        self.parameters["query"] = own.query
        self.beside = [
            plans.beside(name, wider[name], guess.rows, self.week, len(guesses)) for name, guess in guesses.items()
        ]
        return directory_plans.plan(own, self.week)

    def _ask(self, plan: directory_plans.Plan, anchor: Position | None, *, is_counted: bool):
        """The rows of one statement: those of the page, and where `is_counted` the figures of the whole answer."""
        parameters = self.parameters | {"share": plan.share, "every": plan.every}
        if anchor:
            parameters |= {"moment": anchor.moment, "call": anchor.call}
        question = self.question
        parts = plans.hits(self.condition, question.state, question.sort, anchor, is_broad=plan.is_broad)
        tables = ""
        if is_counted:
            tables = f"WITH {plans.candidates(self.condition, is_share=plan.is_broad)}"
            parts = self._counting(parameters) + parts
        return self.patience.ask(f"{tables} {' UNION ALL '.join(parts)}", parameters)

    def _counting(self, parameters: dict[str, Any]) -> list[str]:
        """What is counted of the candidates; `parameters` gains what that needs."""
        parts = [directory_counts.TOTAL, directory_counts.FACETS]
        for place, code in enumerate(self.deep_regions):
            parts.append(plans.DEEP.format(place=place))
            parameters[f"deep_{place}"] = tokens.serving([code])
        if self.question.cpv:
            parts.append(plans.BRANCHES)
            parameters |= directory_counts.branches(self.question.cpv)
        for each in self.beside:
            parts.append(each.sql)
            parameters[each.slots] = each.share
        return parts

    def _counted(self, rows) -> tuple[Counted, dict[str, int]]:
        parts: list[dict] = [{row[1]: row[2] for row in rows if row[0] == part} for part in range(7)]
        ((total, sampled),) = parts[0].items() or ((0, 0),)
        regions = {self.deep_regions[place]: count for place, count in parts[4].items()}
        near: dict[int, int] = {}
        states: dict[str, int] = {}
        for each in self.beside:
            if each.name == "state":
                states = {COUNTED_STATES[place]: count for place, count in each.of_all(parts[6]).items()}
            else:
                near |= each.of_all(parts[5])
        return Counted(total, sampled, parts[1], parts[3], regions, near), states

    def _hits(self, rows, anchor: Position | None) -> tuple[list[Hit], bool]:
        """The calls of the page in order, and whether there are more beyond them."""
        is_backward = bool(anchor and anchor.is_backward)
        found = [Hit(row[1], row[0] - plans.FIRST_LEG, row[2]) for row in rows if row[0] >= plans.FIRST_LEG]
        found.sort(key=self._place_of, reverse=is_backward)
        has_more = len(found) > self.page_size
        kept = found[: self.page_size]
        return kept[::-1] if is_backward else kept, has_more

    def _place_of(self, hit: Hit) -> tuple[int, int, int]:
        sign = -1 if plans.legs(self.question.state, self.question.sort)[hit.leg].is_descending else 1
        return hit.leg, sign * hit.micros, sign * hit.call

    def _fill(self, answer: Answer, plan: directory_plans.Plan, figures: tuple[Counted, dict[str, int]]) -> None:
        counted, states = figures
        answer.is_capped = plan.is_broad or counted.total > directory_plans.MOST_COUNTED
        answer.total = directory_plans.MOST_COUNTED if answer.is_capped else counted.total
        told = counted.out_of(answer.total)
        answer.facets = counts.facets(told, self.question, is_capped=answer.is_capped)
        answer.states = {name: states.get(name, 0) for name in COUNTED_STATES}
        answer.states["all"] = min(directory_plans.MOST_COUNTED, sum(answer.states.values()))
        answer.states[self.question.state] = answer.total

    def _place(self, answer: Answer, anchor: Position | None, has_more: bool) -> None:
        if not answer.hits:
            return
        is_backward = bool(anchor and anchor.is_backward)
        if has_more or is_backward:
            answer.next = self._position(answer.hits[-1], is_backward=False)
        if anchor and (has_more or not is_backward):
            answer.previous = self._position(answer.hits[0], is_backward=True)

    def _position(self, hit: Hit, *, is_backward: bool) -> str:
        return position.write(Position(self.question.sort, hit.leg, hit.micros, hit.call, is_backward))
