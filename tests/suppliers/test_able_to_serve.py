import pytest

from suppliers.models import Supplier
from tests.factories.suppliers import CapabilityFactory, SupplierFactory

pytestmark = pytest.mark.django_db


def offering(cpv, *, regions=(), firm=("UKE4",), **fields):
    supplier = SupplierFactory(regions=list(firm), **fields)
    CapabilityFactory(supplier=supplier, cpv=cpv, regions=list(regions))
    return supplier


def able(cpv, regions=("UKE42",)):
    return set(Supplier.objects.able_to_serve(cpv, regions))


@pytest.mark.parametrize(
    ("offered", "asked", "is_close"),
    [
        ("90911200", "90911200", True),
        ("90911200", "90919200", True),
        ("90910000", "90911200", True),
        ("90911200", "90900000", True),
        ("90911200", "90500000", False),
        ("90000000", "90911200", True),
        ("90911200", "90000000", True),
        ("31000000", "30000000", False),
        ("30100000", "30000000", True),
        ("45210000", "90911200", False),
    ],
)
def test_services_are_close_below_the_division(offered, asked, is_close):
    supplier = offering(offered)

    assert able([asked]) == ({supplier} if is_close else set())


@pytest.mark.parametrize(
    ("firm", "own", "asked", "serves"),
    [
        (["UKE4"], [], "UKE42", True),
        (["UKE42"], [], "UKE4", True),
        (["UK"], [], "UKE42", True),
        (["UKE42"], [], "UK", True),
        (["UKE41"], [], "UKE42", False),
        (["FR"], [], "UKE42", False),
        (["FR"], ["UKE42"], "UKE42", True),
        (["UKE4"], ["FR"], "UKE42", False),
        ([], [], "UKE42", False),
    ],
)
def test_a_service_counts_where_it_is_offered_else_where_its_firm_works(firm, own, asked, serves):
    supplier = offering("90911200", firm=firm, regions=own)

    assert able(["90911200"], [asked]) == ({supplier} if serves else set())


def test_serving_all_of_europe_is_serving_there_unless_the_service_says_otherwise():
    everywhere = offering("90911200", firm=[], serves_europe=True)
    offering("90911200", firm=[], serves_europe=True, regions=["FR"])

    assert able(["90911200"]) == {everywhere}


def test_no_regions_are_everywhere_and_several_codes_are_any_of_them():
    one, other = offering("90911200"), offering("45210000", firm=["FR"])

    assert able(["90911200", "45210000"], []) == {one, other}


def test_it_chains_and_asks_for_nothing_else():
    shown = offering("90911200", listed=True, audience="members")
    offering("90911200", suspended=True)
    offering("90911200", listed=True, firm=["FR"])

    assert list(Supplier.objects.listed().able_to_serve(["90911200"], ["UKE42"])) == [shown]


def test_a_firm_with_many_services_is_found_once():
    supplier = offering("90911200")
    CapabilityFactory(supplier=supplier, cpv="90919200")

    assert list(Supplier.objects.able_to_serve(["90911200"], ["UKE42"])) == [supplier]
