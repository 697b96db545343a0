"""A market of which the truth is known: what firms truly do and where, beside what they wrote down of it.

Trades are services of the everyday words and siblings of theirs that nobody calls by such words: near misses. Profiles
and calls name them by codes that are too broad, a neighbour's, wrong or missing, and in words of five languages. The
same seed makes the same market.
"""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

from marketplace.calls.invented import WORDS
from marketplace.core.vocab import countries, cpv, everyday, nuts
from suppliers.crowd import PEOPLE
from suppliers.trades import DETAILS, OPENINGS

LANGUAGE = {"UK": "en", "FR": "fr", "DE": "de", "ES": "es", "PT": "pt"}
SHARES = (40, 25, 15, 10, 10)
#: Some write in the language they came with; of these not all have sentences of ours around the words.
ELSEWHERE = ("en", "fr", "pt", "es", "tr", "pl", "it")
#: A call that fewer firms could serve than this says little, one that more could serve cannot show them all.
FEWEST, MOST = 3, 50
#: Nobody writes all the words of a label that has more than so many.
LONG = 3


@dataclass(frozen=True)
class Noise:
    """How often a profile or a call does not say what is true; shares of one."""

    name: str
    #: A code of a profile: of the class, group or division above, a sibling, or none at all.
    too_broad: float
    neighbour: float
    missing: float
    #: A service more that the firm does not offer.
    wrong: float
    #: Regions: the whole country, none but the address, or another one.
    region_off: float
    #: A profile in another language than its country's.
    elsewhere: float
    #: The code of a call: anything above, or a sibling; and codes of what comes along.
    call_broad: float
    call_neighbour: float
    call_more: float


LITTLE = Noise("little", 0.12, 0.04, 0.04, 0.08, 0.08, 0.05, 0.2, 0.02, 0.15)
USUAL = Noise("usual", 0.30, 0.10, 0.12, 0.25, 0.2, 0.1, 0.4, 0.05, 0.35)
MUCH = Noise("much", 0.40, 0.15, 0.22, 0.45, 0.35, 0.2, 0.6, 0.08, 0.5)


@dataclass(frozen=True)
class Trade:
    """A code that has no other trade below it, and ways to say it by language, the published label last."""

    code: str
    phrases: dict[str, tuple[str, ...]]

    def said(self, random: Random, language: str) -> str:
        """In everyday words rather than the label where there are any; of a long label not every word."""
        *own, label = self.phrases[language]
        if own and random.random() < 0.6:
            return random.choice(own)
        words = label.lower().split()
        return " ".join(word for word in words if len(words) <= LONG or random.random() > 0.15)


@dataclass(frozen=True)
class Firm:
    """What is true of it, and what it wrote: services are (code, own words)."""

    trades: frozenset[str]
    areas: tuple[str, ...]
    is_all_over_europe: bool
    country: str
    language: str
    summary: str
    services: tuple[tuple[str, str], ...]
    regions: tuple[str, ...]
    based_in: str


@dataclass(frozen=True)
class Ask:
    """A call with one lot, and the places in the list of firms of those who could truly serve it."""

    trade: str
    country: str
    language: str
    title: str
    description: str
    codes: tuple[str, ...]
    regions: tuple[str, ...]
    truths: frozenset[int]


@dataclass(frozen=True)
class World:
    firms: tuple[Firm, ...]
    asks: tuple[Ask, ...]


def make(seed: int, firms: int, calls: int, noise: Noise) -> World:
    random = Random(f"{seed}:{noise.name}")
    market = _Market(random)
    made = tuple(_firm(random, market, noise) for _number in range(firms))
    doing: dict[str, list[int]] = {}
    for place, firm in enumerate(made):
        for code in firm.trades:
            doing.setdefault(code, []).append(place)
    return World(made, tuple(_asks(random, market, noise, made, doing, calls)))


class _Market:
    """Few trades are common; which ones, every seed deals anew."""

    def __init__(self, random: Random) -> None:
        self.trades = list(trades())
        random.shuffle(self.trades)
        self._weights = list(accumulate(1 / (rank + 6) for rank in range(len(self.trades))))
        self._near: dict[str, list[Trade]] = {}
        for trade in self.trades:
            self._near.setdefault(trade.code[:2], []).append(trade)

    def drawn(self, random: Random) -> Trade:
        return self.trades[bisect(self._weights, random.random() * self._weights[-1])]

    def near(self, random: Random, trade: Trade) -> Trade:
        """Another of the same division, where there is one."""
        return random.choice(self._near[trade.code[:2]])


@cache
def trades() -> tuple[Trade, ...]:
    spoken = {codes[0]: phrases for codes, phrases in everyday.services() if cpv.level(codes[0]) >= 3}
    apart = [code for code in spoken if not any(cpv.is_descendant(other, code) for other in spoken)]
    siblings = [code for code in map(_sibling, apart) if code and code not in spoken]
    named = sorted({*apart, *siblings})
    phrases: dict[str, dict[str, tuple[str, ...]]] = {code: {} for code in named}
    # Language by language: only some lists of labels stay in memory.
    for language in sorted({*LANGUAGE.values(), *ELSEWHERE, *WORDS}):
        for code in named:
            phrases[code][language] = (*spoken.get(code, {}).get(language, ()), cpv.label(code, language))
    return tuple(Trade(code, phrases[code]) for code in named)


def _sibling(code: str) -> str:
    """The one after it in the same branch that has nothing below it."""
    above = cpv.parent(code)
    others = [other for other in cpv.children(above) if not cpv.children(other)] if above else []
    later = [other for other in others if other > code] or [other for other in others if other != code]
    return later[0] if later else ""


# --- Firms ----------------------------------------------------------------------------------------------------------


def _firm(random: Random, market: _Market, noise: Noise) -> Firm:
    land = random.choices(tuple(LANGUAGE), weights=SHARES)[0]
    language = random.choice(ELSEWHERE) if random.random() < noise.elsewhere else LANGUAGE[land]
    done = [market.drawn(random)]
    for _more in range(random.choices((0, 1, 2, 3), weights=(35, 35, 20, 10))[0]):
        done.append(market.near(random, done[0]) if random.random() < 0.6 else market.drawn(random))
    home = _home(random, land)
    areas, everywhere = _areas(random, home), random.random() < 0.02
    return Firm(
        trades=frozenset(trade.code for trade in done),
        areas=areas,
        is_all_over_europe=everywhere,
        country=countries.EUROPEAN_TO_ISO.get(land, land),
        language=language,
        summary=_summary(random, done, language),
        services=tuple(_services(random, market, noise, done, language)),
        regions=() if everywhere else _written_regions(random, noise, areas, home),
        based_in=home,
    )


def _services(
    random: Random, market: _Market, noise: Noise, done: list[Trade], language: str
) -> Iterator[tuple[str, str]]:
    written: dict[str, str] = {}
    for trade in done:
        if code := _written_code(random, noise, trade.code):
            written[code] = trade.said(random, language) if random.random() < 0.4 else ""
    if random.random() < noise.wrong:
        written.setdefault(market.drawn(random).code, "")
    yield from written.items()


def _written_code(random: Random, noise: Noise, code: str) -> str:
    """What the firm chose in the list for what it does; empty where it found nothing."""
    chance = random.random()
    if chance < noise.missing:
        return ""
    if chance < noise.missing + noise.neighbour:
        return _sibling(code) or code
    if chance < noise.missing + noise.neighbour + noise.too_broad:
        return random.choices((cpv.ancestors(code) or (code,))[::-1], weights=(5, 3, 2, 1, 1, 1, 1)[: _depth(code)])[0]
    return code


def _depth(code: str) -> int:
    return len(cpv.ancestors(code)) or 1


def _summary(random: Random, done: list[Trade], language: str) -> str:
    told = [trade for trade in done if random.random() < 0.8] or done[:1]
    work = ", ".join(trade.said(random, language) for trade in told)
    if language not in OPENINGS:
        return work
    slots = {
        "work": work,
        "name": "X",
        "town": "X",
        "people": random.randint(2, 60),
        "year": random.randint(1990, 2024),
    }
    sentences = (random.choice(OPENINGS[language]), *random.sample(DETAILS[language], 2))
    return " ".join(sentence.format(**slots) for sentence in sentences)


# --- Places ---------------------------------------------------------------------------------------------------------


@cache
def _below(code: str, level: int) -> tuple[str, ...]:
    return tuple(
        region.code
        for region in nuts.regions().values()
        if region.level == level and not region.is_extra and nuts.is_within(region.code, code)
    )


def _home(random: Random, land: str) -> str:
    large = {code: people for code, people in PEOPLE.items() if code[:2] == land}
    return random.choice(_below(random.choices(tuple(large), weights=tuple(large.values()))[0], 3))


def _areas(random: Random, home: str) -> tuple[str, ...]:
    """Where a firm truly works: the country, its large region or the smaller ones, or several."""
    above = nuts.ancestors(home)
    own = random.choices((*above, home), weights=(30, 35, 25, 10))[0]
    more = random.choice(_below(above[0], 1)) if len(own) == 3 and random.random() < 0.4 else own
    return tuple(dict.fromkeys((own, more)))


def _written_regions(random: Random, noise: Noise, areas: tuple[str, ...], home: str) -> tuple[str, ...]:
    if random.random() >= noise.region_off:
        return areas
    country = nuts.ancestors(home)[0]
    return random.choice(((country,), (), (random.choice(_below(country, 1)),)))


def _touches(firm: Firm, regions: tuple[str, ...]) -> bool:
    return firm.is_all_over_europe or any(
        nuts.is_within(one, other) or nuts.is_within(other, one) for one in firm.areas for other in regions
    )


# --- Calls ----------------------------------------------------------------------------------------------------------


def _asks(
    random: Random, market: _Market, noise: Noise, firms: tuple[Firm, ...], doing: dict[str, list[int]], wanted: int
) -> Iterator[Ask]:
    made = 0
    while made < wanted:
        trade, land = market.drawn(random), random.choices(tuple(LANGUAGE), weights=SHARES)[0]
        home = _home(random, land)
        region = random.choices((*nuts.ancestors(home), home), weights=(10, 20, 25, 45))[0]
        truths = frozenset(place for place in doing.get(trade.code, ()) if _touches(firms[place], (region,)))
        if FEWEST <= len(truths) <= MOST:
            made += 1
            yield _ask(random, market, noise, trade, land, region, truths)


def _ask(
    random: Random, market: _Market, noise: Noise, trade: Trade, land: str, region: str, truths: frozenset[int]
) -> Ask:
    language = random.choice(tuple(WORDS)) if random.random() < noise.elsewhere else LANGUAGE[land]
    work, again = trade.said(random, language), trade.said(random, language)
    town = nuts.name(region, language)
    pattern, need = random.choice(WORDS[language].titles), random.choice(WORDS[language].needs)
    further = random.sample(WORDS[language].further, 2)
    return Ask(
        trade=trade.code,
        country=countries.EUROPEAN_TO_ISO.get(land, land),
        language=language,
        title=pattern.format(work=work, Work=work[:1].upper() + work[1:], town=town, buyer="Northmoor")[:200],
        description=" ".join([need.format(work=again, town=town, buyer="Northmoor"), *further]),
        codes=_asked_codes(random, market, noise, trade),
        # A call for the whole country may as well say nothing of where.
        regions=() if len(region) == 2 and random.random() < 0.5 else (region,),
        truths=truths,
    )


def _asked_codes(random: Random, market: _Market, noise: Noise, trade: Trade) -> tuple[str, ...]:
    chance, above = random.random(), cpv.ancestors(trade.code)
    main = trade.code
    if chance < noise.call_neighbour:
        main = _sibling(trade.code) or trade.code
    elif chance < noise.call_neighbour + noise.call_broad and above:
        # Officers like the division as much as all that lies between.
        main = above[0] if random.random() < 0.4 else random.choice(above)
    more = [market.near(random, trade).code] if random.random() < noise.call_more else []
    return tuple(dict.fromkeys([main, *more]))
