"""A firm's own list: the calls it could serve, without those it set aside and what follows from its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from marketplace.calls.board.cards import Card, cards
from marketplace.calls.board.models import SavedCall
from marketplace.calls.board.permissions import reader_of
from marketplace.calls.models import Call, Lot
from marketplace.core.vocab import countries
from marketplace.matching.matches import explaining, facts, notes, tuning
from marketplace.matching.matches.explaining import Side
from marketplace.matching.matches.models import Match
from marketplace.matching.matches.notes import Note
from marketplace.matching.scoring import Need, score
from suppliers.models import Supplier

SORTS = {"best": _("best match"), "deadline": _("deadline")}
BEST_ON_THE_WORKSPACE = 3


class Entry(NamedTuple):
    """A match, as far as order and rules ask for it; the fields of its lot are those that a lot has."""

    call: int
    lot: int
    score: int
    turn: int
    words: int
    deadline: datetime
    currency: str
    cpv: list[str]
    regions: list[str]
    value_from: int | None
    value_to: int | None


FIELDS = [
    "call", "lot", "score", "turn", "words", "call__response_deadline", "call__currency", "lot__cpv", "lot__regions",
    "lot__value_from", "lot__value_to",
]  # fmt: skip


@dataclass(frozen=True)
class Listing:
    """`entries` in their order; `rules` with how many calls each leaves out, the silent ones not among them."""

    entries: list[Entry]
    rules: list[tuple[tuning.Rule, int]]


@dataclass(frozen=True)
class Shown:
    """A call of the page."""

    card: Card
    call: Call
    score: int
    verdict: str
    why: str
    notes: list[Note]
    is_saved: bool


def listing(supplier: Supplier, sort: str = "best") -> Listing:
    """Two queries, however long it is; a firm has at most a few hundred matches."""
    rows = Match.objects.standing().not_set_aside().filter(supplier=supplier)
    entries = [Entry(*row) for row in rows.values_list(*FIELDS)]
    rules = [rule for rule in tuning.rules_of(supplier) if rule.is_on]
    counted = [(rule, sum(rule.leaves_out(entry) for entry in entries)) for rule in rules]
    kept = [entry for entry in entries if not any(rule.leaves_out(entry) for rule in rules)]
    return Listing(sorted(kept, key=_key(sort)), [(rule, left_out) for rule, left_out in counted if left_out])


def lack_of(supplier: Supplier) -> str:
    """What a profile does not say and no call can be found without: "services", "regions" or nothing."""
    services = list(supplier.capabilities.values_list("regions", flat=True))
    if not services:
        return "services"
    says_where = supplier.regions or supplier.serves_europe or supplier.based_in or any(services)
    return "" if says_where else "regions"


def _key(sort: str) -> Any:
    if sort == "deadline":
        return lambda entry: (entry.deadline, -entry.score, entry.call)
    return lambda entry: (-entry.score, entry.deadline, entry.call)


def shown(supplier: Supplier, entries: Sequence[Entry], user: Any, *, meets_evidence: bool) -> list[Shown]:
    """The same number of queries for one as for twenty-five; what this person may not see is left out."""
    found = {card.pk: card for card in cards([entry.call for entry in entries], reader_of(user))}
    calls = Call.objects.select_related("buyer__organisation").in_bulk(list(found))
    lots = Lot.objects.in_bulk([entry.lot for entry in entries])
    offer = facts.offers_of([supplier.pk])[supplier.pk]
    papers = notes.own_papers(supplier)
    saved = set(SavedCall.objects.of(user).filter(call__in=found).values_list("call", flat=True))
    return [
        Shown(
            card=found[entry.call],
            call=(call := calls[entry.call]),
            score=entry.score,
            verdict=explaining.verdict(entry.score),
            why=_why(_asked(call, lots[entry.lot]), offer, entry),
            notes=notes.for_firm(call, lots[entry.lot], supplier, papers, meets_evidence=meets_evidence),
            is_saved=entry.call in saved,
        )
        for entry in entries
        if entry.call in found
    ]


def _asked(call: Call, lot: Lot) -> Need:
    """What and where; the words, which take the database to compare, are told on the call's own page."""
    country = countries.european(str(call.buyer.organisation.country))
    return Need(tuple(lot.cpv), frozenset(lot.regions or [country]))


def _why(need: Need, offer: Any, entry: Entry) -> str:
    return explaining.in_one_line(score(need, offer), need, offer, Side.FIRM, words=entry.words)


def best(supplier: Supplier, user: Any) -> tuple[list[tuple[Card, int, str]], int]:
    """For the workspace: the first few with score and verdict, and how many there are."""
    entries = listing(supplier).entries
    first = {entry.call: entry.score for entry in entries[:BEST_ON_THE_WORKSPACE]}
    found = [(card, first[card.pk], explaining.verdict(first[card.pk])) for card in cards(list(first), reader_of(user))]
    return found, len(entries)
