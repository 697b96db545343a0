"""Who may open what: every address of the resolver against every role. An address without a row fails."""

from functools import cache

import pytest
from django.core import cache as caches
from django.db import transaction

from tests.architecture.access import BACK_OFFICE, ROLES
from tests.architecture.addresses import TABLE
from tests.architecture.routes import every_route
from tests.architecture.world import make_world
from tests.people import make_amina, make_omar, make_stella, make_zed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def standing_world(django_db_setup, django_db_blocker):
    """Made once, as it takes longer than to ask for an address; what a test changes in it is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        caches.cache.clear()
        yield make_world(omar=make_omar(), amina=make_amina(), zed=make_zed(), stella=make_stella())
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world, db):
    return standing_world.with_fresh_browsers()


@cache
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


#: A key that no row has.
NEVER_GIVEN = 2_000_000_000
METHODS = ("head", "options", "put", "patch", "delete")


def tried(path, *, is_long):
    """By whom each method is tried at this address: by everybody, or in the short run by the administrator, who gets
    furthest, and by one of the others, who take turns from address to address."""
    others = [role for role in ROLES if role != "administrator"]
    for turn, method in enumerate(METHODS, start=sorted(TABLE).index(path)):
        yield method, ROLES if is_long else ("administrator", others[turn % len(others)])


@pytest.mark.parametrize("path", sorted(TABLE))
def test_no_method_breaks_an_address(path, world, prove):
    row = TABLE[path]
    route = next(route for route in own_routes() if route.path == path)
    address = row.address or route.address(row.values(world))
    for method, roles in tried(path, is_long=prove):
        for role in roles:
            assert getattr(world.browser(role), method)(address).status_code < 500, (method, role)


def test_in_the_short_run_everybody_tries_every_method_somewhere():
    pairs = {(method, role) for path in TABLE for method, roles in tried(path, is_long=False) for role in roles}

    assert pairs == {(method, role) for method in METHODS for role in ROLES}


@pytest.mark.parametrize("path", sorted(path for path, row in TABLE.items() if row.foreign))
def test_a_strangers_row_is_as_good_as_missing(path, world):
    row = TABLE[path]
    route = next(route for route in own_routes() if route.path == path)
    keys = [parameter.split(":")[-1] for parameter in route.parameters if parameter.startswith("int:")]
    foreign, missing = route.address(row.foreign(world)), route.address(dict.fromkeys(keys, NEVER_GIVEN))
    browser = world.browser("administrator")

    for method in ("get", "post"):
        if getattr(row, method) is not None:
            found, absent = getattr(browser, method)(foreign), getattr(browser, method)(missing)
            assert (found.status_code, absent.status_code) in {(404, 404), (405, 405)}, foreign


def back_office_addresses():
    return sorted({route.address({}) for route in every_route() if route.path.startswith(BACK_OFFICE)})


def test_the_back_office_opens_to_staff_with_a_second_factor_alone(world, prove):
    """To whom it does not open is decided before an address is looked at, so that in the short run two of the three
    take turns with the third."""
    addresses = [address for address in back_office_addresses() if "~" not in address]
    assert len(addresses) > 100

    for place, address in enumerate(addresses):
        assert world.browser("visitor").get(address).status_code == 302, address
        for turn, role in enumerate(("stranger", "viewer", "administrator")):
            if prove or place % 3 == turn:
                assert world.browser(role).get(address).status_code == 404, (address, role)


def test_the_back_office_does_open_to_staff(world):
    assert world.browser("staff").get("/staff/").status_code == 200
