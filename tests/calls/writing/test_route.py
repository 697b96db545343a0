import pytest

from marketplace.calls.facts import facts_of
from marketplace.calls.writing import lacks, route
from tests.factories.calls import CallFactory, minute
from tests.factories.law import JurisdictionFactory, ReservationFactory, ThresholdFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    return JurisdictionFactory()


def refusal(law, *values, contract="services", currency="EUR", **buyer):
    call = CallFactory(
        authority=True,
        jurisdiction=law,
        lots=len(values),
        contract=contract,
        currency=currency,
        **{f"buyer__{key}": value for key, value in buyer.items()},
    )
    facts = facts_of(call)
    for lot, value in zip(facts["lots"], values, strict=True):
        lot["value_to"] = value
    return route.why_not_here(call, facts)


@pytest.mark.parametrize(("values", "is_below"), [((59, 40), True), ((60, 40), False), ((100,), False), ((99,), True)])
def test_the_lots_together_have_to_be_below_the_threshold(law, values, is_below):
    ThresholdFactory(jurisdiction=law, amount=100)

    assert (refusal(law, *values) == "") is is_below


def test_a_company_takes_responses_here_whatever_the_value():
    call = CallFactory(lots__value_to=10**12)

    assert route.why_not_here(call, facts_of(call)) == ""
    assert route.threshold_of(call, facts_of(call)) is None


def test_an_undisclosed_value_no_lot_and_no_threshold_on_record_are_not_below(law):
    assert "No threshold is on record" in refusal(law, 1)
    ThresholdFactory(jurisdiction=law, amount=100)

    assert "each lot has to say its upper value first" in refusal(law, 1, None)
    assert "each lot has to say its upper value first" in refusal(law)


def test_the_threshold_of_its_kind_of_authority_and_contract_counts(law):
    ThresholdFactory(jurisdiction=law, amount=100, authority="central", contract="services")
    ThresholdFactory(jurisdiction=law, amount=200, authority="other", contract="services")
    ThresholdFactory(jurisdiction=law, amount=900, authority="any", contract="works")

    assert refusal(law, 150) == ""
    assert refusal(law, 150, is_central=True) != ""
    assert refusal(law, 850, contract="works", is_central=True) == ""
    assert "No threshold" in refusal(law, 1, contract="supplies")


def test_another_currency_than_the_threshold_s_is_refused(law):
    ThresholdFactory(jurisdiction=law, amount=100, currency="GBP")

    assert "state the values in this currency" in refusal(law, 1)
    assert refusal(law, 1, currency="GBP") == ""


def test_vat_is_added_where_the_threshold_counts_it(law):
    ThresholdFactory(jurisdiction=law, amount=120_00, includes_vat=True)
    british, french = {"organisation__country": "GB"}, {"organisation__country": "FR"}

    assert refusal(law, 99_99, **british) == ""
    assert "With 20 % VAT your lots come to up to 120\xa0EUR" in refusal(law, 100_00, **british)
    assert "With 27 % VAT" in refusal(law, 99_99, **french)


def test_the_refusal_names_the_threshold_its_source_and_when_it_was_read(law):
    ThresholdFactory(jurisdiction=law, amount=100_00, source="Article 4.")

    said = refusal(law, 100_00)

    assert "only below 100\xa0EUR" in said
    assert "Source: Article 4. Last read on" in said
    assert "to be read again by" in said


# --- What is missing --------------------------------------------------------------------------------------------


def found(call, facts=None, at=None):
    return [(lack.step, lack.lot) for lack in lacks.of(call, facts or facts_of(call), at)]


def test_a_whole_call_lacks_nothing():
    assert found(CallFactory()) == []
    assert found(CallFactory(authority=True)) == []


def test_each_missing_part_is_named_with_its_page():
    call = CallFactory(authority=True, description="", portal_url="", response_deadline=None, zone="", lots=2)
    call.lots.filter(number=1).update(cpv=[])
    call.lots.filter(number=2).update(regions=[])

    assert found(call) == [("what", None), ("lots", 1), ("lots", 2), ("when", None), ("who", None)]
    assert found(CallFactory(lots=0)) == [("lots", None)]


def test_a_deadline_has_to_lie_behind_the_publication():
    call = CallFactory(response_deadline=minute(days=2))

    assert found(call, at=minute(days=1)) == []
    assert found(call, at=call.response_deadline) == [("when", None)]


def test_a_reservation_that_ended_and_a_route_that_is_not_allowed_are_missing_parts(law):
    call = CallFactory(authority=True, jurisdiction=law, here=True)
    call.lots.update(reservation=ReservationFactory(jurisdiction=law, over=True), reservation_grounds="Once.")

    assert found(call) == [("lots", 1), ("who", None)]
