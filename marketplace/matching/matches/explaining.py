"""A score in words, for either side: what is asked and what is offered, where, and in which words.

Nothing is judged here anew: every word follows from what `scoring` found, so that the parts add up to what it said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.calls.models import Lot
from marketplace.core.vocab import cpv, nuts
from marketplace.matching.scoring import (
    CPV_MOST,
    EUROPE_WIDE,
    REGION_MOST,
    SHARED,
    WHOLE,
    WORDS_MOST,
    Need,
    Offer,
    Score,
    Service,
    closeness,
    reach,
    score,
)
from suppliers.directory.facets import service_name

ALL = CPV_MOST + REGION_MOST + WORDS_MOST
#: From so many points on a match is called good, and very good.
GOOD, VERY_GOOD = 65, 85
#: Beside the main one, so many codes of a lot are gone through one by one.
CODES_SHOWN = 4
REGIONS_SHOWN = 3


class Side(Enum):
    """Who reads it."""

    FIRM = "firm"
    BUYER = "buyer"


class Degree(Enum):
    """How a code asked for and the nearest one offered stand to one another, nearest first."""

    SAME = "same"
    #: What is offered is a part of what is asked, or the other way round.
    PART = "part"
    WIDER = "wider"
    TRADE = "trade"
    RELATED = "related"
    INDUSTRY = "industry"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Part:
    """One part of a score as its bar shows it."""

    name: str
    value: int
    max: int
    reason: str


@dataclass(frozen=True)
class Explained:
    """The parts add up to `total`."""

    total: int
    parts: tuple[Part, ...]
    of: int = ALL

    @property
    def verdict(self) -> str:
        return verdict(self.total)


@dataclass(frozen=True)
class Ground:
    """The region asked for and the one served that gave the points; `served` is "" for all of Europe."""

    points: int = 0
    asked: str = ""
    served: str = ""


def explained(found: Score, need: Need, offer: Offer, side: Side, written: Mapping[str, str]) -> Explained:
    """`written` says how people write the stems in common."""
    parts = (
        Part(_("Services"), found.cpv, CPV_MOST, services_words(found, side)),
        Part(_("Region"), found.region, REGION_MOST, region_words(need, offer, side)),
        Part(_("Words"), found.words, WORDS_MOST, common_words(found.common, written)),
    )
    return Explained(found.total, parts)


def verdict(total: int) -> str:
    if total >= VERY_GOOD:
        return _("A very good match")
    return _("A good match") if total >= GOOD else _("A possible match")


def in_one_line(found: Score, need: Need, offer: Offer, side: Side, *, words: int) -> str:
    """For a card: the main service, the region, and that there are words in common, `words` points' worth."""
    said = [_main_pair(found, side), region_words(need, offer, side)]
    if words:
        said.append(_("There are words in common."))
    return " ".join(part for part in said if part)


# --- Services ---------------------------------------------------------------------------------------------------------


def degree(asked: str, near: str) -> Degree:
    """`near` is the nearest code offered, "" where none shares even the division."""
    if not near:
        return Degree.NOTHING
    if asked == near:
        return Degree.SAME
    if cpv.is_descendant(near, of=asked):
        return Degree.PART
    if cpv.is_descendant(asked, of=near):
        return Degree.WIDER
    points = closeness(asked, near)
    if points >= SHARED[4]:
        return Degree.TRADE
    return Degree.RELATED if points >= SHARED[3] else Degree.INDUSTRY


def services_words(found: Score, side: Side) -> str:
    """Code by code, the main one first."""
    others = found.pairs[1:]
    said = [_main_pair(found, side), *(_other_pair(*pair) for pair in others[:CODES_SHOWN])]
    if (left := len(others) - CODES_SHOWN) > 0:
        said.append(ngettext("And %(number)s further service.", "And %(number)s further services.", left))
        said[-1] %= {"number": left}
    return " ".join(part for part in said if part)


def _main_pair(found: Score, side: Side) -> str:
    if not found.pairs:
        return ""
    asked, near = found.pairs[0]
    return _pair_template(degree(asked, near), side) % {"asked": named(asked), "offered": named(near) if near else ""}


def _pair_template(how: Degree, side: Side) -> str:
    if side is Side.FIRM:
        return {
            Degree.SAME: _("They ask for %(asked)s, and that is what you offer."),
            Degree.PART: _("They ask for %(asked)s; you offer %(offered)s, which is part of it."),
            Degree.WIDER: _("They ask for %(asked)s; you offer %(offered)s, which it is part of."),
            Degree.TRADE: _("They ask for %(asked)s; you offer %(offered)s: the same trade."),
            Degree.RELATED: _("They ask for %(asked)s; you offer %(offered)s: related work."),
            Degree.INDUSTRY: _("They ask for %(asked)s; you offer %(offered)s: the same industry, but other work."),
            Degree.NOTHING: _("They ask for %(asked)s: nothing that you offer there is close to it."),
        }[how]
    return {
        Degree.SAME: _("You ask for %(asked)s, and that is what the firm offers."),
        Degree.PART: _("You ask for %(asked)s; the firm offers %(offered)s, which is part of it."),
        Degree.WIDER: _("You ask for %(asked)s; the firm offers %(offered)s, which it is part of."),
        Degree.TRADE: _("You ask for %(asked)s; the firm offers %(offered)s: the same trade."),
        Degree.RELATED: _("You ask for %(asked)s; the firm offers %(offered)s: related work."),
        Degree.INDUSTRY: _("You ask for %(asked)s; the firm offers %(offered)s: the same industry, but other work."),
        Degree.NOTHING: _("You ask for %(asked)s: nothing that the firm offers there is close to it."),
    }[how]


def _other_pair(asked: str, near: str) -> str:
    names = {"asked": named(asked), "offered": named(near) if near else ""}
    how = degree(asked, near)
    if how is Degree.SAME:
        return _("Also asked: %(asked)s, offered too.") % names
    if how is Degree.NOTHING:
        return _("Also asked: %(asked)s; nothing close is offered.") % names
    return _("Also asked: %(asked)s; nearest to it is %(offered)s.") % names


def named(code: str) -> str:
    """ "Building-cleaning services (90911200)"; a code of an older list is shown as it is."""
    label = service_name(code, get_language() or "en")
    return f"{label} ({code})" if label != code else code


# --- Where ------------------------------------------------------------------------------------------------------------


def ground(need: Need, offer: Offer) -> Ground:
    """The first pair of regions that is worth the most, by the rule of the score itself."""
    served = sorted({code for service in offer.services for code in service.regions})
    best = Ground()
    if any(service.is_all_over_europe for service in offer.services):
        best = Ground(EUROPE_WIDE, min(need.regions, default=""))
    for mine in served:
        lone = Service("", frozenset({mine}))
        for asked in sorted(need.regions):
            points = reach([asked], lone)
            if points > best.points:
                best = Ground(points, asked, mine)
        if best.points == WHOLE:
            break
    return best


def region_words(need: Need, offer: Offer, side: Side) -> str:
    found = ground(need, offer)
    if not found.points:
        return _("It is in %(asked)s, which is not served.") % {"asked": regions_named(need.regions)}
    if not found.served:
        return _("You serve all of Europe.") if side is Side.FIRM else _("The firm serves all of Europe.")
    names = {"served": _region(found.served), "asked": _region(found.asked)}
    if nuts.is_within(found.asked, found.served):
        words = _("You serve %(served)s, where it is.") if side is Side.FIRM else _("The firm serves %(served)s.")
        return words % names
    if side is Side.FIRM:
        return _("You serve %(served)s, a part of %(asked)s.") % names
    return _("The firm serves %(served)s, a part of %(asked)s.") % names


def regions_named(codes: Iterable[str]) -> str:
    ordered = sorted(codes, key=lambda code: (len(code), code))
    names = [_region(code) for code in ordered[:REGIONS_SHOWN]]
    if left := len(ordered) - len(names):
        names.append(_("%(number)s more") % {"number": left})
    return ", ".join(names)


def _region(code: str) -> str:
    return nuts.name(code, get_language() or "en")


# --- Words ------------------------------------------------------------------------------------------------------------


def common_words(common: Iterable[str], written: Mapping[str, str]) -> str:
    """Two stems of one word are one word."""
    stems = sorted(common)
    if not stems:
        return _("No words in common.")
    words = list(dict.fromkeys(written[stem] for stem in stems if stem in written))
    if not words:
        return _("There are words in common.")
    return _("Words in common: %(words)s.") % {"words": ", ".join(words)}


# --- Several lots -----------------------------------------------------------------------------------------------------


class Scored(NamedTuple):
    lot: Lot
    need: Need
    score: Score


def best_first(needs: Iterable[tuple[Lot, Need]], offer: Offer) -> list[Scored]:
    """Every lot with its score, the best first and among equals the first."""
    scored = [Scored(lot, need, score(need, offer)) for lot, need in needs]
    return sorted(scored, key=lambda each: -each.score.total)
