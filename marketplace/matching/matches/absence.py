"""Why a call and a firm do not meet: what the score itself finds missing, in words for either side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from marketplace.calls.models import Call
from marketplace.matching.matches import explaining
from marketplace.matching.matches.explaining import Scored, Side
from marketplace.matching.matches.models import Match
from marketplace.matching.scoring import KEPT_OF_A_CALL, KEPT_OF_A_SUPPLIER, SHARED, SHOWN_FROM, Offer, score
from suppliers.models import Supplier

#: From the group on, work is related; what shares only the division is not called close.
CLOSE = SHARED[3]


@dataclass(frozen=True)
class Reasons:
    """`is_match` where the score is enough, whether or not there was room in the list."""

    words: list[str]
    is_match: bool = False
    best: Scored | None = None


def reasons(call: Call, supplier: Supplier, offer: Offer, scored: Sequence[Scored], side: Side) -> Reasons:
    """Of a firm that is listed and has no match with the call; `scored` are all lots, the best first."""
    if not scored:
        return Reasons([_("No lot says what is bought.")])
    best = scored[0]
    if not offer.services:
        words = _("You name no services yet.") if side is Side.FIRM else _("The firm names no services.")
        return Reasons([words], best=best)
    if best.score.total >= SHOWN_FROM:
        return Reasons([_no_room(call, supplier, side)], is_match=True, best=best)
    if best.score.total == 0:
        return Reasons(_not_there(scored, offer, side), best=best)
    return Reasons(_not_enough(best, side), best=best)


def _not_there(scored: Sequence[Scored], offer: Offer, side: Side) -> list[str]:
    """Nothing is offered where the work is; is it at least what is asked?"""
    anywhere = replace(offer, services=tuple(replace(each, is_all_over_europe=True) for each in offer.services))
    nearest = max(score(each.need, anywhere).cpv for each in scored)
    where = {"regions": explaining.regions_named({code for each in scored for code in each.need.regions})}
    if side is Side.FIRM:
        said = [_("None of your services is offered where the work is: %(regions)s.") % where]
        close = _("What you offer is close to what is asked.")
        far = _("And none of your services is close to what is asked.")
    else:
        said = [_("The firm offers nothing where the work is: %(regions)s.") % where]
        close = _("What it offers is close to what you ask.")
        far = _("And none of its services is close to what you ask.")
    return [*said, close if nearest >= CLOSE else far]


def _not_enough(best: Scored, side: Side) -> list[str]:
    found, points = best.score, {"total": best.score.total, "least": SHOWN_FROM}
    said = []
    if found.cpv < CLOSE:
        said.append(
            _("No service of yours is close to what is asked.")
            if side is Side.FIRM
            else _("No service of the firm is close to what you ask.")
        )
    said.append(_("Together it comes to %(total)s of 100; from %(least)s on it is a match.") % points)
    return said


def _no_room(call: Call, supplier: Supplier, side: Side) -> str:
    """The score is enough, and yet there is no match."""
    if Match.objects.filter(call=call).count() >= KEPT_OF_A_CALL:
        full = {"most": KEPT_OF_A_CALL}
        return _("The %(most)s firms that are kept for this call answer it as well or better.") % full
    if Match.objects.filter(supplier=supplier).count() >= KEPT_OF_A_SUPPLIER:
        full = {"most": KEPT_OF_A_SUPPLIER}
        if side is Side.FIRM:
            return _("Your list is full: the %(most)s calls in it suit you as well or better.") % full
        return _("The firm's own list is full: the %(most)s calls in it suit it as well or better.") % full
    return _("Something has just changed: the list is being brought up to date. Look again in a minute.")
