"""Keeps one search row per listed supplier equal to what the profile says.

All of it is one statement for any number of suppliers: a row is made or mended where it differs and goes when the
supplier is no longer listed. Repeated or cut off, it does no harm.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from marketplace.core import parallel
from marketplace.core.vocab import currency
from suppliers.directory.tokens import BUCKETS, EUROPE, SHARES, WIDTH, Kind

AT_ONCE = 2_000
#: In whole euro: "has handled a contract of at least so much".
CAPACITIES = (10_000, 50_000, 250_000, 1_000_000, 5_000_000)
#: How many units of a currency make about one euro. Rounded, and only for sorting into the wide bands above: no
#: amount is ever shown or reckoned with them.
# fmt: off
PER_EURO = {
    "EUR": 1, "GBP": 0.85, "AED": 4, "ALL": 100, "AMD": 430, "AUD": 1.7, "AZN": 1.9, "BAM": 1.96, "BGN": 1.96,
    "BHD": 0.42, "BRL": 6, "CAD": 1.5, "CHF": 0.95, "CLP": 1_050, "CNY": 8, "CZK": 25, "DKK": 7.5, "DZD": 150,
    "EGP": 55, "GEL": 3, "HKD": 8.7, "HRK": 7.5, "HUF": 400, "IDR": 18_000, "ILS": 4, "INR": 95, "IQD": 1_450,
    "ISK": 145, "JOD": 0.8, "JPY": 165, "KRW": 1_550, "KWD": 0.34, "MAD": 10.7, "MDL": 20, "MKD": 61.5, "MXN": 21,
    "MYR": 4.8, "NGN": 1_700, "NOK": 11.7, "NZD": 1.9, "PHP": 65, "PKR": 310, "PLN": 4.3, "RON": 5, "RSD": 117,
    "SAR": 4.2, "SEK": 11.2, "SGD": 1.45, "THB": 38, "TND": 3.4, "TRY": 45, "UAH": 46, "USD": 1.1, "VND": 28_000,
    "XAF": 656, "XOF": 656, "ZAR": 20,
}
# fmt: on
#: After so many days without a word from the firm a profile counts as stale, as Supplier.is_stale has it.
FRESH_FOR = 366

REFRESH = f"""
WITH wanted AS MATERIALIZED (
    SELECT supplier.*, organisation.name, organisation.country,
        ('x' || left(md5(supplier.id::text), 2))::bit(8)::integer AS bucket,
        supplier.confirmed_on IS NULL OR supplier.confirmed_on < %(today)s - {FRESH_FOR} AS is_stale
    FROM suppliers_supplier AS supplier JOIN accounts_organisation AS organisation
        ON organisation.id = supplier.organisation_id
    WHERE supplier.id = ANY(%(suppliers)s)
        AND listed_at IS NOT NULL AND hidden_at IS NULL AND suspended_at IS NULL
), said AS (
    SELECT id AS supplier, summary_language AS language, summary FROM wanted
    UNION ALL
    SELECT supplier_id, language, told.summary
    FROM suppliers_suppliertext AS told JOIN wanted ON wanted.id = supplier_id
), spoken AS (
    SELECT DISTINCT supplier, left(language, 2) AS language FROM said UNION SELECT id, 'en' FROM wanted
), capability AS MATERIALIZED (
    SELECT supplier_id AS supplier, cpv, words, capability.regions
    FROM suppliers_capability AS capability JOIN wanted ON wanted.id = supplier_id
    -- Said again for the planner, which would else read the services of all suppliers for thousands of them.
    WHERE supplier_id = ANY(%(suppliers)s)
), label AS MATERIALIZED (
    -- Brought to its words once, however many firms of the batch have it. The limit keeps the planner from reading all
    -- 216,000 labels for a handful.
    SELECT language, cpv, folded, cleaned, to_tsvector('simple', folded) AS literal,
        directory_stems(language, cleaned) AS stems,
        -- Whether words that follow count from its end: a particle at the end is counted in a text, not in a vector.
        to_tsvector(directory_config(language), substring(cleaned FROM '[^ ]*$')) <> '' AS is_whole
    FROM (SELECT DISTINCT language, cpv FROM spoken JOIN capability USING (supplier)) AS pair
    CROSS JOIN LATERAL (
        SELECT directory_fold(label) AS folded, directory_clean(label) AS cleaned
        FROM vocab_cpvlabel AS known WHERE known.code_id = cpv AND known.language = pair.language LIMIT 1
    ) AS published
), labelled AS (
    SELECT supplier, CASE WHEN bool_and(is_whole)
        THEN directory_concat(literal ORDER BY cpv) || directory_concat(stems ORDER BY cpv)
        ELSE to_tsvector('simple', string_agg(folded, ' ' ORDER BY cpv))
            || directory_stems(language, string_agg(cleaned, ' ' ORDER BY cpv)) END AS vector
    FROM spoken JOIN capability USING (supplier) JOIN label USING (language, cpv)
    GROUP BY supplier, language
), offered AS (
    SELECT supplier, string_agg(words, ' ' ORDER BY cpv) AS words, array_agg(cpv::integer ORDER BY cpv) AS codes
    FROM capability GROUP BY supplier
), passage AS (
    SELECT id AS supplier, 'A'::"char" AS weight, summary_language AS language, name AS said FROM wanted
    UNION ALL SELECT supplier, 'B', language, words FROM said JOIN offered USING (supplier)
    UNION ALL SELECT supplier, 'C', language, summary FROM said
), cleaned AS MATERIALIZED (
    SELECT *, directory_clean(said) AS cleaned FROM passage WHERE said <> ''
), vector AS (
    -- In its language, and as it is written but for accents, so that it is found from other languages too.
    SELECT supplier, setweight(
        to_tsvector('simple', CASE WHEN octet_length(said) = length(said) THEN cleaned ELSE directory_fold(said) END)
            || directory_stems(language, cleaned), weight
    ) AS vector
    FROM cleaned
    UNION ALL SELECT supplier, setweight(vector, 'B') FROM labelled
), worded AS (
    SELECT supplier, directory_concat(vector ORDER BY vector) AS text FROM vector GROUP BY supplier
), region AS (
    SELECT supplier, code, known.ancestors
    FROM (
        SELECT id AS supplier, unnest(regions) AS code FROM wanted
        UNION SELECT supplier, unnest(regions) FROM capability
    ) AS served LEFT JOIN vocab_nutsregion AS known USING (code)
), touched AS (
    SELECT supplier, code FROM region UNION SELECT supplier, unnest(ancestors) FROM region
    -- Who says nothing of regions is found where it is: in its region, else in its country.
    UNION SELECT id, unnest(home || coalesce(known.ancestors, '{{}}') || coalesce(nullif(based_in, ''), home))
    FROM wanted
    CROSS JOIN LATERAL (
        SELECT CASE country WHEN 'GR' THEN 'EL' WHEN 'GB' THEN 'UK' ELSE country END::varchar AS home
    ) AS here
    LEFT JOIN vocab_nutsregion AS known ON known.code = based_in
    WHERE NOT serves_europe AND NOT EXISTS (SELECT FROM region WHERE region.supplier = wanted.id)
), paper AS (
    SELECT supplier_id AS supplier, directory_token({Kind.DOCUMENT}, kind) AS token, valid_from, valid_until
    FROM files_document AS document JOIN wanted ON wanted.id = supplier_id WHERE document.audience = 'members'
    UNION ALL
    SELECT supplier_id, unnest(ARRAY[directory_token({Kind.TIER}, tier), {Kind.SCHEME * WIDTH} + scheme_id::integer]),
        valid_from, least(valid_until, revoked_on - 1)
    FROM evidence_certification JOIN wanted ON wanted.id = supplier_id WHERE published_at IS NOT NULL
), counted AS (
    SELECT id AS supplier, directory_token({Kind.COUNTRY}, country) AS token FROM wanted
    UNION SELECT id, directory_token({Kind.SIZE}, size_band) FROM wanted WHERE size_band <> ''
    UNION SELECT id, directory_token({Kind.TURNOVER}, turnover_band) FROM wanted WHERE turnover_band <> ''
    UNION SELECT id, directory_token({Kind.LANGUAGE}, unnest(languages)) FROM wanted
    UNION SELECT id, {EUROPE} FROM wanted WHERE serves_europe
    UNION SELECT id, {Kind.CAPACITY * WIDTH} + place::integer
    FROM wanted JOIN unnest(%(currencies)s::text[], %(minor_per_euro)s::numeric[]) AS rate(currency, minor)
        ON currency = largest_contract_currency
    JOIN unnest(%(capacities)s::bigint[]) WITH ORDINALITY AS band(least_euro, place)
        ON largest_contract >= least_euro * minor
    UNION SELECT supplier, cpv::integer / 1000000 * 1000000 FROM capability
    UNION SELECT supplier, token FROM paper
    WHERE (valid_from IS NULL OR valid_from <= %(today)s) AND (valid_until IS NULL OR valid_until >= %(today)s)
), region_counted AS (
    -- A country served as a whole stands for its regions, all of Europe for every country: each is counted once.
    SELECT supplier, directory_token({Kind.WHOLE}, code) AS token FROM region JOIN wanted ON wanted.id = supplier
    WHERE length(code) = 2 AND NOT serves_europe
    UNION SELECT supplier, directory_token({Kind.REGION}, code) FROM touched JOIN wanted ON wanted.id = supplier
    WHERE length(code) = 3 AND NOT serves_europe AND NOT EXISTS (
        SELECT FROM region AS whole
        WHERE whole.supplier = touched.supplier AND whole.code = left(touched.code, 2)
    )
), asked AS (
    SELECT * FROM counted
    UNION SELECT supplier, directory_token({Kind.REGION}, code) FROM touched
    UNION SELECT supplier, directory_token({Kind.WHOLE}, code) FROM region
    UNION SELECT supplier, cpv::integer / power * power
    FROM capability, unnest(ARRAY[1, 10, 100, 1000, 10000, 100000]) AS power
    UNION SELECT id, {Kind.SHARE * WIDTH} + bucket / {BUCKETS // SHARES} FROM wanted
    UNION SELECT id, {Kind.SLOT * WIDTH} + bucket + CASE WHEN is_stale THEN {BUCKETS} ELSE 0 END FROM wanted
), change AS (
    SELECT id AS supplier, confirmed_on + {FRESH_FOR} AS last FROM wanted WHERE NOT is_stale
    UNION ALL SELECT supplier, valid_until FROM paper WHERE valid_until >= %(today)s
    UNION ALL SELECT supplier, valid_from - 1 FROM paper WHERE valid_from > %(today)s
), ending AS (
    SELECT supplier, min(last) AS last FROM change GROUP BY supplier
), fresh AS (
    SELECT id AS supplier_id, audience <> 'everybody' AS is_for_members, is_stale, bucket,
        coalesce(confirmed_on - '1970-01-01'::date, 0) AS confirmed,
        left(directory_fold(name), 60) AS plain_name,
        coalesce(ending.last, '9999-12-31') AS good_until, coalesce(offered.codes, '{{}}') AS codes,
        facet.facets, token.tokens, worded.text, repeat('.', 2048) AS ballast
    FROM wanted
    JOIN worded ON worded.supplier = id
    LEFT JOIN ending ON ending.supplier = id
    LEFT JOIN offered ON offered.supplier = id
    JOIN (SELECT supplier, array_agg(token ORDER BY token) AS tokens FROM asked GROUP BY supplier) AS token
        ON token.supplier = id
    JOIN (
        SELECT supplier, array_agg(token ORDER BY token) AS facets
        FROM (SELECT * FROM counted UNION SELECT * FROM region_counted) AS every GROUP BY supplier
    ) AS facet ON facet.supplier = id
), gone AS (
    DELETE FROM directory_searchrow
    WHERE supplier_id = ANY(%(suppliers)s) AND supplier_id NOT IN (SELECT id FROM wanted)
)
INSERT INTO directory_searchrow (
    supplier_id, is_for_members, is_stale, bucket, confirmed, plain_name, good_until, codes, facets, tokens, text,
    ballast
)
SELECT supplier_id, is_for_members, is_stale, bucket, confirmed, plain_name, good_until, codes, facets, tokens, text,
    ballast
FROM fresh ORDER BY supplier_id
ON CONFLICT (supplier_id) DO UPDATE SET (
    is_for_members, is_stale, bucket, confirmed, plain_name, good_until, codes, facets, tokens, text
) = (
    excluded.is_for_members, excluded.is_stale, excluded.bucket, excluded.confirmed, excluded.plain_name,
    excluded.good_until, excluded.codes, excluded.facets, excluded.tokens, excluded.text
)
WHERE directory_searchrow IS DISTINCT FROM excluded
"""  # noqa: S608  (only numbers of our own are put in)


@transaction.atomic
def refresh(supplier_ids: Iterable[int], today: date | None = None) -> int:
    """Make the rows of these suppliers what their profiles say, seen on that day; returns how many these are."""
    ids = sorted(set(supplier_ids))
    with connection.cursor() as cursor:
        # Two who change one profile at a time wait for each other, so that the row follows the later one.
        cursor.execute("SELECT id FROM suppliers_supplier WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids])
        cursor.execute(REFRESH, _parameters(ids, today or timezone.localdate()))
    return len(ids)


def parts(suppliers: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many at a time as one statement should make."""
    return (suppliers[first : first + AT_ONCE] for first in range(0, len(suppliers), AT_ONCE))


def rebuild(progress: Callable[[int], None] | None = None, *, after: int = 0) -> int:
    """Bring every row up to date in batches, each committed by itself, from the supplier after that number on.

    `progress` is told how many suppliers each batch had; returns how many there were in all.
    """
    done = 0
    for number in parallel.each(refresh, _batches_after(after)):
        done += number
        if progress:
            progress(number)
    return done


def _batches_after(number: int) -> Iterator[list[int]]:
    while batch := _numbers_after(number):
        yield batch
        number = batch[-1]


def _numbers_after(number: int) -> list[int]:
    """The next suppliers that have or should have a row; nobody else's profile is read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM suppliers_supplier AS supplier WHERE id > %s AND (listed_at IS NOT NULL OR EXISTS"
            " (SELECT FROM directory_searchrow WHERE supplier_id = supplier.id)) ORDER BY id LIMIT %s",
            [number, AT_ONCE],
        )
        return [row[0] for row in cursor.fetchall()]


def _parameters(ids: list[int], today: date) -> dict[str, Any]:
    return {
        "suppliers": ids,
        "today": today,
        "capacities": list(CAPACITIES),
        "currencies": list(PER_EURO),
        "minor_per_euro": [rate * 10 ** currency.exponent(code) for code, rate in PER_EURO.items()],
    }
