import pytest

from buyers.models import Buyer
from suppliers.directory import rows
from tests.factories.billing import GrantFactory
from tests.factories.introductions import BuyerFactory
from tests.factories.suppliers import SupplierFactory


@pytest.fixture
def company(omar):
    """Omar's organisation as a company that buys and has everything its membership can give."""
    GrantFactory(organisation=omar.organisation, everything=True)
    return BuyerFactory(organisation=omar.organisation)


@pytest.fixture
def city(amina):
    """Amina's city; even if somebody granted it evidence, it meets none."""
    GrantFactory(organisation=amina.organisation, everything=True)
    return BuyerFactory(organisation=amina.organisation, kind=Buyer.Kind.CONTRACTING_AUTHORITY)


@pytest.fixture
def listed():
    """`listed("Name", summary=…, offers=[…])` is a firm that the directory finds."""

    def add(name="Firm", **fields):
        supplier = SupplierFactory(listed=True, organisation__name=name, **fields)
        rows.refresh([supplier.pk])
        return supplier

    return add


@pytest.fixture
def mails():
    """`mails(address)` is what the outbox holds for an address, oldest first, as (name, context with secrets)."""
    from marketplace.core import outbox
    from marketplace.core.models import OutboxMessage

    def to(address):
        return [
            (message.template.rpartition("/")[2], message.context | outbox.unseal(message.sealed))
            for message in OutboxMessage.objects.filter(to=address).order_by("pk")
        ]

    return to
