"""What lots ask for and what firms offer, read from the database as the score wants it."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import connection

from marketplace.calls.models import Call, Lot
from marketplace.matching.scoring import Need, Offer, Service
from suppliers.directory.question import READ_IN

#: A need is found by the group of each code asked, of a division by the division itself; and by the negative number of
#: each division, under which firms look that have named a whole one.
GROUP, DIVISION = 100_000, 1_000_000
FOUND_BY = f"""ARRAY(
    SELECT code / {GROUP} * {GROUP} FROM unnest(codes) AS code
    UNION SELECT -code / {DIVISION} FROM unnest(codes) AS code
)"""  # noqa: S608  (only words of our own are put in)

#: Where a firm works that names regions; else the district where it is, if it has said that.
SERVED = """
CASE WHEN supplier.regions <> '{}' OR supplier.serves_europe THEN supplier.regions::text[]
    WHEN length(supplier.based_in) = 5 THEN ARRAY[supplier.based_in]::text[] ELSE '{}'::text[] END
"""
#: What is said of a profile apart from its name.
SAID = "ts_filter(text, '{b,c}')"

NEEDS = f"""
WITH wanted AS MATERIALIZED (
    SELECT lot.id AS lot, call.id AS call, lot.number, lot.title, call.title AS about, call.language,
        lot.cpv::text[]::integer[] AS codes, lot.cpv[1] AS main,
        CASE WHEN lot.regions <> '{{}}' THEN lot.regions::text[] ELSE ARRAY[
            CASE organisation.country WHEN 'GR' THEN 'EL' WHEN 'GB' THEN 'UK' ELSE organisation.country END
        ]::text[] END AS regions
    FROM calls_lot AS lot JOIN calls_call AS call ON call.id = lot.call_id
    JOIN buyers_buyer AS buyer ON buyer.id = call.buyer_id
    JOIN accounts_organisation AS organisation ON organisation.id = buyer.organisation_id
    WHERE lot.call_id = ANY(%(calls)s) AND lot.cancelled_at IS NULL AND lot.cpv <> '{{}}'
), read_in AS (
    SELECT DISTINCT unnest(%(languages)s::text[] || left(language, 2)::text) AS language, main FROM wanted
), label AS MATERIALIZED (
    -- Brought to its words once, however many lots have it.
    SELECT language, main, directory_stems(language, directory_clean(label)) AS stems
    FROM read_in CROSS JOIN LATERAL (
        SELECT label FROM vocab_cpvlabel AS known
        WHERE known.code_id = main AND known.language = read_in.language LIMIT 1
    ) AS published
), said AS (
    SELECT lot, directory_stems(language, directory_clean(about)) AS stems FROM wanted
    UNION SELECT lot, directory_stems(language, directory_clean(title)) FROM wanted
    UNION SELECT lot, stems FROM wanted JOIN label
        ON label.main = wanted.main AND label.language = ANY(%(languages)s::text[] || left(wanted.language, 2)::text)
), phrased AS (
    -- The number of a house, a year or a lot says nothing of the work.
    SELECT lot, array_agg(DISTINCT phrasing ORDER BY phrasing) AS phrasings FROM (
        SELECT lot, (
            SELECT string_agg(lexeme, ' ' ORDER BY lexeme) FROM unnest(tsvector_to_array(stems)) AS lexeme
            WHERE lexeme !~ '^[0-9]+$'
        ) AS phrasing FROM said
    ) AS every WHERE phrasing <> '' GROUP BY lot
), placed AS (
    SELECT lot, array_agg(DISTINCT code ORDER BY code) AS around,
        array_agg(DISTINCT code ORDER BY code) FILTER (WHERE length(code) > 2 OR code = ANY(regions)) AS whole
    FROM (
        SELECT lot, regions, unnest(regions) AS code FROM wanted
        UNION SELECT lot, regions, unnest(known.ancestors) FROM wanted
        JOIN vocab_nutsregion AS known ON known.code = ANY(regions)
    ) AS every GROUP BY lot
)
SELECT lot AS lot_id, call AS call_id, number, codes, {FOUND_BY} AS tokens, regions, whole, around,
    coalesce(phrasings, '{{}}') AS phrasings
FROM wanted JOIN placed USING (lot) LEFT JOIN phrased USING (lot) ORDER BY call, number
"""  # noqa: S608  (only words of our own are put in)
KEEP = f"""
WITH fresh AS MATERIALIZED ({NEEDS}), gone AS (
    DELETE FROM matches_need WHERE call_id = ANY(%(calls)s) AND lot_id NOT IN (SELECT lot_id FROM fresh)
)
INSERT INTO matches_need (lot_id, call_id, number, codes, tokens, regions, whole, around, phrasings)
SELECT * FROM fresh
ON CONFLICT (lot_id) DO UPDATE SET (number, codes, tokens, regions, whole, around, phrasings) = (
    excluded.number, excluded.codes, excluded.tokens, excluded.regions, excluded.whole, excluded.around,
    excluded.phrasings
)
WHERE matches_need IS DISTINCT FROM excluded
"""  # noqa: S608
SERVICES = f"""
SELECT supplier.id, capability.cpv,
    CASE WHEN capability.regions <> '{{}}' THEN capability.regions::text[] ELSE {SERVED} END,
    supplier.serves_europe AND capability.regions = '{{}}'
FROM suppliers_capability AS capability JOIN suppliers_supplier AS supplier ON supplier.id = supplier_id
WHERE supplier_id = ANY(%(suppliers)s) ORDER BY supplier.id, capability.cpv
"""  # noqa: S608
WORDS = f"""
SELECT supplier_id, tsvector_to_array({SAID}) FROM directory_searchrow
WHERE supplier_id = ANY(%(suppliers)s)
"""  # noqa: S608


def needs_of(call: Call) -> list[tuple[Lot, Need]]:
    """What each lot that stands asks for, in the order of their numbers; also of a draft."""
    lots = {lot.pk: lot for lot in call.lots.all()}
    found = _rows(NEEDS, calls=[call.pk], languages=list(READ_IN))
    return [
        (lots[lot], Need(tuple(f"{code:08}" for code in codes), frozenset(regions), _phrasings(phrasings)))
        for lot, _call, _number, codes, _tokens, regions, _whole, _around, phrasings in found
    ]


def offers_of(suppliers: Collection[int]) -> dict[int, Offer]:
    """What each of these firms offers; who is not listed has no words."""
    numbers = sorted(set(suppliers))
    services: defaultdict[int, list[Service]] = defaultdict(list)
    for supplier, code, regions, is_all_over_europe in _rows(SERVICES, suppliers=numbers):
        services[supplier].append(Service(code, frozenset(regions), is_all_over_europe))
    words = dict(_rows(WORDS, suppliers=numbers))
    return {number: Offer(tuple(services[number]), frozenset(words.get(number, ()))) for number in numbers}


def keep_needs(calls: Collection[int]) -> None:
    """Write down what the lots of these calls ask for, where that has changed."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"calls": sorted(set(calls)), "languages": list(READ_IN)})


def _phrasings(written: list[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(phrasing.split()) for phrasing in written)


def _rows(statement: str, **parameters: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
