"""NUTS 2024 (Regulation (EU) 2023/674), Eurostat's statistical regions of the neighbours, and the UK's NUTS regions.

A code is the country's two letters (EL for Greece and UK for the United Kingdom, unlike ISO) and up to three more
signs, one per level. A country outside the list is still found, as a region of level 0 without regions below it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from marketplace.core.vocab import countries, files, words

#: Northern Ireland outgrew ten regions of level 3, so that these seven do not begin with their parent's code.
PARENT_OF = {f"UKN{number}": "UKN0" for number in range(10, 17)}
LEAST_LIKE = 0.45
LEAST_CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class Region:
    """A region, or a country at level 0. `name` is in the region's own language, `country` an ISO code."""

    code: str
    level: int
    name: str
    parent: str | None

    @property
    def country(self) -> str:
        return countries.EUROPEAN_TO_ISO.get(self.code[:2], self.code[:2])

    @property
    def is_extra(self) -> bool:
        """Whether it only collects what lies nowhere in particular: embassies, the continental shelf."""
        return self.level > 0 and not self.code[2:].strip("Z")


@cache
def regions() -> dict[str, Region]:
    """Every region by code: the 40 countries of the list at level 0, then levels 1 to 3."""
    listed = [line.split("\t") for line in files.lines("nuts")]
    found = {}
    for european in sorted({code[:2] for code, _level, _name in listed}):
        iso = countries.EUROPEAN_TO_ISO.get(european, european)
        found[european] = Region(european, 0, countries.name(iso), None)
    for code, level, name in listed:
        found[code] = Region(code, int(level), name, PARENT_OF.get(code, code[:-1]))
    return found


def find(code: str) -> Region | None:
    """The region with this code, in any case; GR and GB are read as EL and UK; any other country is level 0."""
    written = code.strip().upper()
    if region := regions().get(written):
        return region
    european = countries.european(written[:2]) + written[2:]
    if region := regions().get(european):
        return region
    iso = countries.find(written)
    if iso is None:
        return None
    european = countries.european(iso)
    return regions().get(european) or Region(european, 0, countries.name(iso), None)


def nearest(code: str) -> Region | None:
    """The region, or for a code of an older list the smallest known one around it; None if not even the country is."""
    written = code.strip().upper()[:5]
    for length in range(len(written), 1, -1):
        if region := find(written[:length]):
            return region
    return None


def ancestors(code: str) -> tuple[str, ...]:
    """The codes above this one, country first."""
    above: list[str] = []
    region = regions().get(code)
    while region and region.parent:
        above.insert(0, region.parent)
        region = regions().get(region.parent)
    return tuple(above)


@cache
def children(code: str) -> tuple[str, ...]:
    return tuple(region.code for region in regions().values() if region.parent == code)


def is_within(code: str, of: str) -> bool:
    """Whether a region is `of` or lies in it."""
    return code == of or of in ancestors(code)


@lru_cache(2000)
def touching(code: str) -> tuple[str, ...]:
    """The codes of all that shares ground with a region: what lies around it, the region itself, what lies in it."""
    return tuple(sorted({code, *ancestors(code), *(other for other in regions() if is_within(other, code))}))


def name(code: str, language: str = "en") -> str:
    """What to show: regions have one name, their own; countries are translated; an unknown code is shown as it is."""
    region = find(code)
    if region is None:
        return code
    return countries.name(region.country, language) if region.level == 0 else region.name


@dataclass(frozen=True, slots=True)
class _Name:
    code: str
    level: int
    length: int


@cache
def _names() -> tuple[dict[str, list[_Name]], dict[str, list[str]]]:
    """Which names hold a folded word, and which of those words hold a three-letter piece."""
    called: set[tuple[Region, tuple[str, ...]]] = set()
    for region in regions().values():
        if region.level == 0:
            translated = (countries.name(region.country, language) for language in countries.languages())
            called.update((region, tuple(words.split(name))) for name in translated)
        elif not region.is_extra:
            called.add((region, tuple(words.split(region.name))))
    called.update((region, tuple(words.split(name))) for region, name in _our_names())
    by_word: defaultdict[str, list[_Name]] = defaultdict(list)
    for region, own in called:
        for word in set(own):
            by_word[word].append(_Name(region.code, region.level, len(own)))
    by_piece: defaultdict[str, list[str]] = defaultdict(list)
    for word in by_word:
        for piece in words.trigrams(word):
            by_piece[piece].append(word)
    return dict(by_word), dict(by_piece)


def _our_names() -> Iterator[tuple[Region, str]]:
    """What people call a region that the list does not: its largest towns, and its name in other languages."""
    for line in (files.FOLDER / "places.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, names = line.partition(" ")
            for name in names.split(","):
                yield regions()[code], name


def search(text: str, limit: int = 25) -> list[str]:
    """Codes of the regions whose name answers `text`, best first, the larger region before its namesakes below it.

    Any string is safe. A misspelt name finds its likeness when nothing else is found.
    """
    written = text.strip().upper()
    if 2 <= len(written) <= 5 and (region := find(written)) and region.code in regions():
        below = [code for code in regions() if code.startswith(region.code) and code != region.code]
        return [region.code, *below][:limit]
    asked = words.asked(text)
    return _ranked(asked, _close_words)[:limit] or _ranked(asked, _like_words)[:limit]


def _ranked(asked: list[str], answering: Callable[[str], dict[str, float]]) -> list[str]:
    """Only names that answer every word; a short name answered whole stands before a long one that holds the word."""
    total: dict[_Name, float] | None = None
    for word in asked:
        part: dict[_Name, float] = {}
        for other, close in answering(word).items():
            for called in _names()[0][other]:
                part[called] = max(close, part.get(called, 0.0))
        total = (
            part if total is None else {called: total[called] + part[called] for called in total.keys() & part.keys()}
        )
        if not total:
            return []
    best: dict[str, tuple[float, int, str]] = {}
    for called, score in (total or {}).items():
        whole = 0.8 + 0.2 * min(1.0, len(asked) / called.length)
        rank = (-score * whole, called.level, called.code)
        best[called.code] = min(rank, best.get(called.code, rank))
    return [code for _score, _level, code in sorted(best.values())]


def _close_words(asked: str) -> dict[str, float]:
    # All others are strangers to `closeness`, which is slower at telling so.
    beginning, inside = words.root(asked), asked if len(asked) >= 4 else None
    near = [word for word in _names()[0] if word.startswith(beginning) or (inside and inside in word)]
    measured = ((word, words.closeness(asked, word)) for word in near)
    return {word: close for word, close in measured if close >= LEAST_CLOSE}


def _like_words(asked: str) -> dict[str, float]:
    pieces = words.trigrams(asked)
    candidates = {word for piece in pieces for word in _names()[1].get(piece, ())}
    measured = ((word, words.likeness(pieces, words.trigrams(word))) for word in candidates)
    return {word: like for word, like in measured if like >= LEAST_LIKE}
