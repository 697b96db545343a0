"""How a firm and one call stand to one another, for the firm itself on the call's page; reckoned as it is read."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from marketplace.calls.models import Call, Lot
from marketplace.matching.matches import absence, explaining, facts, notes, tuning
from marketplace.matching.matches.explaining import Explained, Scored, Side
from marketplace.matching.matches.models import Match, SetAside
from marketplace.matching.matches.notes import Note
from marketplace.matching.matches.writing import written
from marketplace.matching.scoring import SHOWN_FROM, Offer
from suppliers.models import Supplier

#: Beside the best one, so many lots are told one by one.
LOTS_SHOWN = 8


@dataclass(frozen=True)
class LotLine:
    lot: Lot
    total: int

    @property
    def is_match(self) -> bool:
        return self.total >= SHOWN_FROM


@dataclass(frozen=True)
class Standing:
    """`is_match` says that it stands in the firm's matches; `reasons` why it is not in the list that the firm sees."""

    call: Call
    is_listed: bool = True
    is_match: bool = False
    #: The lot answered best, named where there are several.
    lot: Lot | None = None
    is_split: bool = False
    explained: Explained | None = None
    others: list[LotLine] = field(default_factory=list)
    more: int = 0
    notes: list[Note] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    aside: SetAside | None = None


def standing_of(call: Call, supplier: Supplier, *, meets_evidence: bool) -> Standing:
    if not supplier.is_listed:
        return Standing(call, is_listed=False)
    offer = facts.offers_of([supplier.pk])[supplier.pk]
    scored = explaining.best_first(facts.needs_of(call), offer)
    is_match = bool(scored) and scored[0].score.total >= SHOWN_FROM and _is_kept(call, supplier)
    aside = SetAside.objects.filter(call=call, supplier=supplier).first()
    if is_match:
        reasons = _left_out(call, scored[0].lot, supplier, aside)
    else:
        reasons = absence.reasons(call, supplier, offer, scored, Side.FIRM).words
    if not scored:
        return Standing(call, reasons=reasons)
    return Standing(
        call,
        is_match=is_match,
        lot=scored[0].lot,
        is_split=len(scored) > 1,
        explained=_explained(call, scored[0], offer),
        others=[LotLine(each.lot, each.score.total) for each in scored[1 : LOTS_SHOWN + 1]],
        more=max(0, len(scored) - 1 - LOTS_SHOWN),
        notes=_notes(call, scored[0].lot, supplier, meets_evidence=meets_evidence) if is_match else [],
        reasons=reasons,
        aside=aside,
    )


def _is_kept(call: Call, supplier: Supplier) -> bool:
    return Match.objects.filter(call=call, supplier=supplier).exists()


def _left_out(call: Call, lot: Lot, supplier: Supplier, aside: SetAside | None) -> list[str]:
    """Why a match is not in the list that the firm sees: by its own word on this call, or on others like it."""
    if aside:
        return [_("You set it aside: %(reason)s.") % {"reason": aside.get_reason_display()}]
    asked = tuning.Asked(lot.cpv, lot.regions, lot.value_from, lot.value_to, call.currency)
    return [rule.words for rule in tuning.rules_of(supplier) if rule.is_on and rule.leaves_out(asked)]


def _explained(call: Call, best: Scored, offer: Offer) -> Explained | None:
    if not best.score.total:
        return None
    said = written(call, [best.lot], best.score.common)
    return explaining.explained(best.score, best.need, offer, Side.FIRM, said)


def _notes(call: Call, lot: Lot, supplier: Supplier, *, meets_evidence: bool) -> list[Note]:
    return notes.for_firm(call, lot, supplier, notes.own_papers(supplier), meets_evidence=meets_evidence)
