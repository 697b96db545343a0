"""How people write the stems that a call and a firm have in common."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import get_language

from marketplace.calls.models import Call, Lot

#: Every word of what is said, with the stems that the directory makes of it: as the call says it first, then as the
#: labels of its main codes do, those of the reader's language before the others.
WORDS = """
WITH said AS (
    SELECT 0 AS place, %(language)s::text AS language, said FROM unnest(%(titles)s::text[]) AS said
    UNION ALL
    SELECT CASE language WHEN %(reader)s THEN 1 WHEN 'en' THEN 2 ELSE 3 END, language, label
    FROM vocab_cpvlabel WHERE code_id = ANY(%(codes)s)
), word AS (
    SELECT place, language, word
    FROM said, regexp_split_to_table(directory_clean(said), ' ') AS word
), stemmed AS (
    SELECT place, word, tsvector_to_array(
        directory_stems(language, word) || to_tsvector('simple', directory_fold(word))
    ) AS stems
    FROM word
)
SELECT DISTINCT ON (stem) stem, word
FROM stemmed, unnest(stems) AS stem
WHERE stem = ANY(%(stems)s)
ORDER BY stem, place, length(word), word
"""


def written(call: Call, lots: Sequence[Lot], stems: Iterable[str]) -> dict[str, str]:
    """For each stem a word of the call, or of what its codes are called; one query, none without stems."""
    wanted = sorted(set(stems))
    if not wanted:
        return {}
    given: dict[str, Any] = {
        "language": call.language,
        "titles": [call.title, *(lot.title for lot in lots)],
        "reader": (get_language() or "en").split("-")[0],
        "codes": sorted({lot.cpv[0] for lot in lots if lot.cpv}),
        "stems": wanted,
    }
    with connection.cursor() as cursor:
        cursor.execute(WORDS, given)
        return dict(cursor.fetchall())
