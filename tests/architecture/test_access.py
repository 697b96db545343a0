"""Who may open what: every address of the resolver against every role. An address without a row fails."""

import pytest

from tests.architecture.access import BACK_OFFICE, ROLES
from tests.architecture.addresses import TABLE
from tests.architecture.routes import every_route
from tests.architecture.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(as_user, omar, amina, zed, stella):
    return make_world(as_user, omar=omar, amina=amina, zed=zed, stella=stella)


def own_routes():
    return [route for route in every_route() if not route.path.startswith(BACK_OFFICE)]


def test_every_address_has_a_row_in_the_table():
    unclassified = sorted({route.path for route in own_routes()} - TABLE.keys())

    assert unclassified == [], "add these to tests/architecture/access.py"


def test_the_table_names_no_address_that_is_gone():
    assert sorted(TABLE.keys() - {route.path for route in own_routes()}) == []


@pytest.mark.parametrize("path", sorted(TABLE))
def test_each_role_gets_what_the_table_says(path, world):
    row = TABLE[path]
    route = next(route for route in own_routes() if route.path == path)
    address = row.address or route.address(row.values(world))
    seen = {}
    for method in ("get", "post"):
        expected = getattr(row, method)
        if expected is None:
            continue
        got = tuple(getattr(world.browser(role), method)(address, {"nothing": "asked"}).status_code for role in ROLES)
        seen[method] = (got, expected)

    assert {method: got for method, (got, _) in seen.items()} == {
        method: expected for method, (_, expected) in seen.items()
    }, address


@pytest.mark.parametrize("path", sorted(TABLE))
def test_no_method_breaks_an_address(path, world):
    row = TABLE[path]
    route = next(route for route in own_routes() if route.path == path)
    address = row.address or route.address(row.values(world))
    for method in ("head", "options", "put", "patch", "delete"):
        for role in ROLES:
            assert getattr(world.browser(role), method)(address).status_code < 500, (method, role)


@pytest.mark.parametrize("path", sorted(path for path, row in TABLE.items() if row.foreign))
def test_a_strangers_row_is_as_good_as_missing(path, world):
    row = TABLE[path]
    route = next(route for route in own_routes() if route.path == path)
    foreign, missing = route.address(row.foreign(world)), route.address({})
    browser = world.browser("administrator")

    for method in ("get", "post"):
        if getattr(row, method) is not None:
            found, absent = getattr(browser, method)(foreign), getattr(browser, method)(missing)
            assert (found.status_code, absent.status_code) in {(404, 404), (405, 405)}, foreign


def back_office_addresses():
    return sorted({route.address({}) for route in every_route() if route.path.startswith(BACK_OFFICE)})


def test_the_back_office_opens_to_staff_with_a_second_factor_alone(world):
    addresses = back_office_addresses()
    assert len(addresses) > 100

    for address in addresses:
        if "~" in address:
            continue
        assert world.browser("visitor").get(address).status_code == 302, address
        for role in ("stranger", "viewer", "administrator"):
            assert world.browser(role).get(address).status_code == 404, (address, role)


def test_the_back_office_does_open_to_staff(world):
    assert world.browser("staff").get("/staff/").status_code == 200
