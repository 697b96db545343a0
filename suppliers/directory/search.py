"""Finding suppliers: from a Question to one page of an Answer.

Any question is answered: what cannot be read is noted, what takes too long is given up and said so.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from suppliers.directory import beside, counts, lexicon, plans, position, stored, tokens
from suppliers.directory.beside import Beside
from suppliers.directory.bridge import Bridge, bridges
from suppliers.directory.conditions import Condition, condition
from suppliers.directory.counts import Counted, FacetValue
from suppliers.directory.lexicon import Suggestion, suggest
from suppliers.directory.models import COUNTED_IN, GUESSED_IN
from suppliers.directory.patience import GivenUp, Patience
from suppliers.directory.plans import Guess, Plan
from suppliers.directory.position import Order, Position
from suppliers.directory.question import Question, read_in, read_words
from suppliers.evidence.models import Scheme

__all__ = ["Answer", "Bridge", "FacetValue", "Hit", "Suggestion", "search", "suggest"]

#: So few results may come from a typing error.
FEW = 3
#: So many empty blocks are passed over to fill a page.
BLOCKS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Hit:
    supplier_id: int
    score: float
    because: list[str]
    key: tuple = ()
    block: int = 0


@dataclass
class Answer:
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    is_capped: bool = False
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    facets_are_capped: bool = False
    bridges: list[Bridge] = field(default_factory=list)
    did_you_mean: str = ""
    next: str = ""
    previous: str = ""
    notes: list[str] = field(default_factory=list)


def search(question: Question, *, page_size: int = 25) -> Answer:
    """One page; the same question finds the same in the same order while the profiles and the week are the same."""
    if question.sort not in position.KEYS:
        question = replace(question, sort="relevance")
    asked = read_words(question.words)
    schemes = dict(Scheme.objects.values_list("slug", "pk")) if question.sees_evidence else {}
    wanted = condition(question, schemes)
    answer = Answer(notes=wanted.notes)
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
            _Search(question, wanted, schemes, patience, page_size).answer(answer, anchor)
            if wanted.words and answer.total < FEW and not (answer.total and answer.bridges) and anchor is None:
                answer.did_you_mean = lexicon.did_you_mean(asked, patience, lexicon.profiles(question.is_member))
    except GivenUp:
        answer.notes.append("timeout")
    return answer


class _Search:
    """One search under way."""

    def __init__(
        self, question: Question, wanted: Condition, schemes: dict[str, int], patience: Patience, page_size: int
    ):
        self.question, self.condition, self.schemes = question, wanted, schemes
        self.patience, self.page_size = patience, page_size
        self.parameters = wanted.parameters | {"today": timezone.localdate(), "wanted_rows": page_size + 1}
        self.deep_regions = counts.deep_regions(question)
        self.bridge_codes: list[int] = self.parameters.get("bridge", [])
        self.is_large = False
        self.beside: list[Beside] = []
        self.kept_beside: dict[int, int] = {}

    def answer(self, answer: Answer, anchor: Position | None) -> None:
        week = anchor.order.week if anchor else plans.week_of(self.parameters["today"])
        figures = stored.figures(self.question.is_member, self.patience) if self.condition.is_open else None
        if self.condition.groups:
            shares = stored.shares(self.patience)
            self.condition.learn(shares)
            self.is_large = bool(shares)
            if self.is_large and beside.is_alone(self.condition):
                kept = stored.figures(self.question.is_member, self.patience)
                self.kept_beside = beside.kept(self.condition, kept) if kept else {}
        plan = figures.plan(week) if figures else self._guess(week)
        if anchor:
            plan = replace(plan, order=anchor.order)
        counted, hits, has_more = self._page(plan, anchor, is_counted=figures is None)
        if anchor and anchor.is_backward and not has_more:
            # The way back has reached the beginning: a full first page, not the few rows that were left.
            anchor = None
            _counted, hits, has_more = self._page(plan, None, is_counted=False)
        self._fill(answer, plan, figures.counted if figures else counted, is_stored=figures is not None)
        answer.hits = hits
        self._place(answer, plan, anchor, has_more)

    def _guess(self, week: int) -> Plan:
        wider = beside.wider(self.condition, is_large=self.is_large)
        guesses = self._guesses({"": self.condition} | wider, GUESSED_IN)
        own = guesses.pop("")
        if own.is_open:
            # To find out by reading what can just not be counted any more would cost the most of all.
            own = self._guesses({"": self.condition}, COUNTED_IN)[""]
        self.parameters |= {"query": own.query, "lexemes": plans.lexemes(own.query)}
        self.beside = beside.planned(wider, guesses)
        plan = plans.plan(own, week)
        if plan.looks_into_too_many(own):
            self.condition.common.clear()
        return plan

    def _guesses(self, conditions: dict[str, Condition], buckets: int) -> dict[str, Guess]:
        parameters = {"wanted": "", "unwanted": "", "languages": []} | self.parameters
        rows = self.patience.ask(plans.guess(conditions, buckets), parameters | {"sample": plans.slots_of(buckets)})
        return {name: Guess(query or "", *numbers, buckets) for name, query, *numbers in rows}

    def _page(self, plan: Plan, anchor: Position | None, *, is_counted: bool) -> tuple[Counted, list[Hit], bool]:
        """What was counted, the rows of the page in order, and whether there are more beyond them."""
        is_backward = bool(anchor and anchor.is_backward)
        block = min(anchor.block, plan.blocks - 1) if anchor else 0
        rows = self._ask(plan, anchor, block, is_counted=is_counted, is_backward=is_backward)
        hits = self._hits(rows, block, is_backward=is_backward)
        step = -1 if is_backward else 1
        for _block in range(BLOCKS_AT_ONCE):
            block += step
            if len(hits) > self.page_size or not 0 <= block < plan.blocks or self.question.sort != "relevance":
                break
            further = self._ask(plan, None, block, is_counted=False, is_backward=is_backward)
            hits += self._hits(further, block, is_backward=is_backward)
        has_more = len(hits) > self.page_size
        hits = hits[: self.page_size]
        return self._counted(rows), hits[::-1] if is_backward else hits, has_more

    def _counted(self, rows) -> Counted:
        parts: list[dict] = [{row[1]: row[2] for row in rows if row[0] == part} for part in range(6)]
        regions = {self.deep_regions[place]: count for place, count in parts[4].items()}
        ((total, sampled),) = parts[0].items() or ((0, 0),)
        near = dict(self.kept_beside)
        for each in self.beside:
            near |= each.of_all(parts[5])
        return Counted(total, sampled, parts[1], parts[3], regions, near)

    def _ask(self, plan: Plan, anchor: Position | None, block: int, *, is_counted: bool, is_backward: bool):
        """The rows of one statement: those of the page, and where `is_counted` the figures of the whole answer."""
        sort, slots = self.question.sort, plans.slots(plan.order, block)
        buckets = [tokens.number_of(slot) for slot in slots]
        parameters = self.parameters | plans.place(anchor) | {"share": plan.share, "week": plan.order.week}
        parameters |= {"block": slots, "buckets": buckets, "every": plan.every}
        tables, parts = [], [plans.hits(self.condition, sort)]
        if is_counted or (sort != "relevance" and not plan.is_broad):
            is_counted = True
            tables.append(plans.candidates(self.condition, plan, buckets, sort))
            parts = self._counting(parameters) + parts
        if sort == "relevance":
            near = plans.near(self.condition, plan, buckets, is_counted=is_counted)
            tables.append(plans.ranked(near, anchor, is_backward=is_backward))
        else:
            tables.append(plans.in_order(self.condition, plan, sort, anchor, is_backward=is_backward))
        return self.patience.ask(f"WITH {', '.join(tables)} {' UNION ALL '.join(parts)}", parameters)

    def _counting(self, parameters: dict[str, Any]) -> list[str]:
        """What is counted of the candidates; `parameters` gains what that needs."""
        parts = [counts.TOTAL, counts.FACETS]
        for place, code in enumerate(self.deep_regions):
            parts.append(counts.DEEP.format(place=place))
            parameters[f"deep_{place}"] = tokens.serving([code])
        if "cpv" in self.condition.groups:
            parts.append(counts.BRANCHES)
            parameters |= counts.branches(f"{code:08}" for code in self.condition.groups["cpv"])
        for each in self.beside:
            parts.append(each.sql)
            parameters |= each.parameters
        return parts

    def _hits(self, rows, block: int, *, is_backward: bool) -> list[Hit]:
        """In order; what the statement did last, it did in no order."""
        found = [self._hit(row, block) for row in rows if row[0] == 2]
        return sorted(found, key=lambda hit: _place(hit.key, self.question.sort), reverse=is_backward)

    def _hit(self, row: tuple, block: int) -> Hit:
        _part, supplier, score, tie, is_stale, name, because = row
        if self.question.sort == "relevance":
            key: tuple[Any, ...] = (score, is_stale, tie, supplier)
        else:
            key = (name if self.question.sort == "name" else score, supplier)
        reasons = ["name", "service", "text", *(f"bridge:{code:08}" for code in self.bridge_codes)]
        why = [reason for reason, is_true in zip(reasons, because or [], strict=False) if is_true]
        points = score / 1_000_000 if self.question.sort == "relevance" else 0.0
        return Hit(supplier, points, why, key, block)

    def _fill(self, answer: Answer, plan: Plan, counted: Counted, *, is_stored: bool) -> None:
        answer.is_capped = not is_stored and (plan.is_broad or counted.total > plans.MOST_COUNTED)
        answer.total = plans.MOST_COUNTED if answer.is_capped else counted.total
        answer.facets_are_capped = counted.sampled != answer.total
        told = counted.out_of(answer.total)
        answer.facets = counts.facets(told, self.question, self.schemes, is_capped=answer.is_capped)

    def _place(self, answer: Answer, plan: Plan, anchor: Position | None, has_more: bool) -> None:
        if not answer.hits:
            return
        is_backward = bool(anchor and anchor.is_backward)
        if has_more or is_backward:
            answer.next = self._position(plan.order, answer.hits[-1], is_backward=False)
        if anchor and (has_more or not is_backward):
            answer.previous = self._position(plan.order, answer.hits[0], is_backward=True)

    def _position(self, order: Order, hit: Hit, *, is_backward: bool) -> str:
        return position.write(Position(self.question.sort, order, hit.block, hit.key, is_backward))


def _place(key: tuple, sort: str) -> tuple:
    """What the rows of a page are sorted by, as plans.FORWARD and plans.COLUMNS have it."""
    if sort == "name":
        return key
    if sort == "confirmed":
        return tuple(-part for part in key)
    return (-key[0], *key[1:])
