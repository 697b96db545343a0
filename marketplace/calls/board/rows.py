"""Keeps one search row for each call that is published, or has a moment at which it will be, equal to the call.

All of it is one statement for any number of calls, as in the directory: a row is made or mended where it differs and
goes when the call is withdrawn or taken back. Repeated or cut off, it does no harm.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from marketplace.core import parallel
from marketplace.core.vocab import currency
from suppliers.directory.question import READ_IN
from suppliers.directory.rows import PER_EURO
from suppliers.directory.tokens import BUCKETS, SHARES, WIDTH, Kind

AT_ONCE = 1_000
#: In whole euro: a lot is in the first band that it does not exceed, else in one of its own; 0 is undisclosed.
VALUES = (10_000, 50_000, 250_000, 1_000_000, 5_000_000)
#: Far more than anybody reads; a vector may hold a megabyte of words and no more.
MOST_WORDS = 60_000

REFRESH = f"""
WITH wanted AS MATERIALIZED (
    SELECT call.id, call.buyer_id, call.buyer_kind, call.title, call.reference, call.description, call.language,
        call.procedure, call.route, call.currency, call.audience, call.publish_at, call.response_deadline,
        call.awarded_at, call.unsuccessful_at, call.cancelled_at, organisation.name AS buyer, organisation.country,
        CASE organisation.country WHEN 'GR' THEN 'EL' WHEN 'GB' THEN 'UK' ELSE organisation.country END::varchar
            AS home,
        ('x' || left(md5(call.id::text), 2))::bit(8)::integer AS bucket
    FROM calls_call AS call JOIN buyers_buyer AS buyer ON buyer.id = call.buyer_id
    JOIN accounts_organisation AS organisation ON organisation.id = buyer.organisation_id
    WHERE call.id = ANY(%(calls)s) AND publish_at IS NOT NULL AND withdrawn_at IS NULL
), lot AS MATERIALIZED (
    -- What is cancelled is no longer looked for, unless nothing else is left.
    SELECT call_id AS call, number, lot.title, lot.description, cpv, regions, value_from, value_to
    FROM calls_lot AS lot JOIN wanted ON wanted.id = call_id
    WHERE call_id = ANY(%(calls)s) AND (lot.cancelled_at IS NULL OR wanted.cancelled_at IS NOT NULL)
), code AS MATERIALIZED (
    SELECT DISTINCT call, unnest(cpv) AS cpv FROM lot
), read_in AS (
    SELECT id AS call, unnest(%(languages)s::text[] || left(language, 2)::text) AS language FROM wanted
), label AS MATERIALIZED (
    -- Brought to its words once, however many calls of the batch have it.
    SELECT language, cpv,
        to_tsvector('simple', directory_fold(label)) || directory_stems(language, directory_clean(label)) AS vector
    FROM (SELECT DISTINCT language, cpv FROM read_in JOIN code USING (call)) AS pair
    CROSS JOIN LATERAL (
        SELECT label FROM vocab_cpvlabel AS known
        WHERE known.code_id = cpv AND known.language = pair.language LIMIT 1
    ) AS published
), passage AS (
    SELECT id AS call, 'A'::"char" AS weight, language, title AS said FROM wanted
    UNION ALL SELECT id, 'A', 'en', reference || ' ' || buyer FROM wanted
    UNION ALL SELECT id, 'B', language, titles FROM wanted JOIN (
        SELECT call, string_agg(title, ' ' ORDER BY number) AS titles FROM lot GROUP BY call
    ) AS named ON named.call = id
    UNION ALL SELECT id, 'C', language, left(concat_ws(' ', description, told.descriptions), {MOST_WORDS})
    FROM wanted LEFT JOIN (
        SELECT call, string_agg(description, ' ' ORDER BY number) AS descriptions FROM lot GROUP BY call
    ) AS told ON told.call = id
), vector AS (
    -- In its language, and as it is written but for accents, so that it is found from other languages too.
    SELECT call, setweight(
        to_tsvector('simple', directory_fold(said)) || directory_stems(language, directory_clean(said)), weight
    ) AS vector
    FROM passage WHERE said <> ''
    UNION ALL SELECT call, setweight(directory_concat(vector ORDER BY language, cpv), 'B')
    FROM (SELECT DISTINCT call, language, cpv FROM read_in JOIN code USING (call)) AS used
    JOIN label USING (language, cpv) GROUP BY call
), worded AS (
    SELECT call, directory_concat(vector ORDER BY vector) AS text FROM vector GROUP BY call
), region AS (
    SELECT DISTINCT call, code, known.ancestors
    FROM (SELECT call, unnest(regions) AS code FROM lot) AS place LEFT JOIN vocab_nutsregion AS known USING (code)
), touched AS (
    SELECT call, code FROM region UNION SELECT call, unnest(ancestors) FROM region
    -- A call that says nothing of regions is found where its buyer is.
    UNION SELECT id, home FROM wanted WHERE NOT EXISTS (SELECT FROM region WHERE region.call = wanted.id)
), valued AS (
    SELECT DISTINCT call, CASE
        WHEN coalesce(value_to, value_from) IS NULL THEN 0
        ELSE 1 + (SELECT count(*) FROM unnest(%(values)s::bigint[]) AS band
            WHERE coalesce(value_to, value_from) > band * coalesce(minor, 100))
    END AS band
    FROM lot JOIN wanted ON wanted.id = call
    LEFT JOIN unnest(%(currencies)s::text[], %(minor_per_euro)s::numeric[]) AS rate(currency, minor) USING (currency)
), counted AS (
    SELECT id AS call, directory_token({Kind.COUNTRY}, country) AS token FROM wanted
    UNION SELECT id, directory_token({Kind.LANGUAGE}, left(language, 2)) FROM wanted
    UNION SELECT id, directory_token({Kind.BUYER}, buyer_kind) FROM wanted
    UNION SELECT id, directory_token({Kind.PROCEDURE}, procedure) FROM wanted
    UNION SELECT id, directory_token({Kind.ROUTE}, route) FROM wanted
    UNION SELECT call, {Kind.VALUE * WIDTH} + band::integer FROM valued
    UNION SELECT call, cpv::integer / 1000000 * 1000000 FROM code
), region_counted AS (
    -- A country as a whole stands for its regions: each is counted once.
    SELECT call, directory_token({Kind.WHOLE}, code) AS token FROM region WHERE length(code) = 2
    UNION SELECT call, directory_token({Kind.REGION}, code) FROM touched
    WHERE length(code) = 3 AND NOT EXISTS (
        SELECT FROM region AS whole WHERE whole.call = touched.call AND whole.code = left(touched.code, 2)
    )
), asked AS (
    SELECT * FROM counted
    UNION SELECT call, directory_token({Kind.REGION}, code) FROM touched
    UNION SELECT call, directory_token({Kind.WHOLE}, code) FROM region
    UNION SELECT call, cpv::integer / power * power
    FROM code, unnest(ARRAY[1, 10, 100, 1000, 10000, 100000]) AS power
    UNION SELECT id, {Kind.SHARE * WIDTH} + bucket / {BUCKETS // SHARES} FROM wanted
    UNION SELECT id, {Kind.SLOT * WIDTH} + bucket FROM wanted
), fresh AS (
    SELECT id AS call_id, buyer_id, audience <> 'everybody' AS is_for_members, bucket, publish_at,
        response_deadline AS deadline,
        CASE WHEN cancelled_at IS NOT NULL THEN 'cancelled' WHEN awarded_at IS NOT NULL THEN 'awarded'
            WHEN unsuccessful_at IS NOT NULL THEN 'unsuccessful' ELSE '' END AS ending,
        coalesce(offered.codes, '{{}}') AS codes, facet.facets, token.tokens, worded.text,
        repeat('.', 2048) AS ballast
    FROM wanted
    JOIN worded ON worded.call = id
    LEFT JOIN (SELECT call, array_agg(cpv::integer ORDER BY cpv) AS codes FROM code GROUP BY call) AS offered
        ON offered.call = id
    JOIN (SELECT call, array_agg(token ORDER BY token) AS tokens FROM asked GROUP BY call) AS token ON token.call = id
    JOIN (
        SELECT call, array_agg(token ORDER BY token) AS facets
        FROM (SELECT * FROM counted UNION SELECT * FROM region_counted) AS every GROUP BY call
    ) AS facet ON facet.call = id
), gone AS (
    DELETE FROM board_callrow WHERE call_id = ANY(%(calls)s) AND call_id NOT IN (SELECT id FROM wanted)
)
INSERT INTO board_callrow (
    call_id, buyer_id, is_for_members, bucket, publish_at, deadline, ending, codes, facets, tokens, text, ballast
)
SELECT call_id, buyer_id, is_for_members, bucket, publish_at, deadline, ending, codes, facets, tokens, text, ballast
FROM fresh ORDER BY call_id
ON CONFLICT (call_id) DO UPDATE SET (
    buyer_id, is_for_members, bucket, publish_at, deadline, ending, codes, facets, tokens, text
) = (
    excluded.buyer_id, excluded.is_for_members, excluded.bucket, excluded.publish_at, excluded.deadline,
    excluded.ending, excluded.codes, excluded.facets, excluded.tokens, excluded.text
)
WHERE board_callrow IS DISTINCT FROM excluded
"""  # noqa: S608  (only numbers of our own are put in)
#: A call whose row is missing, too many, or of other times, audience or ending than the call.
UNEVEN = """
SELECT coalesce(call.id, row.call_id) FROM calls_call AS call
FULL JOIN board_callrow AS row ON row.call_id = call.id
WHERE (row.call_id IS NULL) = (call.publish_at IS NOT NULL AND call.withdrawn_at IS NULL)
    OR row.publish_at <> call.publish_at OR row.deadline <> call.response_deadline
    OR row.is_for_members <> (call.audience <> 'everybody') OR row.buyer_id <> call.buyer_id
    OR row.ending <> CASE WHEN call.cancelled_at IS NOT NULL THEN 'cancelled'
        WHEN call.awarded_at IS NOT NULL THEN 'awarded' WHEN call.unsuccessful_at IS NOT NULL THEN 'unsuccessful'
        ELSE '' END
"""


@transaction.atomic
def refresh(calls: Iterable[int]) -> int:
    """Make the rows of these calls what the calls say; returns how many these are."""
    numbers = sorted(set(calls))
    with connection.cursor() as cursor:
        # Two who change one call at a time wait for each other, so that the row follows the later one.
        cursor.execute("SELECT id FROM calls_call WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [numbers])
        cursor.execute(REFRESH, _parameters(numbers))
    return len(numbers)


def parts(calls: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many at a time as one statement should make."""
    return (calls[first : first + AT_ONCE] for first in range(0, len(calls), AT_ONCE))


def uneven() -> list[int]:
    """Every call whose row does not agree with it: whatever wrote past the actions."""
    with connection.cursor() as cursor:
        cursor.execute(UNEVEN)
        return [row[0] for row in cursor.fetchall()]


def mend(progress: Callable[[int], None] | None = None) -> int:
    """Bring the rows that do not agree with their calls up to date, in batches; returns how many there were."""
    done = 0
    for number in parallel.each(refresh, parts(uneven())):
        done += number
        if progress:
            progress(number)
    return done


def _parameters(calls: list[int]) -> dict[str, Any]:
    return {
        "calls": calls,
        "languages": list(READ_IN),
        "values": list(VALUES),
        "currencies": list(PER_EURO),
        "minor_per_euro": [rate * 10 ** currency.exponent(code) for code, rate in PER_EURO.items()],
    }
