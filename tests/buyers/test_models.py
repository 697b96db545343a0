import pytest
from django.db import IntegrityError

from buyers.models import Buyer
from tests.factories.accounts import OrganisationFactory

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
