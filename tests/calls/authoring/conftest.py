import html
import re

import pytest

from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


@pytest.fixture
def leeds(amina):
    """Leeds Council buys, as an authority that is cleared."""
    return BuyerFactory(organisation=amina.organisation, authority=True, cleared=True)


@pytest.fixture
def atlas(omar):
    """Omar's firm buys too, as a company that is cleared."""
    return BuyerFactory(organisation=omar.organisation, cleared=True)


@pytest.fixture
def city_call(leeds):
    """A draft of Leeds Council that may be published once its word on the official notice is given."""
    return CallFactory(buyer=leeds, lots=2, title="Cleaning of schools")


@pytest.fixture
def firm_call(atlas):
    return CallFactory(buyer=atlas, lots=2, title="Catering")


@pytest.fixture
def desk(as_user, amina, leeds):
    return as_user(amina)


@pytest.fixture
def firm_desk(as_user, omar, atlas):
    return as_user(omar)


@pytest.fixture
def save():
    """`save(browser, address, **fields)` opens the page and sends these fields as it would."""

    def send(browser, address, **fields):
        page = browser.get(address).content.decode()
        seen = re.search(r'name="seen" value="([^"]*)"', page)
        return browser.post(address, {"then": "next", "seen": seen[1] if seen else ""} | fields)

    return send
