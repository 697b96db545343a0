"""A question for calls as SQL: what a row must carry. Nothing that was typed is ever part of a statement's text."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from marketplace.calls.board.facets import BANDS
from marketplace.calls.board.permissions import Reader
from marketplace.calls.board.question import Question
from suppliers.directory import tokens
from suppliers.directory.tokens import Kind

IS_OPEN = "(row.ending = '' AND row.deadline > %(at)s)"
STATES = {
    "open": IS_OPEN,
    "awarded": "row.ending = 'awarded'",
    "closed": f"(row.ending <> 'awarded' AND NOT {IS_OPEN})",
    "all": "true",
}
WRITTEN = {
    "country": Kind.COUNTRY,
    "buyer": Kind.BUYER,
    "procedure": Kind.PROCEDURE,
    "language": Kind.LANGUAGE,
    "route": Kind.ROUTE,
}
FIELDS = {
    "country": "countries",
    "buyer": "buyers",
    "procedure": "procedures",
    "language": "languages",
    "route": "routes",
}


@dataclass
class Condition:
    """`groups[facet]` are the tokens of which a row must carry one; `state` is a key of STATES."""

    state: str
    words: bool = False
    groups: dict[str, list[int]] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)

    def without(self, name: str) -> "Condition":
        """The same with one filter off."""
        if name == "state":
            return replace(self, state="all")
        return replace(self, groups={each: wanted for each, wanted in self.groups.items() if each != name})

    def sql(self, slots: str = "") -> str:
        return f"{self.by_index(slots)} AND {self.in_row()}"

    def by_index(self, slots: str = "") -> str:
        """What the index answers; `slots` names the parameter that keeps to some shares of all calls."""
        parts = []
        if self.words:
            words = "row.text @@ %(query)s::tsquery"
            parts.append(f"({words} OR row.tokens && %(bridge)s::integer[])" if self.parameters["bridge"] else words)
        parts += [f"row.tokens && %({name})s::integer[]" for name in self.groups]
        if slots:
            parts.append(f"row.tokens && %({slots})s::integer[]")
        return " AND ".join(parts) or "true"

    def in_row(self) -> str:
        """What is looked up in each row that the index found: the times, and for whom it is."""
        parts = ["row.publish_at <= %(at)s", STATES[self.state]]
        if not self.parameters["is_member"]:
            own = " OR row.buyer_id = ANY(%(own)s)" if self.parameters["own"] else ""
            parts.append(f"(NOT row.is_for_members{own})")
        return " AND ".join(parts)


def condition(question: Question, reader: Reader, at: datetime) -> Condition:
    """The filters of a question, for this reader at that moment. Words come later."""
    found = Condition(question.state)
    if question.cpv:
        found.groups["cpv"] = [tokens.of_cpv(code) for code in question.cpv]
    if question.regions:
        found.groups["region"] = tokens.serving(question.regions)
    if question.values:
        found.groups["value"] = [tokens.numbered(Kind.VALUE, BANDS.index(band)) for band in question.values]
    for name, kind in WRITTEN.items():
        if values := getattr(question, FIELDS[name]):
            found.groups[name] = [tokens.written(kind, value) for value in values]
    found.parameters |= {"at": at, "is_member": reader.is_member, "own": reader.buyers, **found.groups}
    return found
