"""Firms that are here already under nearly the name of a new draft, as far as a partner may know of them."""

from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import CharField, Exists, OuterRef, Value

from marketplace.accounts.models import ALIKE, Organisation, PlainName
from suppliers.models import Supplier
from suppliers.proposals import board
from suppliers.proposals.models import Proposal

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Alike:
    """`address` leads to its page where everybody may open it, `draft` is the partner's own while it is open."""

    pk: int
    name: str
    town: str
    address: str = ""
    draft: Proposal | None = None


def known_firms(partner, *, name, country):
    """Up to five, nearest first: what everybody finds in the directory, and what stands on the partner's own board.

    A firm that is neither is not told, however like it is: that it is here is its own affair.
    """
    own = [_on_the_board(firm) for firm in _board(partner, name, country)]
    seen = {firm.pk for firm in own}
    return [*own, *(_on_show(firm) for firm in _public(name, country) if firm.pk not in seen)][:MOST_SHOWN]


def _public(name, country):
    on_show = Supplier.objects.public().filter(organisation=OuterRef("pk"))
    named = Organisation.objects.named_like(name, country).filter(Exists(on_show))
    return named.select_related("supplier")[: 2 * MOST_SHOWN]


def _board(partner, name, country):
    """By the name that the board shows, which is not always what the firm calls itself today."""
    wanted = PlainName(Value(name, output_field=CharField()))
    firms = board.firms_of(partner).filter(country=country)
    likeness = TrigramSimilarity(PlainName("shown_name"), wanted)
    return firms.annotate(likeness=likeness).filter(likeness__gte=ALIKE).order_by("-likeness", "pk")[:MOST_SHOWN]


def _on_show(firm):
    return Alike(firm.pk, firm.name, firm.town, firm.supplier.get_absolute_url())


def _on_the_board(firm):
    if firm.step in {board.Step.DRAFTED, board.Step.ASKED}:
        return Alike(firm.pk, firm.shown_name, firm.town, draft=firm.supplier.proposal)
    if firm.step == board.Step.LISTED and firm.supplier.is_public:
        return _on_show(firm)
    # Where it is now is not on the board.
    return Alike(firm.pk, firm.shown_name, "")
