"""Finding CPV codes by everyday words: by our own phrases (`everyday`), and by the labels of 24 languages at once.

Each word asked for is looked up in the list of all words of all labels: the word itself, its beginning, its inflected
forms, words that contain it, and if nothing fits, words that look like it. A label's score is the share of the question
that it answers, rare words counting more. SQL adds up; nothing typed by a visitor is ever part of a query's text.
"""

import re
from itertools import accumulate
from math import log

from django.db import connection

from marketplace.core.vocab import cpv, everyday, words

TYPED_CODE = re.compile(r"\s*([0-9]{2,8})(?:-?[0-9]?)?\s*")
#: A label's number is its language's place times this, plus its code's place.
LABELS_OF_A_LANGUAGE = 10_000
#: A word in so many labels ("de", "and") says nothing beside another word.
COMMON = 9_000
MOST_VARIANTS = 40
#: Enough labels per word asked for: after the closest words, those that fill the list add time and no answer.
MOST_LABELS = 6_000
#: A mere product gives way to a service or works of the same relevance: that is what most firms here offer.
PRODUCT = 0.93
LEAST_CLOSE = 0.5
LEAST_LIKE = 0.4

#: Words that begin like the one asked for, or contain it (GIN over trigrams and the primary key answer this).
VARIANTS = """
SELECT word, frequency FROM vocab_cpvword
WHERE word LIKE %(beginning)s OR (%(inside)s <> '' AND word LIKE %(inside)s)
ORDER BY word <> %(word)s, abs(length(word) - length(%(word)s)), word LIMIT 300
"""
#: Where the server takes no trigrams of a script, every word would be read to find that none is alike.
LOOKALIKES = """
SELECT word, frequency, similarity(word, %(word)s) FROM vocab_cpvword
WHERE show_trgm(%(word)s) <> '{}' AND word %% %(word)s ORDER BY 3 DESC, word LIMIT 8
"""
SCORED = """
WITH asked AS (
    SELECT * FROM unnest(%(words)s::text[], %(places)s::int[], %(weights)s::float8[]) AS asked(word, place, weight)
), answer AS (
    SELECT label, place, max(weight) AS weight
    FROM asked JOIN vocab_cpvword USING (word), unnest(labels) AS label
    WHERE %(language)s IS NULL OR label / %(labels_of_a_language)s = %(language)s
    GROUP BY label, place
), best AS (
    SELECT label AS id, sum(weight) AS weight, count(*) AS answered
    FROM answer GROUP BY label
    ORDER BY 2 DESC LIMIT 500
), label AS (
    SELECT DISTINCT ON (code_id) code_id, label, language,
        weight * (0.75 + 0.25 * least(1, answered::float8 / words))
            * CASE WHEN code_id < '45' OR code_id >= '48' AND code_id < '49' THEN %(product)s ELSE 1 END AS score
    FROM best JOIN vocab_cpvlabel USING (id)
    ORDER BY code_id, score DESC, language <> 'en', language
)
SELECT code_id, score, label, language FROM label
ORDER BY score DESC, length(rtrim(code_id, '0')), code_id LIMIT %(limit)s
"""

Hit = everyday.Hit


def cpv_hits(text: str, *, language: str | None = None, limit: int = 25) -> list[Hit]:
    """Code, relevance, and the phrase or label with its language that answered; best first, a phrase before a label."""
    typed = TYPED_CODE.fullmatch(text[: words.LONGEST_QUESTION])
    if typed and (numbered := _hits_by_number(typed.group(1), language or "en", limit)):
        return numbered
    answers = everyday.hits(text, language=language, limit=limit) if _has_phrases(language) else []
    answers += _hits_by_label(text, language, limit)
    found: dict[str, Hit] = {}
    for hit in sorted(answers, key=lambda hit: -hit[1]):
        found.setdefault(hit[0], hit)
    return list(found.values())[:limit]


def _has_phrases(language: str | None) -> bool:
    """A language that has labels alone is not answered by the phrases of others."""
    return language not in cpv.LANGUAGES or language in everyday.LANGUAGES


def _hits_by_label(text: str, language: str | None, limit: int) -> list[Hit]:
    asked = words.asked(text)
    if not asked:
        return []
    with connection.cursor() as cursor:
        variants = {place: _variants(cursor, word) for place, word in enumerate(asked)}
        weighed = _weigh(variants)
        if not weighed:
            return []
        chosen, places, weights = zip(*weighed, strict=True)
        cursor.execute(
            SCORED,
            {
                "words": list(chosen),
                "places": list(places),
                "weights": list(weights),
                "language": cpv.LANGUAGES.index(language) if language in cpv.LANGUAGES else None,
                "labels_of_a_language": LABELS_OF_A_LANGUAGE,
                "product": PRODUCT,
                "limit": limit,
            },
        )
        return cursor.fetchall()


def _hits_by_number(digits: str, language: str, limit: int) -> list[Hit]:
    shown = language if language in cpv.LANGUAGES else "en"
    found = [digits] if cpv.exists(digits) else [code for code in cpv.codes() if code.startswith(digits)]
    return [(code, 1.0, cpv.label(code, shown), shown) for code in found[:limit]]


def _variants(cursor, word: str) -> list[tuple[str, int, float]]:
    """Words of the labels that answer `word`, how frequent each is and how close; the closest first."""
    # One or two letters begin so many words that they only stand for themselves; five begin or fill a stem.
    beginning = word if len(word) < 3 else f"{words.root(word) if len(word) >= 5 else word}%"
    inside = f"%{word}%" if len(word) >= 5 else ""
    cursor.execute(VARIANTS, {"word": word, "beginning": beginning, "inside": inside})
    found = [(other, frequency, words.closeness(word, other)) for other, frequency in cursor.fetchall()]
    found = [variant for variant in found if variant[2] >= LEAST_CLOSE]
    if not found and len(word) >= 4:
        cursor.execute(LOOKALIKES, {"word": word})
        found = [(other, frequency, 0.7 * like) for other, frequency, like in cursor.fetchall() if like >= LEAST_LIKE]
    found.sort(key=lambda variant: (-variant[2], variant[0]))
    before = accumulate((frequency for _word, frequency, _close in found), initial=0)
    return [variant for variant, labels in zip(found[:MOST_VARIANTS], before, strict=False) if labels < MOST_LABELS]


def _weigh(variants: dict[int, list[tuple[str, int, float]]]) -> list[tuple[str, int, float]]:
    """(word, place in the question, weight): the weights of a question that is answered literally add up to 1."""
    frequent = {place: found[0][1] for place, found in variants.items() if found}
    telling = {place: count for place, count in frequent.items() if count < COMMON} or frequent
    # A word that no label knows still counts as asked: an answer to half of the question is half an answer.
    asked = [place for place in variants if place in telling or place not in frequent]
    rarity = {place: log(300_000 / telling.get(place, 1_000)) for place in asked}
    whole = sum(rarity.values())
    return [
        (word, place, rarity[place] / whole * close**2)
        for place in telling
        for word, _frequency, close in variants[place]
    ]
