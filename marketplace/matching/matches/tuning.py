"""What follows, for a firm's own list alone, from the reasons for which it set calls aside.

A rule leaves calls out of the list that their firm sees, and is shown there as a sentence that can be switched off. It
changes no score and no match, and no buyer ever sees what follows from it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.core.templatetags.ui import money
from marketplace.core.vocab import cpv, nuts
from marketplace.matching.matches.models import SetAside
from marketplace.matching.matches.notes import in_euro, value_of
from suppliers.models import Supplier

#: Two calls of one class (four digits) say that its work is not theirs; a single one may have been about that call.
CALLS_OF_A_CLASS, CLASS = 2, 4
#: A region of level 1 has three signs; a country says nothing about how far is too far.
REGION = 3
Reason = SetAside.Reason


class Said(NamedTuple):
    """Why a call was set aside, with what of its lot the reason may speak of."""

    pk: int
    reason: str
    is_tuning: bool
    cpv: list[str]
    regions: list[str]
    value_from: int | None
    value_to: int | None
    currency: str


class Asked(NamedTuple):
    """What a rule asks of a lot and its call."""

    cpv: list[str]
    regions: list[str]
    value_from: int | None
    value_to: int | None
    currency: str


@dataclass(frozen=True)
class Rule:
    """`key` names it in addresses; `rows` are the set-asides that it follows from."""

    key: str
    reason: str
    rows: tuple[int, ...]
    is_on: bool
    words: str
    #: Of work its first digits, of a region its code.
    code: str = ""
    #: Of a size the amount in minor units, in `currency`.
    value: int = 0
    currency: str = ""

    def leaves_out(self, lot: Any) -> bool:
        """`lot` has at least what `Asked` has."""
        if self.reason == Reason.OTHER_WORK:
            return bool(lot.cpv) and lot.cpv[0].startswith(self.code)
        if self.reason == Reason.TOO_FAR:
            return bool(lot.regions) and all(code.startswith(self.code) for code in lot.regions)
        value = value_of(lot)
        if value is None:
            return False
        if self.reason == Reason.TOO_LARGE:
            return _is_at_least(value, lot.currency, self.value, self.currency)
        return _is_at_least(self.value, self.currency, value, lot.currency)


def rules_of(supplier: Supplier) -> list[Rule]:
    """Those that are on, then those that were switched off; one query."""
    rows = SetAside.objects.filter(supplier=supplier, lot__isnull=False).order_by("pk")
    fields = ["lot__cpv", "lot__regions", "lot__value_from", "lot__value_to", "call__currency"]
    said = [Said(*row) for row in rows.values_list("pk", "reason", "is_tuning", *fields)]
    return [
        rule
        for is_on in (True, False)
        for rule in _rules([each for each in said if each.is_tuning == is_on], is_on=is_on)
    ]


def _rules(said: Sequence[Said], *, is_on: bool) -> list[Rule]:
    found = [*_other_work(said, is_on), *_too_far(said, is_on)]
    return found + [rule for reason in (Reason.TOO_LARGE, Reason.TOO_SMALL) for rule in _size(said, reason, is_on)]


def _other_work(said: Iterable[Said], is_on: bool) -> list[Rule]:
    classes: dict[str, list[Said]] = {}
    for each in said:
        if each.reason == Reason.OTHER_WORK and each.cpv:
            classes.setdefault(each.cpv[0][:CLASS], []).append(each)
    return [_of_work(rows, is_on) for _class, rows in sorted(classes.items()) if len(rows) >= CALLS_OF_A_CLASS]


def _of_work(rows: Sequence[Said], is_on: bool) -> Rule:
    """What the codes have in common: the class, or more where they agree in more."""
    shared = _beginning([cpv.stem(each.cpv[0]).ljust(CLASS, "0") for each in rows])
    code = shared.ljust(8, "0")
    label = cpv.label(code, get_language() or "en") if cpv.exists(code) else ""
    words = _("You said that %(work)s is not the work you do.") % {"work": f"{label} ({code})" if label else code}
    return Rule(f"work-{shared}", Reason.OTHER_WORK, _pks(rows), is_on, words, code=shared)


def _beginning(codes: Sequence[str]) -> str:
    """All that they begin with."""
    signs = [set(place) for place in zip(*codes, strict=False)]
    length = next((place for place, found in enumerate(signs) if len(found) > 1), len(signs))
    return codes[0][:length]


def _too_far(said: Iterable[Said], is_on: bool) -> list[Rule]:
    regions: dict[str, list[Said]] = {}
    for each in said:
        if each.reason == Reason.TOO_FAR:
            for code in {code[:REGION] for code in each.regions if len(code) >= REGION}:
                regions.setdefault(code, []).append(each)
    return [
        Rule(
            f"far-{code}",
            Reason.TOO_FAR,
            _pks(rows),
            is_on,
            _("You said that %(region)s is too far away.") % {"region": nuts.name(code, get_language() or "en")},
            code=code,
        )
        for code, rows in sorted(regions.items())
    ]


def _size(said: Iterable[Said], reason: str, is_on: bool) -> list[Rule]:
    """The smallest of what was too large, the largest of what was too small."""
    known = [(value, each) for each in said if each.reason == reason and (value := value_of(each)) is not None]
    known = [(value, each) for value, each in known if in_euro(value, each.currency) is not None]
    if not known:
        return []
    is_large = reason == Reason.TOO_LARGE
    value, named = (min if is_large else max)(known, key=lambda each: in_euro(each[0], each[1].currency) or 0)
    amount = {"amount": money(value, named.currency)}
    if is_large:
        words = _("You said that %(amount)s is too large for you.") % amount
    else:
        words = _("You said that %(amount)s is too small for you.") % amount
    rows = _pks([each for _value, each in known])
    return [Rule("large" if is_large else "small", reason, rows, is_on, words, value=value, currency=named.currency)]


def _pks(rows: Iterable[Said]) -> tuple[int, ...]:
    return tuple(each.pk for each in rows)


def _is_at_least(value: int, code: str, other: int, other_code: str) -> bool:
    if code == other_code:
        return value >= other
    first, second = in_euro(value, code), in_euro(other, other_code)
    return first is not None and second is not None and first >= second
