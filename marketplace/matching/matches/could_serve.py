"""The firms that could serve a call, for its buyer: cards with the reasons for a company, numbers for an authority."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils.translation import get_language

from marketplace.calls.models import Call, Lot
from marketplace.core.vocab import countries, nuts
from marketplace.matching.matches import absence, explaining, facts, notes
from marketplace.matching.matches.explaining import Explained, Side
from marketplace.matching.matches.models import Match
from marketplace.matching.matches.notes import Note
from marketplace.matching.matches.writing import written
from marketplace.matching.scoring import KEPT_OF_A_CALL, Score, score
from suppliers.directory.cards import Card, cards
from suppliers.directory.permissions import Viewer
from suppliers.directory.question import Question
from suppliers.directory.search import search
from suppliers.models import Audience, Supplier

#: So many firms of a name are looked at.
FIRMS_OF_A_NAME = 5
#: NUTS codes of level 1 have so many signs.
LEVEL_1 = 3


class Numbers(NamedTuple):
    """How many firms could serve a call; never which."""

    total: int
    is_full: bool
    #: By the lot that they answer best, every lot that stands with its number.
    lots: list[tuple[Lot, int]]
    #: By where they are, the largest number first.
    regions: list[tuple[str, int]]


@dataclass(frozen=True)
class Firm:
    """A match, with what stands on its card."""

    card: Card
    lot: Lot
    explained: Explained
    notes: list[Note]


@dataclass(frozen=True)
class Answer:
    """What is to be said of one firm that a buyer asked about."""

    card: Card
    #: Its match, if it stands in the list.
    match: Match | None
    reasons: list[str]


# --- For a company ----------------------------------------------------------------------------------------------------


def matches_of(call: Call, viewer: Viewer) -> Any:
    """Best first; of firms that show themselves to members only, for members alone."""
    found = Match.objects.standing().filter(call=call).best_first()
    return found if viewer.is_member else found.filter(supplier__audience=Audience.EVERYBODY)


def firms(call: Call, matches: Sequence[Match], request: Any, viewer: Viewer) -> list[Firm]:
    """The same number of queries for one as for twenty-five."""
    pks = [match.supplier_id for match in matches]
    suppliers = Supplier.objects.in_bulk(pks)
    needs = {lot.pk: (lot, need) for lot, need in facts.needs_of(call)}
    offers = facts.offers_of(pks)
    scores = {
        match.pk: score(needs[match.lot_id][1], offers[match.supplier_id]) for match in matches if match.lot_id in needs
    }
    stems = {stem for each in scores.values() for stem in each.common}
    said = written(call, [lot for lot, _need in needs.values()], stems)
    tiers = notes.shown_tiers(pks) if call.evidence_tiers else {}
    shown = {card.supplier.pk: card for card in _cards(pks, request, viewer)}
    return [
        Firm(
            card=shown[match.supplier_id],
            lot=(lot := needs[match.lot_id][0]),
            explained=explaining.explained(
                _as_kept(scores[match.pk], match), needs[lot.pk][1], offers[match.supplier_id], Side.BUYER, said
            ),
            notes=notes.for_buyer(call, lot, suppliers[match.supplier_id], tiers.get(match.supplier_id, set())),
        )
        for match in matches
        if match.pk in scores and match.supplier_id in shown
    ]


def _as_kept(found: Score, match: Match) -> Score:
    """The words of today with the points by which the list is in order."""
    return replace(found, cpv=match.cpv, region=match.region, words=match.words)


def _cards(pks: Sequence[int], request: Any, viewer: Viewer) -> list[Card]:
    """Without evidence, which is nothing that a match is about."""
    return cards(pks, request, replace(viewer, meets_evidence=False))


def answers(call: Call, name: str, request: Any, viewer: Viewer) -> list[Answer]:
    """Of the firms of that name that this buyer may see: where each stands in the list, or why it does not."""
    found = search(Question(words=name, is_member=viewer.is_member, bridges=False), page_size=FIRMS_OF_A_NAME)
    pks = [hit.supplier_id for hit in found.hits if "name" in hit.because]
    matches = {match.supplier_id: match for match in Match.objects.standing().filter(call=call, supplier__in=pks)}
    suppliers, offers = Supplier.objects.in_bulk(pks), facts.offers_of(pks)
    needs = facts.needs_of(call)
    return [
        Answer(card, matches.get(pk), [] if pk in matches else _why_not(call, suppliers[pk], needs, offers[pk]))
        for card in _cards(pks, request, viewer)
        if (pk := card.supplier.pk)
    ]


def _why_not(call: Call, supplier: Supplier, needs: Any, offer: Any) -> list[str]:
    scored = explaining.best_first(needs, offer)
    return absence.reasons(call, supplier, offer, scored, Side.BUYER).words


# --- For everybody who buys -------------------------------------------------------------------------------------------


def numbers(call: Call) -> Numbers:
    """Three queries; no more than are kept for a call are counted."""
    standing = Match.objects.standing().filter(call=call)
    where = standing.order_by().values_list("supplier__based_in", "supplier__organisation__country")
    regions: Counter[str] = Counter()
    for based_in, country, number in where.annotate(number=Count("pk")):
        regions[_region(based_in, country)] += number
    total = regions.total()
    ordered = sorted(regions.items(), key=lambda each: (-each[1], each[0]))
    return Numbers(total, total >= KEPT_OF_A_CALL, lots_of(call, standing), ordered)


def lots_of(call: Call, matches: Any) -> list[tuple[Lot, int]]:
    """Every lot that stands, with how many of the matches answer it best."""
    number = dict(matches.order_by().values_list("lot").annotate(number=Count("pk")))
    return [(lot, number.get(lot.pk, 0)) for lot in call.lots.standing()]


def _region(based_in: str, country: str) -> str:
    """The region of level 1 where a firm is, else its country."""
    language = get_language() or "en"
    if len(based_in) >= LEVEL_1:
        return nuts.name(based_in[:LEVEL_1], language)
    return countries.name(country, language)
