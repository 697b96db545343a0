"""The score in SQL: the twin of `marketplace.matching.scoring`, made from its figures, for given lots and firms.

It reads what `facts.keep_needs` has written down of the lots, and of the firms what they say today.
"""

from collections.abc import Iterable

from django.db import connection

from marketplace.matching.matches.facts import SAID, SERVED
from marketplace.matching.scoring import (
    EUROPE_WIDE,
    MAIN_WEIGHS,
    OTHER_WEIGHS,
    PARTLY,
    SHARED,
    WHOLE,
    WITHIN,
    WITHIN_A_DIVISION,
    WORDS_ENOUGH,
    WORDS_MOST,
)

#: How many digits of a code count: without trailing zeros, never below the two of the division.
STEM = f"CASE {' '.join(f'WHEN {{code}} %% {10 ** (9 - n)} <> 0 THEN {n}' for n in range(8, 2, -1))} ELSE 2 END"
#: How many digits two codes share from the left.
ALIKE = f"""
CASE WHEN asked.code = able.code THEN 8
    {" ".join(f"WHEN asked.code / {10 ** (8 - n)} = able.code / {10 ** (8 - n)} THEN {n}" for n in range(7, 0, -1))}
    ELSE 0 END
"""
CLOSENESS = f"""
CASE WHEN alike < least(asked.stem, able.stem) THEN (ARRAY{list(SHARED)})[alike + 1]
    ELSE greatest((ARRAY{list(SHARED)})[alike + 1],
        CASE WHEN least(asked.stem, able.stem) = 2 THEN {WITHIN_A_DIVISION} ELSE {WITHIN} END) END
"""
#: Ends in `parts`. `{few}` leaves out, before texts are read, those whose words could not bring them in, and `{sure}`
#: is what is known of their words without reading them, where all of the firms are listed.
PARTS = f"""
WITH pair AS MATERIALIZED (
    SELECT DISTINCT lot, supplier FROM unnest(%(lots)s::bigint[], %(suppliers)s::bigint[]) AS given(lot, supplier)
), need AS MATERIALIZED (
    SELECT * FROM matches_need WHERE lot_id = ANY(%(lots)s)
), service AS MATERIALIZED (
    SELECT supplier_id AS supplier, cpv::integer AS code, {STEM.format(code="cpv::integer")} AS stem,
        CASE WHEN capability.regions <> '{{}}' THEN capability.regions::text[]
            ELSE {SERVED} END AS served,
        supplier.serves_europe AND capability.regions = '{{}}' AS is_all_over_europe
    FROM suppliers_capability AS capability JOIN suppliers_supplier AS supplier ON supplier.id = supplier_id
    -- Said of both for the planner, which would else read all there are.
    WHERE supplier_id = ANY(%(suppliers)s) AND supplier.id = ANY(%(suppliers)s)
), place AS (
    -- Once for each set of regions, however many firms serve it.
    SELECT served, is_all_over_europe, ARRAY(
        SELECT code FROM unnest(served) AS code
        UNION SELECT unnest(ancestors) FROM vocab_nutsregion WHERE code = ANY(served)
    ) AS above
    FROM (SELECT DISTINCT served, is_all_over_europe FROM service) AS every
), reached AS MATERIALIZED (
    SELECT lot_id AS lot, served, is_all_over_europe, points
    FROM need CROSS JOIN place CROSS JOIN LATERAL (
        SELECT CASE WHEN served && whole::text[] THEN {WHOLE}
            WHEN served && around::text[] OR above && need.regions::text[] THEN {PARTLY}
            WHEN is_all_over_europe THEN {EUROPE_WIDE} ELSE 0 END AS points
    ) AS reach
    WHERE points > 0
), able AS MATERIALIZED (
    SELECT lot, supplier, code, stem, points
    FROM pair JOIN service USING (supplier) JOIN reached USING (lot, served, is_all_over_europe)
), asked AS MATERIALIZED (
    SELECT lot_id AS lot, code, place, {STEM.format(code="code")} AS stem,
        CASE WHEN place = 1 THEN {MAIN_WEIGHS} ELSE {OTHER_WEIGHS} END AS weight,
        place = 1 AND EXISTS (
            SELECT FROM vocab_cpvlabel WHERE code_id = lpad(code::text, 8, '0') AND language = 'en'
        ) AS is_labelled
    FROM need CROSS JOIN LATERAL unnest(codes) WITH ORDINALITY AS one(code, place)
), near AS (
    SELECT lot, supplier, place, weight, max({CLOSENESS}) AS best, max(points) AS region,
        -- The label of a service stands in the row of its firm, in English whatever else, and is a phrasing of the lot.
        max(CASE WHEN is_labelled AND asked.code = able.code THEN {WORDS_MOST} ELSE 0 END) AS sure
    FROM able JOIN asked USING (lot) CROSS JOIN LATERAL (SELECT {ALIKE} AS alike) AS measured
    GROUP BY lot, supplier, place, weight
), plain AS MATERIALIZED (
    SELECT lot, supplier, max(region) AS region, max(sure) AS sure,
        (2 * sum(best * weight) + sum(weight)) / (2 * sum(weight)) AS cpv
    FROM near GROUP BY lot, supplier
), chosen AS MATERIALIZED (
    SELECT plain.*, call_id AS call, number FROM plain JOIN need ON lot_id = lot WHERE {{few}}
), spoken AS MATERIALIZED (
    SELECT supplier_id AS supplier, {SAID} AS said
    FROM directory_searchrow WHERE supplier_id IN (SELECT supplier FROM chosen WHERE {{sure}} = 0)
), phrasing AS MATERIALIZED (
    SELECT lot, lexemes, least(cardinality(lexemes), {WORDS_ENOUGH}) AS enough
    FROM (SELECT lot_id AS lot, string_to_array(unnest(phrasings), ' ') AS lexemes FROM need) AS every
), worded AS (
    SELECT lot, supplier,
        max({WORDS_MOST} * least(length(said) - length(ts_delete(said, lexemes)), enough) / enough) AS words
    FROM chosen JOIN spoken USING (supplier) JOIN phrasing USING (lot) GROUP BY lot, supplier
), parts AS (
    SELECT call, lot, number, supplier, cpv::integer, region, greatest(words, {{sure}}) AS words
    FROM chosen LEFT JOIN worded USING (lot, supplier)
)
"""  # noqa: S608  (only figures and words of our own are put in)
#: Those for whom all their words would still leave `most` others ahead are left out; `{key}` is a name of our own.
FEW = f"""
region + cpv + {WORDS_MOST} >= %(least)s AND region + cpv + {WORDS_MOST} >= coalesce((
    SELECT best FROM (
        SELECT max(region + cpv + sure) AS best FROM plain JOIN need ON lot_id = lot GROUP BY {{key}}
    ) AS every ORDER BY best DESC OFFSET %(most)s - 1 LIMIT 1
), 0)
"""  # noqa: S608  (only a figure of our own is put in)
PAIRS = PARTS.replace("{few}", "true").replace("{sure}", "0") + "SELECT lot, supplier, cpv, region, words FROM parts"  # noqa: S608


def score_pairs(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int, int]]:
    """CPV, region and words of each (lot, supplier); those who offer nothing where the work is are not among them."""
    given = list(pairs)
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"lots": [lot for lot, _supplier in given], "suppliers": [firm for _lot, firm in given]})
        return {(lot, supplier): (cpv, region, words) for lot, supplier, cpv, region, words in cursor.fetchall()}


def best(key: str) -> str:
    """A statement that ends in `best`: of each `key`, the lot that is answered best, the first of equals."""
    of = {"supplier": "supplier", "call": "need.call_id"}[key]
    return f"""{PARTS.replace("{few}", FEW.replace("{key}", of)).replace("{sure}", "sure")}, best AS MATERIALIZED (
    SELECT DISTINCT ON ({key}) call, lot, supplier, cpv, region, words, cpv + region + words AS score
    FROM parts WHERE cpv + region + words >= %(least)s
    ORDER BY {key}, cpv + region + words DESC, number
)"""  # noqa: S608
