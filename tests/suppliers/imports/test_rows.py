import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.imports import columns
from suppliers.imports.rows import SENTENCES, sentence, understand

WHOLE = {
    "name": "Atlas Propreté",
    "country": "France",
    "identifier": "732 829 320",
    "vat_number": "44 732829320",
    "email": "Omar@Atlas.example",
    "website": "www.atlas.example",
    "town": "Villeurbanne",
    "based_in": "Rhône",
    "summary": "Nettoyage de bureaux.",
    "languages": "français, Arabic; tr",
    "cpv": "90911200-8; 90919200",
    "regions": "FRK2, Ain",
    "size": "10-49",
    "founded": "2004-03-01",
}


def codes(problems):
    return [code for _field, code, _typed in problems]


def test_a_whole_row_becomes_a_whole_draft_without_remarks():
    draft, problems = understand(WHOLE)

    assert problems == []
    assert (draft.country, draft.identifier, draft.vat_number) == ("FR", ("FR-SIREN", "732829320"), "FR44732829320")
    assert (draft.email, draft.website) == ("omar@atlas.example", "https://www.atlas.example")
    assert (draft.based_in, draft.regions) == ("FRK26", ["FRK2", "FRK21"])
    assert (draft.languages, draft.services) == (["fr", "ar", "tr"], ["90911200", "90919200"])
    assert (draft.size_band, draft.founded_year) == ("small", 2004)


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("vat_number", "FR 12", "vat"),
        ("email", "omar at atlas", "email"),
        ("website", "not a site", "website"),
        ("languages", "fr, Klingon", "language"),
        ("cpv", "12345678", "cpv"),
        ("cpv", "90911200-1", "cpv"),
        ("based_in", "Atlantis", "region"),
        ("size", "some", "size"),
        ("size", "250+", "too-large"),
        ("founded", "long ago", "founded"),
        ("founded", "2999", "founded"),
    ],
)
def test_what_is_wrong_is_left_out_with_a_remark_that_repeats_it(field, typed, code):
    draft, problems = understand(WHOLE | {field: typed})

    assert draft is not None
    assert code in codes(problems)
    assert all(sentence(problem) for problem in problems)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "  "}, "no-name"),
        ({"country": ""}, "no-country"),
        ({"country": "Atlantis"}, "unknown-country"),
        ({"identifier": "12"}, "number"),
    ],
)
def test_a_row_without_name_or_country_or_with_an_impossible_number_is_only_reported(change, code):
    draft, problems = understand(WHOLE | change)

    assert draft is None
    assert code in codes(problems)


@pytest.mark.parametrize("country", ["FR", "fra", "France", "frankrijk", "FRANKREICH", " francia "])
def test_a_country_may_be_written_in_any_way(country):
    draft, _problems = understand({"name": "Atlas", "country": country})

    assert draft.country == "FR"


@pytest.mark.parametrize("country", ["England", "Wales", "UK", "GB", "Royaume-Uni", "United Kingdom"])
def test_the_parts_of_the_united_kingdom_are_the_united_kingdom(country):
    assert understand({"name": "Atlas", "country": country})[0].country == "GB"


def test_a_spreadsheet_s_number_of_days_is_a_year():
    draft, _problems = understand(WHOLE | {"founded": "38047"})

    assert draft.founded_year == 2004


def test_a_code_whose_first_zero_was_eaten_is_found():
    draft, _problems = understand(WHOLE | {"cpv": "3111000"})

    assert draft.services == ["03111000"]


def test_the_same_firm_has_the_same_key_however_it_is_written():
    one, _problems = understand({"name": "ATLAS  Proprete", "country": "FR", "town": "Évry"})
    other, _problems = understand({"name": "Atlas Propreté", "country": "France", "town": "Evry"})

    assert one.key == other.key
    assert one.digest != other.digest


def test_the_source_s_own_number_is_the_key_when_there_is_one():
    one, _problems = understand({"name": "Atlas", "country": "FR", "key": "M-12"})
    renamed, _problems = understand({"name": "Atlas & Fils", "country": "FR", "key": "M-12"})

    assert one.key == renamed.key


@given(st.dictionaries(st.sampled_from(sorted(columns.NAMES)), st.text(max_size=300)))
def test_no_cell_of_any_kind_breaks_the_reading(fields):
    draft, problems = understand(fields, country="GB")

    assert draft is not None or problems
    assert all(code in SENTENCES and sentence([field, code, typed]) for field, code, typed in problems)


def test_headings_are_guessed_in_several_languages_and_each_field_once():
    guessed = columns.guess(
        ["Raison sociale", "PAYS", "n° de TVA", "Company name", "E-Mail", "CPV_codes", "favourite colour"]
    )

    assert guessed == {"Raison sociale": "name", "PAYS": "country", "E-Mail": "email", "CPV_codes": "cpv"}


def test_the_fingerprint_does_not_mind_order_and_capitals():
    assert columns.fingerprint(["Name", "Ville"]) == columns.fingerprint(["ville", "NAME ", ""])
    assert columns.fingerprint(["Name"]) != columns.fingerprint(["Name", "Town"])
