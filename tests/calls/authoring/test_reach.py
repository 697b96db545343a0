import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.calls.authoring import reach
from marketplace.calls.facts import facts_of
from tests.calls.authoring.conftest import words
from tests.factories.calls import CallFactory, LotFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def listed(*codes, regions=("UKE4",), **fields):
    return SupplierFactory(listed=True, regions=list(regions), offers=list(codes), **fields)


@pytest.fixture
def call(leeds):
    """Cleaning and gardening."""
    call = CallFactory(buyer=leeds)
    LotFactory(call=call, cpv=["77310000"], regions=["UKE42"])
    return call


def test_whoever_could_serve_all_and_whoever_could_serve_one_lot_is_counted(call):
    listed("90911200", "77310000")
    listed("90911200", audience="members")
    listed("77310000")
    listed("45210000")
    listed("90911200", regions=["FR"])
    SupplierFactory(offers=["90911200"], regions=["UKE4"])

    found = reach.of(facts_of(call))

    assert (found.whole, found.split) == (1, 3)
    assert [number for _lot, number in found.lots] == [2, 2]
    assert found.is_split
    assert found.empty_lots == 0


def test_nothing_is_counted_while_a_lot_says_nothing(call):
    call.lots.filter(number=2).update(cpv=[])

    assert reach.of(facts_of(call)) is None
    assert reach.of(facts_of(call) | {"lots": []}) is None


def test_it_costs_one_statement_however_many_lots(call):
    for number in range(3, 12):
        LotFactory(call=call, number=number, cpv=[f"{number + 10}000000".ljust(8, "0")[:8]])
    facts = facts_of(call)

    with CaptureQueriesContext(connection) as captured:
        found = reach.of(facts)

    assert len(found.lots) == 11
    assert sum("suppliers_supplier" in query["sql"] for query in captured) == 1


def test_the_page_gives_numbers_and_no_names(desk, call):
    listed("90911200", "77310000", organisation__name="Secret Gardens")
    listed("90911200")

    response = desk.get(f"/workspace/calls/{call.slug}/check/")

    assert "1 listed supplier could serve all of this; split like this, 2 could serve at least one lot." in words(
        response
    )
    assert "Secret Gardens" not in response.content.decode()


def test_the_page_warns_at_zero(desk, call):
    assert "No listed supplier could serve this as it is written" in words(
        desk.get(f"/workspace/calls/{call.slug}/check/")
    )
    listed("90911200")
    assert "One lot could be served by nobody" in words(desk.get(f"/workspace/calls/{call.slug}/check/"))
