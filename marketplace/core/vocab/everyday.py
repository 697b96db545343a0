"""What small firms say they do, in eight languages, and the CPV codes of it: `data/everyday.txt`.

The labels of the Regulation are made for lawyers; these phrases are made for bakers. They are read once and searched in
memory: no more than a few thousand, and no query is spent on them. `search.cpv_hits` puts both together.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import log

from marketplace.core.vocab import cpv, files, words

LANGUAGES = ("en", "fr", "tr", "ar", "pt", "pl", "es", "it")
#: Words that join others, and those that every trade could say, tell nothing beside others; a question of nothing
#: else is answered by phrases of nothing else (Turkish "et" is meat).
# fmt: off
JOINING = frozenset((
    "a", "al", "and", "at", "by", "con", "d", "da", "das", "de", "dei", "del", "della", "des", "di", "do", "du", "e",
    "ed", "em", "en", "et", "for", "i", "in", "into", "l", "la", "las", "le", "les", "of", "on", "or", "os", "para",
    "per", "pour", "ve", "w", "z", "za",
    "service", "services", "servico", "servicos", "servicio", "servicios", "servizio", "servizi", "uslugi", "hizmeti",
    "hizmetleri", "خدمات", "خدمه",
))
# fmt: on
UNKNOWN_RARITY = 5.0
LEAST_CLOSE = 0.5
LEAST_LIKE = 0.4
#: A service's second code is a little less what was meant than its first.
NEXT_CODE = 0.97
#: The same words in another order are nearly the same ("home care", "care home").
OTHER_ORDER = 0.99
PRODUCT = 0.93

Hit = tuple[str, float, str, str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say what a firm does, with its words as they are compared."""

    text: str
    language: str
    codes: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def telling(self) -> tuple[str, ...]:
        return _telling(self.words)


@dataclass(frozen=True, slots=True)
class _Index:
    phrases: tuple[Phrase, ...]
    by_word: dict[str, tuple[int, ...]]
    in_order: tuple[str, ...]
    by_piece: dict[str, tuple[str, ...]]
    pieces: dict[str, int]


@cache
def services() -> tuple[tuple[tuple[str, ...], dict[str, tuple[str, ...]]], ...]:
    """Of each service its codes, best first, and its phrases by language."""
    blocks = (files.FOLDER / "everyday.txt").read_text(encoding="utf-8").split("\n\n")
    found = []
    for block in blocks:
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            spoken = (line.partition(" ") for line in lines[1:])
            found.append(
                (
                    tuple(lines[0].split()),
                    {language: tuple(text.strip() for text in texts.split(",")) for language, _, texts in spoken},
                )
            )
    return tuple(found)


def _telling(own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in own if word not in JOINING) or own


def plain(word: str) -> str:
    """A folded word without the article that Arabic writes in front of it."""
    return word[2:] if word.startswith("ال") and len(word) >= 5 else word


@cache
def _index() -> _Index:
    phrases: list[Phrase] = []
    by_word: defaultdict[str, list[int]] = defaultdict(list)
    by_piece: defaultdict[str, list[str]] = defaultdict(list)
    for codes, spoken in services():
        for language, texts in spoken.items():
            for text in texts:
                own = tuple(dict.fromkeys(plain(word) for word in words.split(text)))
                for word in own:
                    by_word[word].append(len(phrases))
                phrases.append(Phrase(text, language, codes, own))
    pieces = {word: words.trigrams(word) for word in by_word}
    for word, own_pieces in pieces.items():
        for piece in own_pieces:
            by_piece[piece].append(word)
    return _Index(
        tuple(phrases),
        {word: tuple(places) for word, places in by_word.items()},
        tuple(sorted(by_word)),
        {piece: tuple(each) for piece, each in by_piece.items()},
        {word: len(own_pieces) for word, own_pieces in pieces.items()},
    )


def hits(text: str, *, language: str | None = None, limit: int = 25) -> list[Hit]:
    """Code, relevance (1: the very phrase), and the phrase with its language that answered; best first."""
    asked = tuple(dict.fromkeys(plain(word) for word in words.asked(text)))
    answering = {word: _close(word) for word in _telling(asked)}
    if not any(answering.values()):
        return []
    found: dict[str, Hit] = {}
    for phrase, score in _scored(asked, answering):
        if language in LANGUAGES and phrase.language != language:
            continue
        for code, relevance in _each_code(phrase, score):
            if code not in found or relevance > found[code][1]:
                found[code] = (code, relevance, phrase.text, phrase.language)
    return sorted(found.values(), key=lambda hit: (-hit[1], hit[0]))[:limit]


def _scored(asked: tuple[str, ...], answering: dict[str, dict[str, float]]) -> Iterator[tuple[Phrase, float]]:
    """Each phrase that holds a word of the question: the share that it answers, rare words counting more."""
    rarity = {word: _rarity(close) for word, close in answering.items()}
    whole = sum(rarity.values())
    weight: defaultdict[int, float] = defaultdict(float)
    answered: Counter[int] = Counter()
    for word, close in answering.items():
        for place, closeness in _best_of_each_phrase(close).items():
            weight[place] += rarity[word] / whole * closeness**2
            answered[place] += 1
    for place, share in weight.items():
        phrase = _index().phrases[place]
        telling = phrase.telling
        if JOINING.isdisjoint(answering) or not JOINING.isdisjoint(telling):
            filled = min(1.0, answered[place] / len(telling))
            order = 1.0 if phrase.words == asked else OTHER_ORDER
            yield phrase, round(share * (0.75 + 0.25 * filled) * order, 6)


def _close(word: str) -> dict[str, float]:
    """Words of the phrases that answer `word` and how close each is; its likenesses when there is none."""
    index = _index()
    if len(word) < 3:
        return {word: 1.0} if word in index.by_word else {}
    beginning = words.root(word) if len(word) >= 5 else word
    start = bisect_left(index.in_order, beginning)
    end = bisect_left(index.in_order, beginning + "\U0010ffff")
    measured = {other: words.closeness(word, other) for other in index.in_order[start:end]}
    found = {other: close for other, close in measured.items() if close >= LEAST_CLOSE}
    return found or (_alike(word) if len(word) >= 4 else {})


def _alike(word: str) -> dict[str, float]:
    index, pieces = _index(), words.trigrams(word)
    common = Counter(other for piece in pieces for other in index.by_piece.get(piece, ()))
    measured = {other: count / (len(pieces) + index.pieces[other] - count) for other, count in common.items()}
    return {other: 0.7 * like for other, like in measured.items() if like >= LEAST_LIKE}


def _rarity(close: dict[str, float]) -> float:
    if not close:
        return UNKNOWN_RARITY
    index = _index()
    nearest = max(close, key=lambda other: (close[other], other))
    return log(2 * len(index.phrases) / len(index.by_word[nearest]))


def _best_of_each_phrase(close: dict[str, float]) -> dict[int, float]:
    best: dict[int, float] = {}
    for other, closeness in close.items():
        for place in _index().by_word[other]:
            best[place] = max(closeness, best.get(place, 0.0))
    return best


def _each_code(phrase: Phrase, score: float) -> list[tuple[str, float]]:
    """The relevance of each code of a phrase; an answer in part prefers services and works to mere products."""
    return [
        (code, score * NEXT_CODE**place * (PRODUCT if score < OTHER_ORDER and cpv.kind(code) == "supplies" else 1.0))
        for place, code in enumerate(phrase.codes)
    ]
