from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.billing.actions import end_grant, give_grant
from marketplace.billing.models import Entitlement, Grant
from marketplace.billing.permissions import has_entitlement
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from tests.factories.accounts import OrganisationFactory
from tests.factories.billing import GrantFactory

pytestmark = pytest.mark.django_db


def give(organisation, by, **fields):
    today = timezone.localdate()
    said = {"entitlements": ["export", "directory"], "valid_from": today, "valid_until": None, "reason": "Pilot"}
    return give_grant(organisation, **(said | fields), by=by)


def test_a_grant_gives_from_the_next_request_on_and_is_recorded(stella):
    organisation = OrganisationFactory()

    grant = give(organisation, stella)

    assert grant.entitlements == ["directory", "export"]
    assert has_entitlement(organisation, Entitlement.EXPORT)
    verbs = set(AuditEntry.objects.filter(by=stella).values_list("verb", flat=True))
    assert verbs == {"grant.given", "organisation.granted"}


def test_the_same_grant_given_twice_is_there_once(stella):
    organisation = OrganisationFactory()

    assert give(organisation, stella) == give(organisation, stella)
    assert Grant.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"entitlements": []},
        {"entitlements": ["everything"]},
        {"reason": "  "},
        {"valid_until": timezone.localdate() - timedelta(days=3)},
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(stella, fields):
    with pytest.raises(RuleBroken):
        give(OrganisationFactory(), stella, **fields)
    assert not Grant.objects.exists()


def test_a_grant_that_is_ended_gives_nothing_from_now_on_and_is_kept(stella):
    grant = GrantFactory(valid_from=timezone.localdate() - timedelta(days=5))

    end_grant(grant, by=stella)

    grant.refresh_from_db()
    assert grant.valid_until == timezone.localdate() - timedelta(days=1)
    assert not has_entitlement(grant.organisation, Entitlement.DIRECTORY)
    assert AuditEntry.objects.filter(verb="grant.ended", by=stella).exists()


def test_a_grant_that_began_today_is_taken_back_whole(stella):
    grant = GrantFactory()
    organisation = grant.organisation

    end_grant(grant, by=stella)

    assert not Grant.objects.exists()
    assert not has_entitlement(organisation, Entitlement.DIRECTORY)
    assert AuditEntry.objects.filter(verb="organisation.grant_taken_back").exists()


def test_a_grant_ends_once(stella):
    grant = GrantFactory(lapsed=True)

    with pytest.raises(RuleBroken):
        end_grant(grant, by=stella)
