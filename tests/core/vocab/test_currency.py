from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vocab import currency

any_currency = st.sampled_from([known.code for known in currency.ALL])


def test_each_currency_has_its_own_number_of_decimals():
    assert [currency.exponent(code) for code in ("EUR", "GBP", "JPY", "ISK", "KWD", "TND")] == [2, 2, 0, 0, 3, 3]
    assert currency.find("eur").code == "EUR"
    assert currency.find("XXX") is None


def test_an_unknown_currency_is_never_guessed():
    with pytest.raises(KeyError):
        currency.exponent("XXX")


def test_amounts_become_minor_units_exactly():
    assert currency.to_minor(Decimal("12.34"), "EUR") == 1234
    assert currency.to_minor(Decimal("12.340"), "EUR") == 1234
    assert currency.to_minor(Decimal("-0.5"), "KWD") == -500
    assert currency.from_minor(1234, "EUR") == Decimal("12.34")


@pytest.mark.parametrize("amount", ["12.345", "NaN", "Infinity", "-Infinity"])
def test_what_is_no_exact_amount_is_refused(amount):
    with pytest.raises(currency.InexactAmount):
        currency.to_minor(Decimal(amount), "EUR")


def test_a_yen_has_no_parts():
    with pytest.raises(currency.InexactAmount):
        currency.to_minor(Decimal("1.5"), "JPY")


@given(st.integers(-(2**63), 2**63), any_currency)
def test_minor_units_survive_the_way_there_and_back(minor, code):
    assert currency.to_minor(currency.from_minor(minor, code), code) == minor
