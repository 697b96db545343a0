"""The words that the public profiles are written in: for typing errors, and for suggestions while somebody types."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from marketplace.core.vocab import cpv, words
from marketplace.core.vocab.search import cpv_hits
from suppliers.directory.patience import GivenUp, Patience
from suppliers.directory.question import Words

#: A word less like the one typed is another word.
LEAST_LIKE = 0.4
#: Beyond so many profiles, what they say is counted in a share of them.
COUNTED_WHOLE = 60_000
#: Milliseconds for finding a name like the one typed, which among a million can take long.
NAME_WITHIN = "400"
#: A label less relevant than this answers a part of what was typed.
LEAST_RELEVANT = 0.5


@dataclass(frozen=True, slots=True)
class Among:
    """What another wording shall find: a statement of its `words`, one of a name like what was `typed`, and what both
    want to know beside."""

    finds: str
    like_a_name: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` is "service" (with its CPV `code`), "word" or "name"."""

    kind: str
    text: str
    code: str = ""


MAKE = """
WITH public AS MATERIALIZED (
    SELECT supplier_id AS id FROM directory_searchrow WHERE NOT is_for_members
), share AS (
    SELECT greatest(1, ceil(count(*) / %(most)s::numeric)) AS factor FROM public
), chosen AS MATERIALIZED (
    SELECT id FROM public, share WHERE id %% factor = 0
), named AS (
    SELECT word, count(*) AS number FROM (
        SELECT DISTINCT supplier_id, word
        FROM directory_searchrow, unnest(string_to_array(plain_name, ' ')) AS word WHERE NOT is_for_members
    ) AS own GROUP BY word
), spoken AS (
    SELECT summary_language AS language, supplier.id, directory_fold(summary) AS said
    FROM suppliers_supplier AS supplier JOIN chosen USING (id)
    UNION ALL SELECT language, supplier_id, directory_fold(told.summary)
    FROM suppliers_suppliertext AS told JOIN chosen ON chosen.id = supplier_id
), written AS (
    SELECT id, said FROM spoken
    UNION ALL SELECT chosen.id, directory_fold(words) FROM suppliers_capability JOIN chosen ON chosen.id = supplier_id
), told AS (
    SELECT word, (count(*) * (SELECT factor FROM share))::integer AS number FROM (
        SELECT DISTINCT id, word FROM written, unnest(string_to_array(said, ' ')) AS word
    ) AS own GROUP BY word
), labelled AS (
    SELECT word, (sum(number) * (SELECT factor FROM share))::integer AS number
    FROM (
        SELECT language, cpv, count(*) AS number FROM (SELECT DISTINCT left(language, 2) AS language, id FROM spoken
            UNION SELECT 'en', id FROM chosen) AS own
        JOIN suppliers_capability ON supplier_id = own.id GROUP BY language, cpv
    ) AS used JOIN vocab_cpvlabel AS label ON label.language = used.language AND code_id = cpv,
        LATERAL (SELECT DISTINCT unnest(string_to_array(directory_fold(label), ' ')) AS word) AS part
    GROUP BY word
)
INSERT INTO directory_word (word, in_names, profiles)
SELECT word, coalesce(sum(number) FILTER (WHERE is_name), 0), least(2000000000, sum(number))
FROM (
    SELECT word, number, true AS is_name FROM named
    UNION ALL SELECT word, number, false FROM told
    UNION ALL SELECT word, number, false FROM labelled
) AS every
WHERE length(word) BETWEEN 3 AND 60 GROUP BY word
"""
#: A word that many write is meant rather than one that few write, if it looks as much like the one typed. What a
#: server takes no trigrams of, as of some scripts, is like nothing: it need not read every word to find that.
NEAREST = """
SELECT asked.word, EXISTS (SELECT FROM directory_word AS own WHERE own.word = asked.word), near.word
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked(word, place)
LEFT JOIN LATERAL (
    SELECT other.word FROM directory_word AS other
    WHERE show_trgm(asked.word) <> '{}' AND other.word %% asked.word AND other.word <> asked.word
        AND similarity(other.word, asked.word) >= %(least)s
    ORDER BY similarity(other.word, asked.word) * ln(2 + other.profiles) DESC, other.word LIMIT 1
) AS near ON true
ORDER BY place
"""
LIKE_A_NAME = """
SELECT organisation.name FROM accounts_organisation AS organisation
JOIN suppliers_supplier AS supplier ON supplier.organisation_id = organisation.id
JOIN directory_searchrow AS row ON row.supplier_id = supplier.id
WHERE show_trgm(%(typed)s) <> '{}' AND %(typed)s <%% immutable_unaccent(lower(name))
    AND (%(is_member)s OR NOT row.is_for_members)
ORDER BY word_similarity(%(typed)s, immutable_unaccent(lower(name))) DESC, supplier.id LIMIT 1
"""
FINDS = "SELECT EXISTS (SELECT FROM directory_searchrow WHERE text @@ directory_query(%(words)s, '', '{en}'))"
BEGINNING = """
(SELECT 'word', word FROM directory_word WHERE word LIKE %(beginning)s AND profiles > 1
ORDER BY profiles DESC, word LIMIT %(limit)s)
UNION ALL
(SELECT 'name', name FROM directory_searchrow AS row
JOIN suppliers_supplier AS supplier ON supplier.id = row.supplier_id
JOIN accounts_organisation AS organisation ON organisation.id = supplier.organisation_id
WHERE plain_name LIKE %(phrase)s AND NOT is_for_members ORDER BY plain_name LIMIT %(limit)s)
"""


@transaction.atomic
def make_lexicon() -> int:
    """Count the words anew; returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE directory_word IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM directory_word")
        cursor.execute(MAKE, {"most": COUNTED_WHOLE})
        return cursor.rowcount


def profiles(is_member: bool) -> Among:
    return Among(FINDS, LIKE_A_NAME, {"is_member": is_member})


def did_you_mean(asked: Words, patience: Patience, among: Among) -> str:
    """Another wording that finds something, or nothing: words nobody writes become the nearest that somebody does."""
    typed = words.asked(asked.wanted)
    found = patience.ask(NEAREST, {"words": typed, "least": LEAST_LIKE})
    nearest = [word if is_known or other is None else other for word, is_known, other in found]
    wording = " ".join(nearest)
    if nearest != typed and patience.ask(among.finds, among.parameters | {"words": wording})[0][0]:
        return wording
    if all(is_known for _word, is_known, _other in found):
        return ""
    return _name_like(" ".join(typed), patience, among)


def _name_like(typed: str, patience: Patience, among: Among) -> str:
    try:
        named = patience.ask(among.like_a_name, among.parameters | {"typed": typed}, statement_timeout=NAME_WITHIN)
    except GivenUp:
        return ""
    return named[0][0] if named else ""


def suggest(typed: str, language: str, limit: int = 8) -> list[Suggestion]:
    """What the beginning of a word or name may become: services first, then words, then names of public profiles."""
    asked = words.asked(typed)
    phrase = " ".join(asked)
    if len(phrase) < 2:
        return []
    shown = language.split("-")[0]
    hits = [hit for hit in cpv_hits(phrase, limit=3 * limit) if hit[1] >= LEAST_RELEVANT]
    # What stands in the language of the page was meant, unless nothing there begins so.
    near = [hit for hit in hits if hit[3] == shown] or hits
    services = [Suggestion("service", cpv.label(hit[0], shown), hit[0]) for hit in near[: limit // 2]]
    with Patience() as patience:
        rows = patience.ask(BEGINNING, {"beginning": f"{asked[-1]}%", "phrase": f"{phrase}%", "limit": limit})
    ahead = " ".join(asked[:-1])
    found = [Suggestion(kind, f"{ahead} {text}".strip() if kind == "word" else text) for kind, text in rows]
    of_words = [each for each in found if each.kind == "word" and each.text != phrase]
    of_names = [each for each in found if each.kind == "name"]
    room = limit - len(services)
    names = of_names[: max(2, room - len(of_words))]
    return [*services, *of_words[: room - len(names)], *names][:limit]
