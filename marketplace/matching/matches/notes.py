"""What either side should know beside a score. A note is never worth points: newcomers are not pushed down by it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.calls.models import Call, Lot
from marketplace.core.moments import find_zone
from marketplace.core.templatetags.ui import money
from marketplace.core.vocab import currency
from marketplace.matching.matches.explaining import Side
from suppliers.directory.facets import language_name
from suppliers.directory.rows import PER_EURO
from suppliers.evidence.models import Certification, Tier
from suppliers.files.models import KINDS_WITH_AN_END, Document
from suppliers.models import Supplier

#: Amounts of two currencies are compared by rounded rates, so that a little more says nothing.
CLEARLY_MORE = 1.2


@dataclass(frozen=True, slots=True)
class Note:
    words: str
    icon: str


@dataclass
class Papers:
    """What is known of firms beside their profile, fetched once for a page."""

    #: By supplier: those that are the firm's own to see.
    documents: dict[int, list[Document]] = field(default_factory=dict)
    #: By supplier: the tiers it shows today.
    tiers: dict[int, set[str]] = field(default_factory=dict)


def own_papers(supplier: Supplier) -> Papers:
    """For the firm itself; two queries."""
    documents = list(supplier.documents.filter(kind__in=KINDS_WITH_AN_END).in_order())
    return Papers({supplier.pk: documents}, shown_tiers([supplier.pk]))


def shown_tiers(suppliers: Iterable[int]) -> dict[int, set[str]]:
    """What each publishes and is valid today."""
    found: dict[int, set[str]] = {}
    rows = Certification.objects.valid().published().filter(supplier__in=list(suppliers))
    for supplier, tier in rows.values_list("supplier", "tier"):
        found.setdefault(supplier, set()).add(tier)
    return found


def for_firm(call: Call, lot: Lot, supplier: Supplier, papers: Papers, *, meets_evidence: bool) -> list[Note]:
    """What the firm should know; `meets_evidence` is False for whoever acts for a contracting authority."""
    found = [
        _capacity(call, lot, supplier, Side.FIRM),
        _language(call, supplier, Side.FIRM),
        *_running_out(call, papers.documents.get(supplier.pk, [])),
        _evidence(call, papers.tiers.get(supplier.pk, set()), Side.FIRM) if meets_evidence else None,
    ]
    return [note for note in found if note]


def for_buyer(call: Call, lot: Lot, supplier: Supplier, tiers: set[str]) -> list[Note]:
    """What the buyer of the call should know; never asked for a contracting authority."""
    found = [
        _capacity(call, lot, supplier, Side.BUYER),
        _language(call, supplier, Side.BUYER),
        _evidence(call, tiers, Side.BUYER),
    ]
    return [note for note in found if note]


# --- Capacity ---------------------------------------------------------------------------------------------------------


def value_of(lot: Any) -> int | None:
    """The least that the lot is worth, in minor units; None where nothing is disclosed."""
    return lot.value_from if lot.value_from is not None else lot.value_to


def is_above(value: int, code: str, other: int, other_code: str) -> bool:
    """Whether the first amount is more; of two currencies, whether it is clearly more by rounded rates."""
    if code == other_code:
        return value > other
    first, second = in_euro(value, code), in_euro(other, other_code)
    return first is not None and second is not None and first > second * CLEARLY_MORE


def in_euro(value: int, code: str) -> float | None:
    """Roughly, to compare and never to show; None for a currency without a rate."""
    if code not in PER_EURO or not currency.find(code):
        return None
    return value / 10 ** currency.exponent(code) / PER_EURO[code]


def _capacity(call: Call, lot: Lot, supplier: Supplier, side: Side) -> Note | None:
    value, largest = value_of(lot), supplier.largest_contract
    if value is None or largest is None:
        return None
    if not is_above(value, call.currency, largest, supplier.largest_contract_currency):
        return None
    amount = {"amount": _amount(largest, supplier.largest_contract_currency)}
    if side is Side.FIRM:
        words = _("Above your largest contract so far (%(amount)s): respond jointly or ask to subcontract.") % amount
    else:
        words = _("Above the firm's largest contract so far (%(amount)s): it may respond jointly.") % amount
    if call.currency != supplier.largest_contract_currency:
        words += " " + _("Two currencies, compared by rounded rates.")
    return Note(words, "scale")


def _amount(minor: int, code: str) -> str:
    """A currency that is not ours is counted in hundredths."""
    return money(minor, code) if currency.find(code) else f"{minor / 100:.0f}\u00a0{code}"


# --- Language ---------------------------------------------------------------------------------------------------------


def _language(call: Call, supplier: Supplier, side: Side) -> Note | None:
    """A firm that names no language is not said to lack one."""
    taken = list(dict.fromkeys(code.split("-")[0] for code in call.languages_of_responses))
    spoken = {code.split("-")[0] for code in supplier.languages}
    if not spoken or spoken & set(taken):
        return None
    names = {"languages": ", ".join(language_name(code) for code in taken)}
    if side is Side.FIRM:
        words = _("Responses are taken in %(languages)s, which your profile does not name.") % names
    else:
        words = _("Responses are taken in %(languages)s, which the firm does not name.") % names
    return Note(words, "languages")


# --- Papers -----------------------------------------------------------------------------------------------------------


def _running_out(call: Call, documents: Iterable[Document]) -> Iterator[Note]:
    """Of each kind that no longer counts on the last day for responses, as the buyer's clock has it, the latest one."""
    if call.response_deadline is None:
        return
    last = call.response_deadline.astimezone(find_zone(call.zone)).date()
    dated = sorted((each.valid_until, each.pk, each) for each in documents if each.valid_until)
    latest = {document.kind: (until, document) for until, _pk, document in dated}
    for until, document in latest.values():
        if until < last:
            names = {"title": document.title, "day": date_format(until, pgettext("day", "j M Y"))}
            yield Note(_ended(document) % names, "file-clock")


def _ended(document: Document) -> str:
    if document.is_over:
        return _("“%(title)s” ended on %(day)s: have a new one ready if they ask for it.")
    return _("“%(title)s” ends on %(day)s, before the deadline: have a new one ready if they ask for it.")


def _evidence(call: Call, tiers: set[str], side: Side) -> Note | None:
    """Only of a company's call that asks for it; a contracting authority's never does."""
    if call.is_of_authority or not call.evidence_tiers or _is_enough(tiers, call.evidence_tiers):
        return None
    asked = {"asked": _tiers(call.evidence_tiers), "held": _tiers(tiers)}
    if side is Side.FIRM:
        if tiers:
            return Note(_("They ask for evidence: %(asked)s. Yours is: %(held)s.") % asked, "badge-check")
        return Note(_("They ask for evidence: %(asked)s. Your profile shows none.") % asked, "badge-check")
    if tiers:
        return Note(_("You ask for evidence: %(asked)s. This firm's is: %(held)s.") % asked, "badge-check")
    return Note(_("You ask for evidence: %(asked)s. This firm shows none.") % asked, "badge-check")


def _is_enough(held: Iterable[str], asked: Iterable[str]) -> bool:
    """A stronger one will do."""
    return max(map(Tier.values.index, held), default=-1) >= min(map(Tier.values.index, asked))


def _tiers(tiers: Iterable[str]) -> str:
    held = set(tiers)
    return ", ".join(str(tier.label) for tier in Tier if tier in held)
