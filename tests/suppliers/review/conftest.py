import pytest

from marketplace.core import outbox
from marketplace.core.models import OutboxMessage
from suppliers.review import receipts
from suppliers.review.actions import submit_supplier
from tests.factories.review import ReadySupplierFactory


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
def atlas(omar):
    """Omar's profile, ready to be sent."""
    return ReadySupplierFactory(organisation=omar.organisation, slug="atlas")


@pytest.fixture
def send(omar):
    """`send(supplier)` as Omar does it, with his yes to the text of today."""

    def press(supplier, **kwargs):
        said = {"receipt_text_version": receipts.CURRENT, "language": "fr", "by": omar} | kwargs
        return submit_supplier(supplier, **said)

    return press
