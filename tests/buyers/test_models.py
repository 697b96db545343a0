from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from buyers.models import Buyer
from tests.factories.accounts import OrganisationFactory
from tests.factories.buyers import BuyerFactory

pytestmark = pytest.mark.django_db


def test_companies_and_authorities_are_told_apart():
    company = Buyer.objects.create(organisation=OrganisationFactory(), kind=Buyer.Kind.COMPANY, slug="oruma")
    city = Buyer.objects.create(organisation=OrganisationFactory(), kind=Buyer.Kind.CONTRACTING_AUTHORITY, slug="leeds")

    assert list(Buyer.objects.companies()) == [company]
    assert list(Buyer.objects.contracting_authorities()) == [city]


@pytest.mark.parametrize(
    ("name", "fields"),
    [("buyer_kind_is_known", {"kind": "club", "slug": "a"}), ("buyer_has_an_address", {"kind": "company", "slug": ""})],
)
def test_the_database_refuses_what_can_never_be(name, fields):
    with pytest.raises(IntegrityError, match=name):
        Buyer.objects.create(organisation=OrganisationFactory(), **fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("buyer_central_is_an_authority", {"is_central": True}),
        ("buyer_refusal_has_a_reason_and_is_no_clearance", {"refused_at": timezone.now()}),
        ("buyer_refusal_has_a_reason_and_is_no_clearance", {"refused_because": "No."}),
        (
            "buyer_refusal_has_a_reason_and_is_no_clearance",
            {"refused_at": timezone.now(), "refused_because": "No.", "cleared_at": timezone.now()},
        ),
    ],
)
def test_no_clearance_contradicts_itself(name, fields):
    with pytest.raises(IntegrityError, match=name):
        BuyerFactory(**fields)


def test_who_asked_again_after_a_refusal_waits_again():
    refused = BuyerFactory(refused=True)
    again = BuyerFactory(refused=True, clearance_asked_at=timezone.now() + timedelta(minutes=1))
    BuyerFactory(cleared=True, waiting=True)

    assert list(Buyer.objects.refused()) == [refused]
    assert list(Buyer.objects.waiting_for_clearance()) == [again]
    assert (refused.is_refused, refused.is_waiting) == (True, False)
    assert (again.is_refused, again.is_waiting) == (False, True)
