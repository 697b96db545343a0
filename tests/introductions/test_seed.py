from random import Random

import pytest
from tqdm import tqdm

from buyers import seed as buyers
from marketplace.billing import seed as billing
from marketplace.billing.models import Entitlement, Grant
from marketplace.billing.permissions import has_entitlement, sees_evidence
from marketplace.introductions import seed as introductions
from marketplace.introductions.models import Shortlist, ShortlistEntry
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def plant():
    amounts = {"buyers": 1, "cities": 1, "suppliers": 6}
    progress = tqdm(disable=True)
    for part in (buyers.plant_companies, buyers.plant_cities, billing.plant_grants, introductions.plant_shortlists):
        part(Random("1"), amounts, progress)


def test_the_demos_company_has_everything_and_its_city_no_evidence():
    SupplierFactory.create_batch(6, listed=True)

    plant()

    company, city = (Shortlist.objects.get(name=name).buyer.organisation for name in introductions.LISTS.values())
    assert sees_evidence(company)
    assert has_entitlement(company, Entitlement.EXPORT)
    assert has_entitlement(city, Entitlement.EXPORT)
    assert not has_entitlement(city, Entitlement.EVIDENCE)
    assert ShortlistEntry.objects.count() == 8


def test_planted_again_nothing_is_added():
    SupplierFactory.create_batch(6, listed=True)
    plant()

    plant()

    assert (Grant.objects.count(), Shortlist.objects.count(), ShortlistEntry.objects.count()) == (2, 2, 8)
