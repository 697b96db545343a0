"""How many of the rows found have each value of each facet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketplace.core.vocab import cpv, nuts
from suppliers.directory import tokens
from suppliers.directory.conditions import EVIDENCE, FIELDS
from suppliers.directory.question import Question
from suppliers.directory.rows import CAPACITIES
from suppliers.directory.tokens import Kind
from suppliers.evidence.models import Tier
from suppliers.files.models import DocumentKind
from suppliers.models import SizeBand, TurnoverBand

MOST_VALUES = 12
#: Below chosen CPV codes, so many divisions stand for all that could be chosen beside them.
DIVISIONS_BESIDE = 4
#: `part` tells the rows of one statement apart.
TOTAL = """
SELECT 0 AS part, count(*) AS one, count(*) FILTER (WHERE bucket %% %(every)s = 0) AS two, 0::bigint AS three,
    false AS half, '' AS text, ARRAY[]::boolean[] AS because
FROM candidate
"""
FACETS = """
SELECT 1, token, count(*), 0, false, '', ARRAY[]::boolean[]
FROM (SELECT unnest(facets) AS token FROM candidate WHERE bucket %% %(every)s = 0) AS carried GROUP BY token
"""
#: Below a chosen code its children are counted, each supplier once however many codes of it lie there.
BRANCHES = """
SELECT 3, branch, count(*), 0, false, '', ARRAY[]::boolean[]
FROM (
    SELECT DISTINCT supplier_id, branch
    FROM (SELECT supplier_id, unnest(codes) AS own FROM candidate WHERE bucket %% %(every)s = 0) AS held
    JOIN unnest(%(codes_below)s::integer[], %(branches)s::integer[]) AS below(code, branch) ON code = own
) AS held GROUP BY branch
"""
#: Of several chosen regions, those that are no facet value of themselves are counted one by one.
DEEP = """
SELECT 4, {place}, count(*), 0, false, '', ARRAY[]::boolean[]
FROM candidate JOIN directory_searchrow AS own USING (supplier_id)
WHERE candidate.bucket %% %(every)s = 0 AND own.tokens && %(deep_{place})s::integer[]
"""
#: What the five signs of a token stand for where they do not stand for themselves.
WORDS = {
    tokens.written(kind, value): value
    for kind, values in (
        (Kind.SIZE, SizeBand.values),
        (Kind.TURNOVER, TurnoverBand.values),
        (Kind.DOCUMENT, DocumentKind.values),
        (Kind.TIER, Tier.values),
    )
    for value in values
}
NAMES = {
    Kind.COUNTRY: "country",
    Kind.SIZE: "size",
    Kind.TURNOVER: "turnover",
    Kind.LANGUAGE: "language",
    Kind.CAPACITY: "capacity",
    Kind.DOCUMENT: "document",
    Kind.TIER: "tier",
    Kind.SCHEME: "scheme",
}


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int


def branches(codes: Iterable[str]) -> dict[str, list[int]]:
    """For BRANCHES: each code below the chosen ones with every chosen code or child of one that it lies in."""
    below, of = [], []
    for chosen in codes:
        for branch in (chosen, *cpv.children(chosen)):
            for code in cpv.under(branch):
                below.append(tokens.of_cpv(code))
                of.append(tokens.of_cpv(branch))
    return {"codes_below": below, "branches": of}


def deep_regions(question: Question) -> list[str]:
    """For DEEP: what one chosen region counts is the total."""
    known = [region for code in question.regions if (region := nuts.find(code))]
    return [region.code for region in known if region.level != 1] if len(known) > 1 else []


@dataclass(frozen=True, slots=True)
class Counted:
    """What the statement of a page counted: all rows; and of `sampled` rows among them by token, by branch below
    chosen CPV codes, by DEEP region. `beside` has the facets that are chosen from, as if nothing were chosen there."""

    total: int
    sampled: int
    tokens: Mapping[int, int]
    branches: Mapping[int, int]
    regions: Mapping[str, int]
    beside: Mapping[int, int]

    def out_of(self, total: int) -> "Counted":
        """The same shares of another total: what a fair sample says of more."""
        if total == self.sampled or not self.sampled:
            return self

        def share(of: Mapping) -> dict:
            return {key: max(1, round(count * total / self.sampled)) for key, count in of.items()}

        return Counted(total, total, share(self.tokens), share(self.branches), share(self.regions), self.beside)


def facets(
    counted: Counted, question: Question, schemes: Mapping[str, int], *, is_capped: bool
) -> dict[str, list[FacetValue]]:
    """The facets of a page; whoever may not see evidence gets none of it."""
    slugs = {pk: slug for slug, pk in schemes.items()}
    found, near = _by_facet(counted.tokens, slugs), _by_facet(counted.beside, slugs)
    found["region"] |= counted.regions
    answer = {}
    for name in FIELDS:
        if question.sees_evidence or name not in EVIDENCE:
            chosen = _chosen(question, name)
            own = with_others(found[name], near[name], chosen, is_capped=is_capped) if near[name] else found[name]
            answer[name] = foremost(name, own, chosen, counted.total)
    if below := {f"{code:08}": count for code, count in counted.branches.items()}:
        answer["cpv"] = foremost("cpv", below, question.cpv, counted.total) + divisions_beside(
            answer["cpv"], question.cpv
        )
    return answer


def divisions_beside(counted: list[FacetValue], chosen: tuple[str, ...]) -> list[FacetValue]:
    """Those that hold none of the chosen codes."""
    holding = {code[:2] for code in chosen}
    return [each for each in counted if each.value[:2] not in holding][:DIVISIONS_BESIDE]


def with_others(
    own: Mapping[str, int], near: Mapping[str, int], chosen: tuple[str, ...], *, is_capped: bool
) -> dict[str, int]:
    """Values beside the chosen ones as if nothing were chosen; the chosen as they were counted themselves, unless
    they are more than can be counted."""
    precise = {value: own[value] for value in chosen if value in own}
    if is_capped:
        precise = {value: max(count, near.get(value, 0)) for value, count in precise.items()}
    return {**near, **precise}


def _by_facet(counted: Mapping[int, int], slugs: Mapping[int, str]) -> defaultdict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    found["region"] = by_region(counted)
    for token, count in counted.items():
        kind = tokens.kind_of(token)
        if kind is None:
            found["cpv"][f"{token:08}"] = count
        elif kind in NAMES and (value := _value(kind, token, slugs)):
            found[NAMES[kind]][value] = count
    return found


def _value(kind: Kind, token: int, slugs: Mapping[int, str]) -> str:
    if kind == Kind.SCHEME:
        return slugs.get(tokens.number_of(token), "")
    if kind == Kind.CAPACITY:
        return str(CAPACITIES[tokens.number_of(token) - 1])
    text = tokens.text_of(token)
    return WORDS.get(token) or (text.lower() if kind == Kind.LANGUAGE else text)


def by_region(counted: Mapping[int, int]) -> dict[str, int]:
    """By region of level 1: who serves it or a part of it, its whole country, or all of Europe."""
    everywhere = counted.get(tokens.EUROPE, 0)
    found: Counter[str] = Counter()
    for token, count in counted.items():
        kind = tokens.kind_of(token)
        if kind == Kind.REGION:
            found[tokens.text_of(token)] += count
        elif kind == Kind.WHOLE and token != tokens.EUROPE:
            found.update(dict.fromkeys(nuts.children(tokens.text_of(token)), count))
    return {code: count + everywhere for code, count in found.items()}


def _chosen(question: Question, name: str) -> tuple[str, ...]:
    value = getattr(question, FIELDS[name])
    if isinstance(value, int):
        return (str(value),) if value else ()
    return value


def foremost(name: str, counted: Mapping[str, int], chosen: tuple[str, ...], total: int) -> list[FacetValue]:
    """The most frequent values, and the chosen ones in any case."""
    if name == "capacity":
        ordered = sorted(counted.items(), key=lambda pair: int(pair[0]))
    else:
        ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    kept = ordered[:MOST_VALUES]
    have = {value for value, _count in kept}
    alone = total if len(chosen) == 1 else 0
    kept += [(value, counted.get(value, alone)) for value in chosen if value not in have]
    return [FacetValue(value, count) for value, count in kept]
