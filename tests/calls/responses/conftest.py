import pytest

from buyers.models import Buyer
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory
from tests.factories.suppliers import SupplierFactory


@pytest.fixture(autouse=True)
def _own_folders(media, settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def atlas(omar):
    """Omar's firm, which is not listed."""
    return SupplierFactory(organisation=omar.organisation)


@pytest.fixture
def buyer(amina):
    return BuyerFactory(organisation=amina.organisation, cleared=True, kind=Buyer.Kind.CONTRACTING_AUTHORITY)


@pytest.fixture
def call(buyer):
    """Amina's, open, in two lots, answered here."""
    return CallFactory(published=True, here=True, buyer=buyer, lots=2, title="Cleaning of schools")


@pytest.fixture
def lot(call):
    return call.lots.get(number=1)
