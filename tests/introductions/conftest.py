import pytest

from buyers.models import Buyer
from tests.factories.billing import GrantFactory
from tests.factories.introductions import BuyerFactory


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
