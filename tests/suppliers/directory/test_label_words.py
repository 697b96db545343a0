"""The words of published labels, brought to vectors once for all firms of a batch."""

import pytest
from django.db import connection

from suppliers.directory import rows
from suppliers.directory.models import SearchRow
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db
#: Each label of a supplier in one text, as long as it is, brought to its vector.
AS_ONE_TEXT = """
WITH spoken AS (
    SELECT id, left(summary_language, 2) AS language FROM suppliers_supplier
    UNION SELECT id, 'en' FROM suppliers_supplier
), label AS (
    SELECT spoken.id, spoken.language, string_agg(label, ' ' ORDER BY cpv) AS said
    FROM spoken JOIN suppliers_capability AS capability ON capability.supplier_id = spoken.id
    JOIN vocab_cpvlabel AS label ON label.code_id = cpv AND label.language = spoken.language
    GROUP BY 1, 2
), passage AS (
    SELECT id, 'B'::"char" AS weight, language, said FROM label
    UNION ALL SELECT supplier.id, 'A', summary_language, name
    FROM suppliers_supplier AS supplier JOIN accounts_organisation AS organisation ON organisation.id = organisation_id
), vector AS (
    SELECT id, setweight(
        to_tsvector('simple', directory_fold(said)) || directory_stems(language, directory_clean(said)), weight
    ) AS vector FROM passage
)
SELECT id, directory_concat(vector ORDER BY vector)::text FROM vector GROUP BY id
"""
#: Labels that end in a particle, which is counted in a text and not in a vector.
ENDS_IN_A_PARTICLE = """
SELECT code_id FROM vocab_cpvlabel WHERE language = %s
AND to_tsvector(directory_config(language), substring(directory_clean(label) FROM '[^ ]*$')) = '' ORDER BY 1 LIMIT 3
"""


def asked(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_many_labels_make_the_same_vector_as_their_one_text():
    odd = [code for (code,) in asked(ENDS_IN_A_PARTICLE, "en")]
    assert odd, "some label ends in a particle"
    for language in ("en", "fr", "de", "es", "pt", "el", "bg", "mt"):
        for codes in (["90911200", "79530000"], [*odd, "90911200", "03111000"], ["45112000", *odd]):
            found_supplier(*codes, summary="", summary_language=language)

    rows.rebuild()

    kept = {row.pk: row.text for row in SearchRow.objects.all()}
    assert len(kept) == 24
    assert kept == dict(asked(AS_ONE_TEXT))
