import pytest
from django.utils.functional import SimpleLazyObject

from marketplace.billing.models import Entitlement
from marketplace.billing.permissions import has_entitlement, is_contracting_authority, sees_evidence
from tests.factories.accounts import OrganisationFactory
from tests.factories.billing import GrantFactory
from tests.factories.introductions import BuyerFactory

pytestmark = pytest.mark.django_db
NOBODY = SimpleLazyObject(lambda: None)


def test_an_entitled_company_sees_evidence():
    company = BuyerFactory().organisation
    GrantFactory(organisation=company, entitlements=[Entitlement.EVIDENCE])

    assert sees_evidence(company)
    assert not is_contracting_authority(company)


def test_a_contracting_authority_sees_no_evidence_whatever_it_was_granted():
    city = BuyerFactory(authority=True).organisation
    GrantFactory(organisation=city, everything=True)

    assert has_entitlement(city, Entitlement.EVIDENCE)
    assert is_contracting_authority(city)
    assert not sees_evidence(city)


def test_who_buys_nothing_sees_no_evidence():
    firm = OrganisationFactory()
    GrantFactory(organisation=firm, everything=True)

    assert not sees_evidence(firm)


def test_evidence_ends_with_the_grant():
    company = BuyerFactory().organisation
    GrantFactory(organisation=company, everything=True, lapsed=True)

    assert not sees_evidence(company)


@pytest.mark.parametrize("nobody", [None, NOBODY])
def test_whoever_acts_for_nobody_is_entitled_to_nothing(nobody):
    assert not has_entitlement(nobody, Entitlement.DIRECTORY)
    assert not sees_evidence(nobody)
    assert not is_contracting_authority(nobody)
