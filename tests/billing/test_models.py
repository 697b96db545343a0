from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from marketplace.billing.models import Entitlement, Grant
from tests.factories.accounts import OrganisationFactory
from tests.factories.billing import GrantFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"reason": ""}, "grant_has_a_reason"),
        ({"entitlements": []}, "grant_gives_something"),
        ({"valid_until": TODAY() - timedelta(days=1)}, "grant_period_is_forward"),
    ],
)
def test_the_database_refuses_a_grant_that_makes_no_sense(fields, name):
    with pytest.raises(IntegrityError, match=name):
        GrantFactory(**fields)


def test_a_grant_holds_through_its_last_day_and_not_before_its_first():
    today = TODAY()
    grant = GrantFactory(valid_from=today, valid_until=today + timedelta(days=2))

    days = [today + timedelta(days=day) for day in (-1, 0, 2, 3)]

    assert [Grant.objects.valid(day).filter(pk=grant.pk).exists() for day in days] == [False, True, True, False]


def test_what_ends_within_four_weeks_is_told_apart():
    today = TODAY()
    organisation = OrganisationFactory()
    soon = GrantFactory(organisation=organisation, valid_until=today + timedelta(days=28))
    GrantFactory(organisation=organisation, valid_until=today + timedelta(days=29))
    GrantFactory(organisation=organisation)
    GrantFactory(organisation=organisation, lapsed=True)

    assert list(Grant.objects.ending()) == [soon]


def test_giving_looks_for_one_entitlement_among_several():
    both = GrantFactory(entitlements=[Entitlement.DIRECTORY, Entitlement.EXPORT])
    GrantFactory(entitlements=[Entitlement.DIRECTORY])

    assert list(Grant.objects.giving(Entitlement.EXPORT)) == [both]
