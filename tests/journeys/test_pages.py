"""Every page a visitor or a person meets: accessible, light, nothing too wide, in both languages, light and dark."""

import io

import pytest
from django.core.management import call_command
from django.db import connection, connections

from suppliers.models import Supplier
from tests import databases, harness
from tests.factories.suppliers import supplier_of
from tests.journeys.checks import DESK, PAGE_LIMIT, PHONE, assert_accessible, assert_fits, page_weight
from tests.people import PASSWORD, acts_for, person

PUBLIC = ["/", "/suppliers/", "/suppliers/?q=nothing-like-this", "/account/login/", "/account/signup/"]
PUBLIC += ["/account/password/reset/", "/privacy/", "/accessibility/", "/about/", "/no-such-page/"]
PUBLIC += ["/list-your-firm/", "/suppliers/?q=nettoyage+de+bureaux&country=FR"]
OWN = ["/account/", "/account/person/", "/account/email/", "/account/password/change/", "/account/2fa/"]
OWN += ["/account/sessions/", "/account/organisations/new/", "/workspace/", "/workspace/organisation/"]
OWN += ["/workspace/people/", "/workspace/requests/", "/workspace/profile/", "/workspace/profile/what-we-do/"]
OWN += ["/workspace/profile/services/", "/workspace/profile/where/", "/workspace/profile/send/"]
OWN += ["/workspace/profile/receipts/", "/workspace/profile/documents/", "/workspace/profile/pictures/"]
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
EVERY_LOOK = [
    (size, language, scheme)
    for size in (NARROW, PHONE, DESK, WIDE)
    for language in ("en", "fr")
    for scheme in ("light", "dark")
]
#: Each size, language and scheme once or twice; `make prove` takes them all.
SOME_LOOKS = [(NARROW, "fr", "light"), (PHONE, "en", "dark"), (DESK, "fr", "dark"), (WIDE, "en", "light")]


def pytest_generate_tests(metafunc):
    if "scheme" in metafunc.fixturenames:
        looks = EVERY_LOOK if metafunc.config.getoption("--prove") else SOME_LOOKS
        names = [f"{size['width']}-{language}-{scheme}" for size, language, scheme in looks]
        metafunc.parametrize(("size", "language", "scheme"), looks, ids=names)


def addressed(path, language):
    return path if language == "en" else f"/{language}{path}"


def check(page, paths, language):
    for path in paths:
        page.goto(addressed(path, language))
        assert page.get_attribute("html", "lang") == language, path
        assert_accessible(page)
        assert_fits(page)


def test_public_pages_are_accessible_and_fit(look, demo_world, size, language, scheme):
    page = look.open(size, language=language, scheme=scheme)

    check(page, [*PUBLIC, demo_world], language)


def test_own_pages_are_accessible_and_fit(look, site, size, language, scheme):
    user = person("sam@firm.example", "Sam Okoye")
    supplier_of(acts_for(user, "Firm of Sam", town="Hull"))
    page = look.open(size, language=language, scheme=scheme)
    page.goto("/account/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]:not([form])").first.click()
    page.wait_for_url("**/workspace/")

    check(page, OWN, language)


def test_the_check_finds_a_page_that_is_not_accessible(look):
    page = look.desk()
    page.set_content("<html><body><img src='x'><input></body></html>")

    with pytest.raises(AssertionError):
        assert_accessible(page)


def test_every_public_page_weighs_under_100_kilobytes(look, demo_world, proof):
    page = look.desk()
    weights = {path: page_weight(page, path) for path in [*PUBLIC, demo_world]}

    proof.record("heaviest public page", bytes=max(weights.values()), page=max(weights, key=weights.get))
    assert {path: weight for path, weight in weights.items() if weight > PAGE_LIMIT} == {}


def test_the_core_pages_work_without_javascript(look, demo_world):
    page = look.desk(java_script_enabled=False)
    page.goto("/")
    page.locator("form[role=search] input[type=search], form[role=search] input[name=q]").first.fill("cleaning")
    page.locator("form[role=search] button").first.click()

    assert "/suppliers/?" in page.url
    assert page.locator("main h1").inner_text()


@pytest.fixture(scope="module")
def demo_database(django_db_setup, django_db_blocker):
    """A few suppliers, planted once; each test has a copy."""
    name = f"tessera_demo_{harness.WORKER}"
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.leading_to(name):
            call_command("seed_demo", suppliers=30, stdout=io.StringIO())
        yield name
        databases.drop(name)


@pytest.fixture
def demo_world(site, demo_database):
    """The site with these suppliers; the address of one of them."""
    ours = connection.settings_dict["NAME"]
    connections.close_all()
    databases.clone(ours, demo_database)
    return Supplier.objects.listed().order_by("pk").first().get_absolute_url()
