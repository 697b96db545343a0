"""A directory of any size, made inside PostgreSQL in minutes: firms with three to eight CPV codes, few of them common.

Words come from the CPV labels in five languages; every number of a firm is reckoned from a hash of its own number, so
that the same size is always the same directory.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.utils import timezone

from suppliers.directory.lexicon import make_lexicon
from suppliers.directory.models import SearchRow
from suppliers.directory.rows import refresh
from suppliers.directory.stored import take_figures

LANGUAGES = ("en", "fr", "de", "es", "it")
COUNTRIES = ("GB", "FR", "DE", "ES", "IT")
NAMES = "Atlas Nova Orion Delta Aurora Meridian Sahel Anatolia Kaya Diallo Haddad Rossi Novak Silva Kovacs Mensah"
NAMES += " Okafor Rahman Yilmaz Fontaine Keller Moreau Banda Ferrari Lopez Demir Traore Nguyen Khan Osei Popescu Costa"
TRADES = "Services Solutions Group Studio Partners Works Atelier Consulting Bau Service Impresa Talleres Maison Trade"

#: `chance(number, salt)` lies evenly in [0, 1).
SETUP = """
CREATE OR REPLACE FUNCTION pg_temp.chance(number bigint, salt bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ((hashint8extended(number, salt) & 1073741823) / 1073741824.0);
CREATE TEMP TABLE code AS
    SELECT (row_number() OVER (ORDER BY kind <> 'services', kind <> 'works', hashint8extended(code::int, 7)))::int
        AS place, code::text AS cpv
    FROM vocab_cpvcode WHERE level >= 3;
CREATE UNIQUE INDEX ON code (place);
CREATE TEMP TABLE region AS
    SELECT country, code,
        (row_number() OVER (PARTITION BY country ORDER BY hashint8extended(hashtext(code), 3)))::int AS place,
        (count(*) OVER (PARTITION BY country))::int AS many
    FROM vocab_nutsregion WHERE level BETWEEN 1 AND 2;
ANALYZE code;
"""
#: Zipf: the place of a code is drawn evenly on a logarithmic scale.
DRAW = """
DROP TABLE IF EXISTS firm, drawn;
CREATE TEMP TABLE firm AS
    SELECT id, pg_temp.chance(id, 1) AS one, pg_temp.chance(id, 2) AS two, pg_temp.chance(id, 3) AS three,
        least(5, 1 + floor(5 * pg_temp.chance(id, 4) ^ 1.4))::int AS land
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id;
CREATE TEMP TABLE drawn AS
    SELECT DISTINCT ON (firm.id, cpv) firm.id, cpv, nth, label
    FROM firm CROSS JOIN LATERAL generate_series(1, 3 + floor(6 * pg_temp.chance(firm.id, 10))::int) AS nth
        CROSS JOIN LATERAL (SELECT exp(ln(%(codes)s) * pg_temp.chance(firm.id, 20 + nth))::int AS place) AS chosen
        JOIN code USING (place)
        JOIN vocab_cpvlabel AS label ON label.code_id = cpv AND label.language = (%(languages)s::text[])[land]
    ORDER BY firm.id, cpv, nth
"""
BODIES = """
INSERT INTO accounts_organisation (id, name, country, vat_number, website, street, postcode, town, created_at, version)
SELECT id,
    (%(names)s::text[])[1 + floor(one * 32)] || ' ' || (%(trades)s::text[])[1 + floor(two * 14)] || ' '
        || CASE WHEN three < 0.5 THEN (%(names)s::text[])[1 + floor(three * 64)] ELSE '' END || ' ' || id,
    (%(countries)s::text[])[land], '', '', '', '', 'Town', now(), 1
FROM firm
"""
FIRMS = """
INSERT INTO suppliers_supplier (
    id, organisation_id, slug, summary, summary_language, languages, size_band, turnover_band, founded_year,
    largest_contract, largest_contract_currency, regions, serves_europe, based_in, shows_street, audience,
    submitted_at, listed_at, confirmed_on, created_at, changed_at, version
)
SELECT id, id, 'bench-' || id, left(said, 900), (%(languages)s::text[])[land],
    ARRAY[(%(languages)s::text[])[land]] || CASE WHEN one < 0.6 AND land > 1 THEN ARRAY['en'] ELSE '{}' END
        || CASE WHEN two < 0.1 THEN ARRAY['tr'] WHEN two < 0.2 THEN ARRAY['ar'] ELSE '{}' END,
    CASE WHEN one < 0.6 THEN 'micro' WHEN one < 0.9 THEN 'small' ELSE 'medium' END,
    CASE WHEN two < 0.3 THEN '100k' WHEN two < 0.6 THEN '500k' WHEN two < 0.85 THEN '2m' WHEN two < 0.97 THEN '10m'
        ELSE '50m' END,
    1990 + floor(three * 35), floor(exp(8 + 9 * pg_temp.chance(id, 5)) * 100), 'EUR',
    CASE WHEN pg_temp.chance(id, 6) < 0.3 THEN ARRAY[(ARRAY['UK', 'FR', 'DE', 'ES', 'IT'])[land]]
        ELSE ARRAY(
            SELECT code FROM region WHERE country = (%(countries)s::text[])[land]
                AND place IN (1 + floor(many * one ^ 2)::int, 1 + floor(many * two ^ 2)::int)
        ) END,
    pg_temp.chance(id, 8) < 0.03, '', false, CASE WHEN pg_temp.chance(id, 9) < 0.05 THEN 'members' ELSE 'everybody' END,
    now(), now(), current_date - floor(500 * three)::int, now(), now(), 1
FROM firm JOIN (
    SELECT id, string_agg(lower(label), ', ' ORDER BY nth) AS said FROM drawn GROUP BY id
) AS text USING (id)
"""
SERVICES = """
INSERT INTO suppliers_capability (supplier_id, cpv, words, regions, is_main)
SELECT id, cpv, CASE WHEN is_main THEN left(label, 200) ELSE '' END, '{}', is_main
FROM (SELECT *, nth = min(nth) OVER (PARTITION BY id) AS is_main FROM drawn) AS own
"""
#: References are checked row by row; nobody deletes anything here.
UNCHECKED = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid IN ('suppliers_supplier'::regclass, 'suppliers_capability'::regclass)
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.place, found.conname); END LOOP;
END $$
"""
AT_ONCE = 20_000
AT_A_TIME = 2


def plant(wanted: int, progress: Callable[[int], None] = lambda number: None) -> None:
    """Add firms until there are so many, with their rows in the directory; two connections share the work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM suppliers_supplier")
        have = cursor.fetchone()[0]
        cursor.execute(UNCHECKED)
    index = next(index for index in SearchRow._meta.indexes if index.name == "directory_row_search")
    with connection.schema_editor(atomic=False) as schema:
        schema.remove_index(SearchRow, index)
    chunks = [(first, min(wanted, first + AT_ONCE - 1)) for first in range(have + 1, wanted + 1, AT_ONCE)]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for last in pool.map(_plant_chunk, chunks):
            progress(last)
        pool.map(lambda _place: connection.close(), range(AT_A_TIME))
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
    with connection.schema_editor(atomic=False) as schema:
        schema.add_index(SearchRow, index)
    with connection.cursor() as cursor:
        for table in ("accounts_organisation", "suppliers_supplier"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [wanted])
        for table in ("accounts_organisation", "suppliers_supplier", "suppliers_capability", "directory_searchrow"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    take_figures(timezone.now())
    make_lexicon()


def _plant_chunk(chunk: tuple[int, int]) -> int:
    first, last = chunk
    parameters: dict[str, Any] = {
        "names": NAMES.split(),
        "trades": TRADES.split(),
        "countries": list(COUNTRIES),
        "languages": list(LANGUAGES),
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.code')")
        if cursor.fetchone()[0] is None:
            cursor.execute(SETUP)
        cursor.execute("SELECT count(*) FROM code")
        parameters["codes"] = cursor.fetchone()[0]
        for statement in (DRAW, BODIES, FIRMS, SERVICES):
            cursor.execute(statement, parameters)
    for start in range(first, last + 1, AT_ONCE // 4):
        refresh(range(start, min(last, start + AT_ONCE // 4 - 1) + 1))
    return last
