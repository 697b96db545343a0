"""How well what a firm offers answers what a lot asks for: pure, so that anybody can reckon it again.

A score is the sum of three parts and of nothing else. Who owns a firm, what it is called, what certificates it holds,
how large it is and what it has won are not among what comes in here, so that they cannot move it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from marketplace.core.vocab import cpv, nuts

#: Raised whenever the same facts give another score; kept with every match.
VERSION = 1

#: What the firm does weighs most: a firm around the corner with the right words that does something else is no match.
CPV_MOST, REGION_MOST, WORDS_MOST = 60, 25, 15
#: From here on a match is shown: something close where the work is, or the same trade wherever it is offered.
SHOWN_FROM = 40
#: So many firms are kept for one call, the best; among equals the order is dealt anew for every call.
KEPT_OF_A_CALL = 500
#: So many calls are kept for one firm when it is matched by itself.
KEPT_OF_A_SUPPLIER = 200

#: By the number of digits that two CPV codes share from the left: two are the division, three the group, four the
#: class, five the category. A division is a whole industry; from the class on it is the same trade.
SHARED = (0, 0, 6, 22, 40, 48, 52, 55, CPV_MOST)
#: Where one of the two codes lies within the other, some of what is asked is offered, or all of a trade of which some
#: is asked. Said of a whole division it promises less.
WITHIN_A_DIVISION, WITHIN = 34, 50
#: The first code of a lot says what it is about, the others what comes along.
MAIN_WEIGHS, OTHER_WEIGHS = 2, 1

#: A firm that serves the region asked for; one that serves all of its country, or a part of it; one for all of Europe.
WHOLE, PARTLY, EUROPE_WIDE = REGION_MOST, 20, 15

#: So many words in common are enough; of a phrasing with fewer words, all of them.
WORDS_ENOUGH = 3


@dataclass(frozen=True)
class Need:
    """What one lot asks for.

    `codes` are CPV codes of eight digits, the main one first. `regions` are NUTS codes of any level: the lot's, else
    the buyer's country. `phrasings` are ways to say what is wanted, each as the stems of its words: the titles, and the
    label of the main code in several languages.
    """

    codes: tuple[str, ...]
    regions: frozenset[str]
    phrasings: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Service:
    """A CPV code that a firm offers, and the NUTS codes of where it does: its own regions, else those of the firm."""

    code: str
    regions: frozenset[str]
    is_all_over_europe: bool = False


@dataclass(frozen=True)
class Offer:
    """What one firm offers; `words` are the stems of all that its profile says."""

    services: tuple[Service, ...]
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Score:
    """The parts, which add up to `total`, and what they came from.

    `pairs` has for each code asked, in order, the nearest one offered, "" where none shares even the division.
    `common` are the stems in common with the phrasing that has most of them.
    """

    cpv: int = 0
    region: int = 0
    words: int = 0
    pairs: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    common: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def total(self) -> int:
        return self.cpv + self.region + self.words


def score(need: Need, offer: Offer) -> Score:
    """All zero for a firm that offers nothing where the work is."""
    able = [service for service in offer.services if reach(need.regions, service)]
    if not able:
        return Score()
    offered = sorted({service.code for service in able})
    pairs = tuple((asked, _nearest(asked, offered)) for asked in need.codes)
    words, common = _words(need.phrasings, offer.words)
    return Score(
        cpv=_weighed([closeness(asked, near) if near else 0 for asked, near in pairs]),
        region=max(reach(need.regions, service) for service in able),
        words=words,
        pairs=pairs,
        common=common,
    )


def closeness(asked: str, offered: str) -> int:
    """0 to CPV_MOST for two codes of eight digits."""
    shared = next((place for place in range(8) if asked[place] != offered[place]), 8)
    shorter = min(len(cpv.stem(asked)), len(cpv.stem(offered)))
    if shared < shorter:
        return SHARED[shared]
    return max(SHARED[shared], WITHIN_A_DIVISION if shorter == 2 else WITHIN)


def reach(regions: Iterable[str], service: Service) -> int:
    """0 to REGION_MOST: whether a service is offered where one of these regions is."""
    best = EUROPE_WIDE if service.is_all_over_europe else 0
    for asked in regions:
        for served in service.regions:
            if served == asked or (len(served) > 2 and nuts.is_within(asked, served)):
                return WHOLE
            if nuts.is_within(asked, served) or nuts.is_within(served, asked):
                best = PARTLY
    return best


def _nearest(asked: str, offered: Sequence[str]) -> str:
    """The first of the nearest."""
    best = max(offered, key=lambda code: closeness(asked, code))
    return best if closeness(asked, best) else ""


def _weighed(parts: Sequence[int]) -> int:
    """The mean, the first one weighing more, rounded half up."""
    weights = [MAIN_WEIGHS, *[OTHER_WEIGHS] * (len(parts) - 1)]
    total = sum(part * weight for part, weight in zip(parts, weights, strict=True))
    return (2 * total + sum(weights)) // (2 * sum(weights))


def _words(phrasings: Iterable[frozenset[str]], said: frozenset[str]) -> tuple[int, frozenset[str]]:
    """The points of the phrasing that has most of them, the first of equals, and its words in common."""
    best, common = 0, frozenset[str]()
    for phrasing in phrasings:
        found = phrasing & said
        enough = min(len(phrasing), WORDS_ENOUGH)
        points = WORDS_MOST * min(len(found), enough) // enough if enough else 0
        if points > best:
            best, common = points, found
    return best, common
