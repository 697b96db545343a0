"""A question as SQL: what a row must carry. Nothing that was typed is ever part of a statement's text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from marketplace.core.vocab import cpv, nuts
from suppliers.directory import tokens
from suppliers.directory.models import STRETCH
from suppliers.directory.question import Question
from suppliers.directory.rows import CAPACITIES
from suppliers.directory.tokens import Kind

#: The facets, and what of a question stands for each.
FIELDS = {
    "country": "countries",
    "region": "regions",
    "cpv": "cpv",
    "size": "sizes",
    "turnover": "turnovers",
    "language": "languages",
    "capacity": "capacity",
    "document": "documents",
    "tier": "tiers",
    "scheme": "schemes",
}
EVIDENCE = ("tier", "scheme")
WRITTEN = {
    "country": Kind.COUNTRY,
    "size": Kind.SIZE,
    "turnover": Kind.TURNOVER,
    "language": Kind.LANGUAGE,
    "document": Kind.DOCUMENT,
    "tier": Kind.TIER,
}
#: The facets whose every value is counted, and so stands in the row itself.
COUNTED = ("country", "size", "turnover", "language", "capacity", "document")
COMMON = 0.1
#: What is true only for a time.
PAPERS = ("document", *EVIDENCE)


@dataclass
class Condition:
    """`groups[facet]` are the tokens of which a row must carry one; an empty list is met by no row."""

    words: bool = False
    groups: dict[str, list[int]] = field(default_factory=dict)
    #: The groups that so many rows meet that the index would be read in vain: they are looked up in the row itself.
    common: set[str] = field(default_factory=set)
    is_member: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Nothing is asked."""
        return not (self.words or self.groups)

    @property
    def asks_index(self) -> bool:
        """Something other than the share of the directory is looked up in the index."""
        return self.words or any(name not in self.common for name in self.groups)

    def without(self, name: str) -> "Condition":
        """The same with one filter off."""
        groups = {each: wanted for each, wanted in self.groups.items() if each != name}
        return replace(self, groups=groups, common=self.common - {name})

    def sql(self, *, slots: str = "", stretches: Sequence[int] = ()) -> str:
        """`slots` names the parameter that keeps to some shares of the directory, all of which lie in `stretches`."""
        found = by_index = self.by_index(slots)
        if stretches:
            # One arm for each, since an index of a part answers only where its part is named.
            found = " OR ".join(f"({stretch(number)} AND {by_index})" for number in stretches)
        return f"({found}) AND {self.in_row()}"

    def by_index(self, slots: str = "") -> str:
        """What the index answers."""
        parts = []
        if self.words:
            words = "row.text @@ %(query)s::tsquery"
            if self.parameters["bridge"]:
                words = f"({words} OR row.tokens && %(bridge)s::integer[])"
            parts.append(words)
        parts += [f"row.tokens && %({name})s::integer[]" for name in self.groups if name not in self.common]
        if slots:
            parts.append(f"row.tokens && %({slots})s::integer[]")
        return " AND ".join(parts) or "true"

    def in_row(self) -> str:
        """What is looked up in each row that the index found."""
        parts = [f"row.facets && %({name})s::integer[]" for name in self.groups if name in self.common]
        if any(name in PAPERS for name in self.groups):
            parts.append("row.good_until >= %(today)s")
        if not self.is_member:
            parts.append("NOT row.is_for_members")
        return " AND ".join(parts) or "true"

    def learn(self, shares: Mapping[int, float]) -> None:
        """Take notice of how large a share of the directory carries each token that facets count."""
        for name, wanted in self.groups.items():
            is_counted = name in COUNTED or (name == "cpv" and all(code % 1_000_000 == 0 for code in wanted))
            if is_counted and sum(shares.get(token, 0.0) for token in wanted) >= COMMON:
                self.common.add(name)


def stretch(number: int) -> str:
    """The buckets of one small index, in the words of its condition."""
    first, beyond = number * STRETCH, (number + 1) * STRETCH
    return f"row.bucket < {beyond}" if not first else f"row.bucket >= {first} AND row.bucket < {beyond}"


def condition(question: Question, schemes: dict[str, int]) -> Condition:
    """The filters of a question; a code that does not exist is passed over and noted. Words come later."""
    found = Condition(is_member=question.is_member)
    if question.countries:
        found.groups["country"] = [tokens.written(Kind.COUNTRY, code) for code in question.countries]
    _codes(found, "cpv", question.cpv, cpv.exists, lambda known: [tokens.of_cpv(code) for code in known])
    _codes(found, "region", question.regions, lambda code: nuts.find(code) is not None, tokens.serving)
    for name, kind in WRITTEN.items():
        if (values := getattr(question, FIELDS[name])) and name != "country" and _may_ask(question, name):
            found.groups[name] = [tokens.written(kind, value) for value in values]
    if question.schemes and _may_ask(question, "scheme"):
        found.groups["scheme"] = [tokens.numbered(Kind.SCHEME, schemes.get(slug, 0)) for slug in question.schemes]
    if question.capacity > 0:
        bands = [place for place, least in enumerate(CAPACITIES, 1) if least >= question.capacity]
        if bands:
            found.groups["capacity"] = [tokens.numbered(Kind.CAPACITY, bands[0])]
        else:
            found.notes.append(f"capacity:{question.capacity}")
    found.parameters.update(found.groups)
    return found


def _may_ask(question: Question, name: str) -> bool:
    return question.sees_evidence or name not in EVIDENCE


def _codes(found: Condition, name: str, codes: tuple[str, ...], exists, as_tokens) -> None:
    known = [code for code in codes if exists(code)]
    found.notes += [f"{name}:{code[:20]}" for code in codes if code not in known]
    if known:
        found.groups[name] = as_tokens(known)
