import pytest
from django.utils import translation

from marketplace.core import outbox
from marketplace.core.models import OutboxMessage
from tests.people import PASSWORD


@pytest.fixture
def mails():
    """`mails(address)` is what the outbox holds for an address, oldest first, as (name, context with secrets)."""

    def to(address):
        return [
            (message.template.rpartition("/")[2], message.context | outbox.unseal(message.sealed))
            for message in OutboxMessage.objects.filter(to=address).order_by("pk")
        ]

    return to


@pytest.fixture
def sign_in(client):
    """Through the sign-in page with a password; says where it leads."""

    def post(user, browser=client, password=PASSWORD, **query):
        return browser.post("/account/login/", {"login": user.email, "password": password}, query_params=query)

    return post


@pytest.fixture(autouse=True)
def _english():
    """The test client leaves a thread in the language of its last page, which would turn every later address."""
    with translation.override("en"):
        yield
