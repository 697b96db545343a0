import pytest
from django.utils import timezone

from marketplace.billing.models import Grant
from tests.factories.accounts import OrganisationFactory
from tests.factories.billing import GrantFactory

pytestmark = pytest.mark.django_db
NEW = "/staff/grants/new/"


def typed(organisation, **fields):
    today = timezone.localdate().isoformat()
    said = {"organisation_words": organisation, "entitlements": ["directory"], "valid_from": today, "reason": "Pilot"}
    return said | fields


def test_staff_give_a_grant_by_the_name_of_the_organisation(as_user, stella):
    organisation = OrganisationFactory(name="Société Générale des Jardins")

    response = as_user(stella).post(NEW, typed("societe generale des jardins"))

    grant = Grant.objects.get()
    assert response.url == f"/staff/grants/inspect/{grant.pk}/"
    assert (grant.organisation, grant.given_by) == (organisation, stella)


def test_where_several_are_called_so_they_are_listed_with_their_numbers(as_user, stella):
    first, second = OrganisationFactory(name="Atlas Ltd"), OrganisationFactory(name="Atlas Group", town="Leeds")

    page = as_user(stella).post(NEW, typed("atlas")).content.decode()

    assert f"#{first.pk} Atlas Ltd" in page
    assert f"#{second.pk} Atlas Group, Leeds" in page
    assert not Grant.objects.exists()
    as_user(stella).post(NEW, typed(f"#{second.pk}"))
    assert Grant.objects.get().organisation == second


@pytest.mark.parametrize("words", ["nobody at all", "#999999999999999999", "#x", "%", "' OR 1=1 --"])
def test_an_organisation_that_is_not_there_is_said_so(as_user, stella, words):
    OrganisationFactory(name="Atlas")

    page = as_user(stella).post(NEW, typed(words)).content.decode()

    assert "No organisation is called so" in page
    assert not Grant.objects.exists()


def test_what_the_action_refuses_is_said_and_nothing_typed_is_lost(as_user, stella):
    OrganisationFactory(name="Atlas")

    response = as_user(stella).post(NEW, typed("Atlas", valid_until="2001-01-01", reason="A pilot of ours"))

    page = response.content.decode()
    assert "The last day is before the first." in page
    assert "A pilot of ours" in page
    assert not Grant.objects.exists()


def test_staff_end_a_grant_from_its_page(as_user, stella):
    grant = GrantFactory()
    browser = as_user(stella)

    assert "End it now" in browser.get(f"/staff/grants/inspect/{grant.pk}/").content.decode()
    browser.post(f"/staff/grants/{grant.pk}/end/")

    assert not Grant.objects.exists()


def test_the_list_shows_who_has_what_and_filters_by_standing(as_user, stella):
    GrantFactory(organisation__name="Holding Ltd")
    GrantFactory(organisation__name="Lapsed Ltd", lapsed=True)

    page = as_user(stella).get("/staff/grants/?standing=ended").content.decode()

    assert "Lapsed Ltd" in page
    assert "Holding Ltd" not in page
    assert NEW in as_user(stella).get("/staff/grants/").content.decode()


def test_grants_are_not_for_others(as_user, omar):
    assert as_user(omar).get("/staff/grants/").status_code == 404
    assert as_user(omar).post(NEW, typed("Atlas")).status_code == 404
