from django.db import migrations

from suppliers.directory.tokens import ALPHABET, BASE, LENGTH, WIDTH

# Lower case, and nothing but letters and digits: what stands in between means something to the parser of PostgreSQL
# (hosts, paths, signed numbers) that nobody who searches means.
CLEAN = """
CREATE FUNCTION directory_clean(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(lower(normalize(said, NFKC)), '[^[:alnum:]]+', ' ', 'g'));
"""
# The same without accents.
FOLD = """
CREATE FUNCTION directory_fold(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(
    public.immutable_unaccent(lower(normalize(said, NFKC))), '[^[:alnum:]]+', ' ', 'g'
));
"""
# A letter for a letter, so that the written form of a vector stays one. Endings are known by their accents
# (reparación, reparaciones), so these go when a word has been brought to its stem, not before.
PLAIN = """
CREATE FUNCTION directory_plain(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
    written,
    'àáâãäåāăąçćčďđèéêëēėęěğìíîïīįıłñńňòóôõöøōőřśşșšţțťùúûüūůűųýÿźżž',
    'aaaaaaaaacccddeeeeeeeegiiiiiiilnnnoooooooorsssstttuuuuuuuuyyzzz'
);
"""
STEMS = """
CREATE FUNCTION directory_stems(language text, said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN said ~ '[^\\x01-\\x7f]'
    THEN directory_plain(to_tsvector(directory_config(language), said)::text)::tsvector
    ELSE to_tsvector(directory_config(language), said) END;
"""
CONFIG = """
CREATE FUNCTION directory_config(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE left(language, 2)
    WHEN 'ar' THEN 'arabic' WHEN 'ca' THEN 'catalan' WHEN 'da' THEN 'danish' WHEN 'de' THEN 'german'
    WHEN 'el' THEN 'greek' WHEN 'en' THEN 'english' WHEN 'es' THEN 'spanish' WHEN 'fi' THEN 'finnish'
    WHEN 'fr' THEN 'french' WHEN 'ga' THEN 'irish' WHEN 'hi' THEN 'hindi' WHEN 'hu' THEN 'hungarian'
    WHEN 'it' THEN 'italian' WHEN 'lt' THEN 'lithuanian' WHEN 'nl' THEN 'dutch' WHEN 'no' THEN 'norwegian'
    WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian' WHEN 'ru' THEN 'russian' WHEN 'sr' THEN 'serbian'
    WHEN 'sv' THEN 'swedish' WHEN 'ta' THEN 'tamil' WHEN 'tr' THEN 'turkish' ELSE 'simple'
END::regconfig;
"""
# The question in every language at once, and as it is written: whichever form a profile has, it answers. Each word may
# have any of its forms; what the first language, that of the page, has as a mere particle need not be there. Quotes and
# "or" join words, so that the question is then read as a whole, language by language.
QUERY = """
CREATE FUNCTION directory_query(asked text, unwanted text, languages text[]) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE STRICT
RETURN (
    WITH typed AS (
        SELECT lower(normalize(asked, NFKC)) AS wanted, lower(normalize(unwanted, NFKC)) AS refused
    ), spelt AS (
        SELECT wanted, refused FROM typed
        UNION SELECT public.immutable_unaccent(wanted), public.immutable_unaccent(refused) FROM typed
    ), config AS (
        SELECT 'simple'::regconfig AS config UNION SELECT directory_config(language) FROM unnest(languages) AS language
    ), part AS (
        SELECT place, part, false AS is_refused FROM spelt, LATERAL (
            SELECT 0 AS place, wanted AS part WHERE wanted ~ '"|\\mor\\M'
            UNION ALL SELECT word.place, word.part
            FROM string_to_table(wanted, ' ') WITH ORDINALITY AS word(part, place)
            WHERE wanted !~ '"|\\mor\\M'
        ) AS read
        UNION ALL SELECT 0, refused, true FROM spelt
    ), form AS (
        SELECT place, is_refused, directory_plain(websearch_to_tsquery(config, part)::text) AS form,
            place > 0 AND numnode(websearch_to_tsquery(directory_config(languages[1]), part)) = 0 AS is_particle
        FROM part, config
    ), word AS (
        SELECT is_refused, bool_or(is_particle) AS is_particle,
            '(' || string_agg(DISTINCT '(' || form || ')', ' | ') || ')' AS word
        FROM form WHERE form <> '' GROUP BY place, is_refused
    ), every AS (
        SELECT coalesce(
            string_agg(word, ' & ') FILTER (WHERE NOT is_refused AND NOT is_particle),
            string_agg(word, ' & ') FILTER (WHERE NOT is_refused)
        ) AS wanted, string_agg(word, ' & ') FILTER (WHERE is_refused) AS refused
        FROM word
    )
    SELECT CASE WHEN refused IS NULL THEN wanted::tsquery ELSE wanted::tsquery && !!(refused::tsquery) END FROM every
);
"""
# One expression without a query in it, so that the planner may write it into the statement that uses it.
SIGN = f"strpos('{ALPHABET}', substr(rpad(upper(translate(written, '_-', '')), {LENGTH}, '-'), {{place}}, 1))"
VALUE = " + ".join(f"{SIGN.format(place=place)} * {BASE ** (LENGTH - place)}" for place in range(1, LENGTH + 1))
TOKEN = f"""
CREATE FUNCTION directory_token(kind integer, written text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind * {WIDTH} + {VALUE};
"""
CONCAT = "CREATE AGGREGATE directory_concat(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '')"
# Beside the row and not compressed: reading a thousand of them to rank costs less than unpacking them.
STORAGE = """
ALTER TABLE directory_searchrow
    ALTER COLUMN text SET STORAGE EXTERNAL,
    ALTER COLUMN tokens SET STORAGE EXTERNAL,
    ALTER COLUMN facets SET STORAGE MAIN,
    ALTER COLUMN codes SET STORAGE MAIN,
    ALTER COLUMN text SET STATISTICS 1000,
    SET (toast_tuple_target = 128)
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_search_rows"), ("core", "0001_extensions")]
    operations = [
        migrations.RunSQL(CLEAN, "DROP FUNCTION directory_clean"),
        migrations.RunSQL(FOLD, "DROP FUNCTION directory_fold"),
        migrations.RunSQL(CONFIG, "DROP FUNCTION directory_config"),
        migrations.RunSQL(PLAIN, "DROP FUNCTION directory_plain"),
        migrations.RunSQL(STEMS, "DROP FUNCTION directory_stems"),
        migrations.RunSQL(QUERY, "DROP FUNCTION directory_query"),
        migrations.RunSQL(TOKEN, "DROP FUNCTION directory_token"),
        migrations.RunSQL(CONCAT, "DROP AGGREGATE directory_concat(tsvector)"),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
