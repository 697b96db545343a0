"""How many of the calls found have each value of each facet."""

from collections import defaultdict
from collections.abc import Mapping

from buyers.models import Buyer
from marketplace.calls.board import address
from marketplace.calls.board.facets import BANDS, FACETS
from marketplace.calls.board.question import Question
from marketplace.calls.models import Procedure, Route
from suppliers.directory import tokens
from suppliers.directory.counts import Counted, FacetValue, by_region, divisions_beside, foremost, with_others
from suppliers.directory.tokens import Kind

#: What the five signs of a token stand for where they do not stand for themselves.
WORDS = {
    tokens.written(kind, value): value
    for kind, values in (
        (Kind.BUYER, Buyer.Kind.values),
        (Kind.PROCEDURE, Procedure.values),
        (Kind.ROUTE, Route.values),
    )
    for value in values
}
NAMES = {
    Kind.COUNTRY: "country",
    Kind.BUYER: "buyer",
    Kind.PROCEDURE: "procedure",
    Kind.VALUE: "value",
    Kind.LANGUAGE: "language",
    Kind.ROUTE: "route",
}


def facets(counted: Counted, question: Question, *, is_capped: bool) -> dict[str, list[FacetValue]]:
    """The facets of a page. Values beside a chosen one are counted as if nothing were chosen in that facet."""
    found, near = _by_facet(counted.tokens), _by_facet(counted.beside)
    found["region"] |= counted.regions
    answer = {}
    for facet in FACETS:
        name, chosen = facet.name, address.chosen(question, facet)
        own = with_others(found[name], near[name], chosen, is_capped=is_capped) if near[name] else found[name]
        answer[name] = foremost(name, own, chosen, counted.total)
    answer["value"].sort(key=lambda each: BANDS.index(each.value))
    if below := {f"{code:08}": count for code, count in counted.branches.items()}:
        beside = divisions_beside(answer["cpv"], question.cpv)
        answer["cpv"] = foremost("cpv", below, question.cpv, counted.total) + beside
    return answer


def _by_facet(counted: Mapping[int, int]) -> defaultdict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    found["region"] = by_region(counted)
    for token, count in counted.items():
        kind = tokens.kind_of(token)
        if kind is None:
            found["cpv"][f"{token:08}"] = count
        elif kind in NAMES:
            found[NAMES[kind]][_value(kind, token)] = count
    return found


def _value(kind: Kind, token: int) -> str:
    if kind == Kind.VALUE:
        return BANDS[tokens.number_of(token)]
    text = tokens.text_of(token)
    return WORDS.get(token) or (text.lower() if kind == Kind.LANGUAGE else text)
