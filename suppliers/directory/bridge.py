"""From one language to another by way of the CPV: what the words asked for are called in the published labels."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.core.cache import cache
from django.db import connection

from marketplace.core.vocab import cpv, words
from marketplace.core.vocab.search import cpv_hits
from suppliers.directory.question import Words, read_in

#: A label this relevant answers every word asked for, not just some of them.
STRONG = 0.72
#: Others nearly as good stand beside the best one.
NEARLY = 0.03
MOST = 3
KEPT_FOR = 24 * 3600
#: A word that one of the languages merely joins others with ("the", "le", "der"), as it was typed: "thé" is none.
TELLING = """
SELECT EXISTS (
    SELECT FROM unnest(%(words)s::text[]) AS word
    WHERE NOT EXISTS (
        SELECT FROM unnest(%(languages)s::text[]) AS language
        WHERE numnode(plainto_tsquery(directory_config(language), word)) = 0
    )
)
"""


@dataclass(frozen=True, slots=True)
class Bridge:
    """`asked` was typed, `language` is that of the label which answered; `label` is in the language of the page."""

    code: str
    label: str
    language: str
    asked: str


def bridges(asked: Words, language: str) -> list[Bridge]:
    """The services that the words name, where the profiles' own words would not show it.

    A question with quotes or refused words means its words literally, and a number is no word.
    """
    folded = words.asked(asked.wanted)
    if not asked.is_plain or not any(len(word) > 2 and not word.isdigit() for word in folded):
        return []
    typed, languages = tuple(asked.wanted.lower().split()), tuple(sorted(read_in(language)))
    return [
        Bridge(code, cpv.label(code, language), matched_language, asked.wanted)
        for code, matched_language in _strong_hits(tuple(folded), typed, languages)
    ]


@lru_cache(5_000)
def _strong_hits(folded: tuple[str, ...], typed: tuple[str, ...], languages: tuple[str, ...]) -> list[tuple[str, str]]:
    """Kept in the process, and for all processes in the cache: the labels change with a release alone."""
    key = "directory:bridge:" + hashlib.sha256("|".join((*typed, *languages)).encode()).hexdigest()
    if (kept := cache.get(key)) is None:
        kept = _choose(list(folded)) if _is_telling(typed, languages) else []
        cache.set(key, kept, KEPT_FOR)
    return kept


def _is_telling(typed: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TELLING, {"words": list(typed), "languages": list(languages)})
        return cursor.fetchone()[0]


def _choose(folded: list[str]) -> list[tuple[str, str]]:
    hits = cpv_hits(" ".join(folded), limit=12)
    if not hits or hits[0][1] < STRONG:
        return []
    best = hits[0][1]
    near = [(code, language) for code, relevance, _label, language in hits if relevance >= best - NEARLY]
    chosen: list[tuple[str, str]] = []
    for code, language in sorted(near, key=lambda hit: cpv.level(hit[0])):
        is_known = any(cpv.is_descendant(code, of) for of, _language in chosen)
        if not is_known and not _says(cpv.label(code), folded):
            chosen.append((code, language))
    return chosen[:MOST]


def _says(label: str, folded: Iterable[str]) -> bool:
    """Whether the English label, which every profile of the code is found by, has the words itself."""
    own = words.split(label)
    return all(any(words.closeness(word, other) >= 0.8 for other in own) for word in folded)
