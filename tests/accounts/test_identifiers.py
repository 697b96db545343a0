import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.identifiers import SCHEMES, VAT_MODULES, normalised_vat, scheme_named, schemes_of

EU = tuple("ATBEBGHRCYCZDKEEFIFRDEGRHUIEITLVLTLUMTNLPLPTROSKSIESSE"[start : start + 2] for start in range(0, 54, 2))


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_every_register_takes_its_own_example(scheme):
    stored = scheme.normalised(scheme.example)

    assert scheme.normalised(stored) == stored


@pytest.mark.parametrize("country", ["GB", *EU])
def test_every_country_of_the_union_and_the_uk_has_a_register_and_another_one(country):
    *named, other = schemes_of(country)

    assert named
    assert other.code == f"{country}-OTHER"


def test_a_country_without_a_register_of_its_own_has_the_other_one():
    assert [scheme.code for scheme in schemes_of("BR")] == ["BR-OTHER"]
    assert scheme_named("BR-OTHER").normalised("12.345.678/0001-95") == "12345678/000195"


@pytest.mark.parametrize(
    ("code", "typed", "stored"),
    [
        ("GB-COH", " 1234567 ", "01234567"),
        ("GB-COH", "sc 123456", "SC123456"),
        ("FR-SIREN", "732.829.320", "732829320"),
        ("BE-BCE_KBO", "BE 0403 019 261", "0403019261"),
        ("BE-BCE_KBO", "403.019.261", "0403019261"),
        ("DE-HR", "Amtsgericht Aachen HRB 11223", "Aachen HRB 11223"),
        ("NL-KVK", "KVK 12345678", "12345678"),
        ("PL-KRS", "KRS 123456", "0000123456"),
        ("PT-NIPC", "PT 501 964 843", "501964843"),
        ("CH-UID", "che100155212", "CHE100155212"),
    ],
)
def test_numbers_may_be_typed_with_spaces_dots_or_prefix(code, typed, stored):
    assert SCHEMES[code].normalised(typed) == stored


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("FR-SIREN", "732829321"),
        ("GB-COH", "ABCDEFGH"),
        ("NL-KVK", "1234567"),
        ("IT-CF", "00743110158"),
        ("PT-NIPC", ""),
    ],
)
def test_a_slip_is_refused_with_an_example(code, typed):
    with pytest.raises(ValidationError) as refused:
        SCHEMES[code].normalised(typed)

    assert SCHEMES[code].example in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("FR 40 303 265 045", "FR", "FR40303265045"),
        ("40303265045", "FR", "FR40303265045"),
        ("094259216", "GR", "EL094259216"),
        ("EL 094259216", "GR", "EL094259216"),
        ("GR094259216", "GR", "EL094259216"),
        ("980 7806 84", "GB", "GB980780684"),
        ("XI 980780684", "GB", "XI980780684"),
        ("FR40303265045", "GB", "FR40303265045"),
        ("U13585627", "AT", "ATU13585627"),
        ("B58378431", "ES", "ESB58378431"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("FR40303265045", "MC", "FR40303265045"),
    ],
)
def test_vat_numbers_are_stored_one_way(typed, country, stored):
    assert normalised_vat(typed, country) == stored
    assert normalised_vat(stored, country) == stored


@pytest.mark.parametrize(("typed", "country"), [("40303265046", "FR"), ("EL094259217", "GR"), ("12", "GB"), ("", "DE")])
def test_a_vat_number_with_a_slip_is_refused(typed, country):
    with pytest.raises(ValidationError):
        normalised_vat(typed, country)


@given(st.text(max_size=80), st.sampled_from(sorted(SCHEMES)))
def test_no_text_breaks_a_register(text, code):
    try:
        stored = SCHEMES[code].normalised(text)
    except ValidationError:
        return
    assert 0 < len(stored) <= 60


@given(st.text(max_size=80), st.sampled_from([*VAT_MODULES, "GR", "US", "''"]))
def test_no_text_breaks_the_vat_check(text, country):
    try:
        stored = normalised_vat(text, country)
    except ValidationError:
        return
    assert 0 < len(stored) <= 20
