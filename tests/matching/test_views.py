from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.core.models import AuditEntry, OutboxMessage
from marketplace.matching import actions
from marketplace.matching.emails import STOP_SIGNER, stop_token
from marketplace.matching.models import SavedSearch
from suppliers.signals import suppliers_changed
from tests.factories.accounts import RepresentativeFactory
from tests.factories.board import shown
from tests.factories.matching import NewCallFactory, SavedSearchFactory, ToldFactory
from tests.factories.suppliers import SupplierFactory
from tests.introductions.test_views import words

pytestmark = pytest.mark.django_db
NEW = "/workspace/searches/new/"
LIST = "/workspace/searches/"
DAY = timedelta(days=1)


def test_a_search_is_saved_as_the_directory_writes_it(as_user, omar):
    browser = as_user(omar)

    page = browser.get(f"{NEW}?country=FR&q=bread&after=broken&nonsense=1")
    response = browser.post(f"{NEW}?country=FR&q=bread&after=broken", {"name": "Bakers", "alert": "weekly"})

    assert 'value="bread, France"' in page.content.decode()
    assert response.url == LIST
    saved = SavedSearch.objects.get()
    assert (saved.owner, saved.organisation, saved.query) == (omar, omar.organisation, "q=bread&country=FR")
    assert "Every Monday" in words(browser.get(LIST))
    assert 'href="/suppliers/?q=bread&amp;country=FR"' in browser.get(LIST).content.decode()


def test_the_same_search_saved_again_stays_one(as_user, omar):
    for name in ("One", "Two"):
        as_user(omar).post(f"{NEW}?q=bread", {"name": name, "alert": "none"})

    assert SavedSearch.objects.get().name == "Two"


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"name": " ", "alert": "none"},
        {"name": "x", "alert": "hourly"},
        {"name": "x", "alert": "instant"},
        {"name": "x" * 121, "alert": "none"},
    ],
)
def test_what_cannot_be_saved_is_said(as_user, omar, typed):
    response = as_user(omar).post(f"{NEW}?q=bread", typed)

    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert not SavedSearch.objects.exists()


def test_there_is_a_limit_and_it_is_said(as_user, omar, monkeypatch):
    monkeypatch.setattr(actions, "SEARCHES_AT_MOST", 1)
    SavedSearchFactory(owner=omar, organisation=omar.organisation)

    response = as_user(omar).post(f"{NEW}?q=bread", {"name": "One more", "alert": "none"})

    assert response.status_code == 422
    assert "delete one first" in words(response)


def test_a_search_too_long_to_keep_is_refused_with_a_sentence(as_user, omar):
    response = as_user(omar).post(f"{NEW}?q={'😀' * 200}", {"name": "Faces", "alert": "none"})

    assert response.status_code == 422
    assert "too long to be kept" in words(response)


def test_a_colleagues_and_a_strangers_searches_look_missing(as_user, omar, amina):
    colleague = RepresentativeFactory(organisation=omar.organisation).user
    rows = [
        SavedSearchFactory(owner=colleague, organisation=omar.organisation, name="Hers"),
        SavedSearchFactory(owner=amina, organisation=amina.organisation, name="City's"),
    ]
    browser = as_user(omar)

    for row in rows:
        assert row.name not in words(browser.get(LIST))
        assert browser.get(f"{LIST}{row.pk}/").status_code == 404
        assert browser.post(f"{LIST}{row.pk}/", {"name": "Mine", "alert": "none"}).status_code == 404
        assert browser.post(f"{LIST}{row.pk}/delete/").status_code == 404
    assert SavedSearch.objects.count() == 2


def test_a_search_is_renamed_given_an_alert_and_deleted(as_user, omar):
    saved = SavedSearchFactory(owner=omar, organisation=omar.organisation)
    before = saved.seen_until
    browser = as_user(omar)

    browser.post(f"{LIST}{saved.pk}/", {"name": "Bakers", "alert": "daily"})

    saved.refresh_from_db()
    assert (saved.name, saved.alert) == ("Bakers", "daily")
    assert saved.seen_until > before
    browser.post(f"{LIST}{saved.pk}/delete/")
    assert not SavedSearch.objects.exists()


def test_evidence_in_an_address_is_kept_by_who_may_ask_for_it_alone(as_user, omar, amina, company, city):
    for person in (omar, amina):
        as_user(person).post(f"{NEW}?q=bread&tier=certified", {"name": "Bakers", "alert": "none"})

    assert SavedSearch.objects.get(owner=omar).query == "q=bread&tier=certified"
    assert SavedSearch.objects.get(owner=amina).query == "q=bread"


def test_evidence_in_a_saved_search_lapses_and_comes_back(as_user, omar, company):
    SavedSearchFactory(owner=omar, organisation=omar.organisation, query="q=bread&tier=certified")
    grant = omar.organisation.grants.get()
    browser = as_user(omar)
    assert "tier=certified" in browser.get(LIST).content.decode()

    type(grant).objects.update(entitlements=["directory"])
    assert "tier=certified" not in browser.get(LIST).content.decode()

    type(grant).objects.update(entitlements=["directory", "evidence"])
    assert "tier=certified" in browser.get(LIST).content.decode()


def test_the_directory_offers_to_save_and_to_take_out(as_user, client, omar, zed, company):
    page = as_user(omar).get("/suppliers/?q=bread&country=FR").content.decode()

    assert f'href="{NEW}?q=bread&amp;country=FR"' in page
    assert 'href="/workspace/searches/export/?q=bread&amp;country=FR&amp;form=xlsx"' in page
    for browser in (client, as_user(zed)):
        assert NEW not in browser.get("/suppliers/?q=bread").content.decode()


# --- Calls --------------------------------------------------------------------------------------------------------


def test_a_search_of_calls_is_saved_as_the_list_writes_it(as_user, omar):
    browser = as_user(omar)

    page = browser.get(f"{NEW}calls/?country=FR&q=bread&after=broken&nonsense=1")
    response = browser.post(f"{NEW}calls/?country=FR&q=bread&after=broken", {"name": "Bread", "alert": "instant"})

    assert 'value="bread, France"' in page.content.decode()
    assert response.url == LIST
    saved = SavedSearch.objects.get()
    assert (saved.kind, saved.query, saved.alert) == ("calls", "q=bread&country=FR", "instant")
    assert saved.next_at > timezone.now()
    shown = browser.get(LIST)
    assert "At once" in words(shown)
    assert 'href="/calls/?q=bread&amp;country=FR"' in shown.content.decode()


def test_the_list_of_calls_offers_to_save_to_whoever_acts_for_somebody(as_user, client, omar, zed):
    page = as_user(omar).get("/calls/?q=bread&country=FR").content.decode()

    assert f'href="{NEW}calls/?q=bread&amp;country=FR"' in page
    for browser in (client, as_user(zed)):
        assert NEW not in browser.get("/calls/?q=bread").content.decode()


def test_what_can_be_carried_is_offered_to_firms_and_stopped_rather_than_deleted(as_user, omar, amina):
    SupplierFactory(listed=True, organisation=omar.organisation)
    browser = as_user(omar)
    assert f'href="{NEW}carry/"' in browser.get(LIST).content.decode()

    browser.post(f"{NEW}carry/", {"name": "For us", "alert": "weekly"})
    saved = SavedSearch.objects.get()
    assert (saved.kind, saved.query, saved.alert) == ("carry", "", "weekly")
    assert f'href="{NEW}carry/"' not in browser.get(LIST).content.decode()
    browser.post(f"{LIST}{saved.pk}/delete/")
    saved.refresh_from_db()
    assert (saved.alert, saved.next_at) == ("none", None)
    # To whoever sells nothing it does not exist.
    assert as_user(amina).get(f"{NEW}carry/").status_code == 404
    assert as_user(amina).get(f"{NEW}nonsense/").status_code == 404


def test_the_page_counts_what_is_new_and_says_what_keeps_the_mails_back(as_user, omar):
    SavedSearchFactory(
        owner=omar, organisation=omar.organisation, calls=True, alert="daily", seen_until=timezone.now() - DAY
    )
    NewCallFactory(call=shown())
    known = NewCallFactory(call=shown()).call
    ToldFactory(person=omar, call=known)
    browser = as_user(omar)

    assert "1 new" in words(browser.get(LIST))
    assert "Waits" not in words(browser.get(LIST))
    OutboxMessage.objects.create(
        template="x", to=omar.email, language="en", failed_at=timezone.now(), last_error="550 no such user"
    )
    assert "refused one on" in words(browser.get(LIST))
    omar.emailaddress_set.update(verified=False)
    page = words(browser.get(LIST))
    assert "Confirm your e-mail address" in page
    assert "Waits" in page


def test_whoever_administers_a_firm_that_is_listed_starts_with_a_weekly_search_once(omar):
    supplier = SupplierFactory(listed=True, organisation=omar.organisation)
    RepresentativeFactory(organisation=omar.organisation)

    suppliers_changed.send(sender=None, suppliers=[supplier.pk])
    suppliers_changed.send(sender=None, suppliers=[supplier.pk])

    saved = SavedSearch.objects.get()
    assert (saved.owner, saved.kind, saved.alert) == (omar, "carry", "weekly")
    assert AuditEntry.objects.filter(verb="saved_search.started").count() == 1
    actions.stop_alerts(omar)
    suppliers_changed.send(sender=None, suppliers=[supplier.pk])
    assert SavedSearch.objects.get().alert == "none"


def test_a_firm_that_was_listed_long_ago_or_is_not_listed_starts_nothing(omar, amina):
    old = SupplierFactory(listed=True, organisation=omar.organisation, listed_at=timezone.now() - DAY)
    waiting = SupplierFactory(organisation=amina.organisation)

    suppliers_changed.send(sender=None, suppliers=[old.pk, waiting.pk])

    assert not SavedSearch.objects.exists()


# --- Stopping ---------------------------------------------------------------------------------------------------


def stop_address(person, kind=""):
    return f"/searches/stop/{stop_token(person, kind)}/"


@pytest.fixture
def three(omar):
    """One search with mails of each kind."""
    for kind in ("suppliers", "calls", "carry"):
        SavedSearchFactory(owner=omar, organisation=omar.organisation, kind=kind, query="", alert="daily")


def with_mails():
    return set(SavedSearch.objects.exclude(alert="none").values_list("kind", flat=True))


def test_one_press_stops_all_mails_and_keeps_the_searches(omar, three):
    browser = Client(enforce_csrf_checks=True)  # a mail program sends no token

    assert browser.get(stop_address(omar)).status_code == 200
    assert len(with_mails()) == 3  # a scanner that opens links stops nothing
    response = browser.post(stop_address(omar), {"List-Unsubscribe": "One-Click"})

    assert "Stopped." in words(response)
    assert with_mails() == set()
    assert SavedSearch.objects.filter(next_at=None).count() == 3
    assert AuditEntry.objects.filter(verb="saved_search.alerts_stopped").count() == 1
    assert browser.post(stop_address(omar)).status_code == 200
    assert AuditEntry.objects.filter(verb="saved_search.alerts_stopped").count() == 1


def test_one_press_stops_the_mails_of_one_kind_and_another_all(omar, three):
    browser = Client(enforce_csrf_checks=True)

    response = browser.post(stop_address(omar, "calls"), {"List-Unsubscribe": "One-Click"})

    assert "Stopped: Calls." in words(response)
    assert with_mails() == {"suppliers", "carry"}
    browser.post(stop_address(omar, "calls"), {"everything": "yes"})
    assert with_mails() == set()


def test_the_link_of_an_old_mail_still_stops_all(omar, three):
    Client().post(f"/searches/stop/{STOP_SIGNER.sign(str(omar.pk))}/")

    assert with_mails() == set()


@pytest.mark.parametrize("token", ["1", "1:x", "x" * 300])
def test_a_forged_link_stops_nothing(client, omar, token):
    SavedSearchFactory(owner=omar, organisation=omar.organisation, alert="daily")

    assert client.post(f"/searches/stop/{token}/").status_code == 404
    assert SavedSearch.objects.get().alert == "daily"
