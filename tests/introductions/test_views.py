import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.introductions.models import Shortlist, ShortlistEntry
from suppliers.models import Supplier
from tests.factories.accounts import RepresentativeFactory
from tests.factories.introductions import BuyerFactory, ShortlistEntryFactory, ShortlistFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
LISTS = "/workspace/shortlists/"
HTMX = {"HX-Request": "true"}


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def add_address(supplier):
    return reverse("shortlist-add", kwargs={"slug": supplier.slug})


# --- Who gets in ------------------------------------------------------------------------------------------------


def test_without_membership_the_page_says_so_and_loses_nothing(as_user, omar):
    ShortlistFactory(buyer=BuyerFactory(organisation=omar.organisation), name="Kept")

    response = as_user(omar).get(LISTS)

    assert response.status_code == 403
    assert "come back with it" in words(response)
    assert Shortlist.objects.count() == 1


def test_a_firm_that_only_sells_keeps_no_lists(as_user, zed):
    RepresentativeFactory(user=zed, administrator=True)

    assert as_user(zed).get(LISTS).status_code == 403


def test_the_lists_of_another_organisation_look_missing(as_user, omar, company, city):
    entry = ShortlistEntryFactory(shortlist__buyer=city)
    browser, pk = as_user(omar), {"pk": entry.shortlist.pk}

    missing = [
        browser.get(reverse("shortlist-detail", kwargs=pk)),
        browser.get(reverse("shortlist-compare", kwargs=pk)),
        browser.get(reverse("shortlist-export", kwargs=pk)),
        browser.post(reverse("shortlist-edit", kwargs=pk), {"name": "Mine", "version": 1}),
        browser.post(reverse("shortlist-delete", kwargs=pk)),
        browser.post(reverse("entry-note", kwargs={"pk": entry.pk}), {"note": "Mine", "version": 1}),
        browser.post(reverse("entry-remove", kwargs={"pk": entry.pk})),
    ]

    assert [response.status_code for response in missing] == [404] * 7
    assert browser.post(add_address(entry.supplier), {"shortlist": entry.shortlist.pk}).status_code == 422
    assert ShortlistEntry.objects.get().note == ""


def test_a_viewer_reads_and_changes_nothing(as_user, zed, company):
    RepresentativeFactory(user=zed, organisation=company.organisation)
    entry = ShortlistEntryFactory(shortlist__buyer=company, shortlist__name="Catering", note="Ask for a menu")
    browser, pk = as_user(zed), {"pk": entry.shortlist.pk}

    page = words(browser.get(reverse("shortlist-detail", kwargs=pk)))

    assert "Ask for a menu" in page
    assert "Delete the list" not in page
    assert "Begin a list" not in words(browser.get(LISTS))
    refused = [
        browser.post(LISTS, {"name": "New"}),
        browser.post(add_address(entry.supplier), {"name": "New"}),
        browser.get(reverse("shortlist-edit", kwargs=pk)),
        browser.post(reverse("shortlist-delete", kwargs=pk)),
        browser.post(reverse("entry-note", kwargs={"pk": entry.pk}), {"note": "x", "version": 1}),
        browser.post(reverse("entry-remove", kwargs={"pk": entry.pk})),
    ]
    assert [response.status_code for response in refused] == [403] * 6
    assert Shortlist.objects.count() == ShortlistEntry.objects.count() == 1


# --- Putting firms on lists -------------------------------------------------------------------------------------


def test_the_first_firm_begins_the_first_list(as_user, omar, company):
    supplier = SupplierFactory(listed=True)
    browser = as_user(omar)

    assert "Begin the list with this firm" in words(browser.get(add_address(supplier)))
    response = browser.post(add_address(supplier), {"name": "  Catering   2027 ", "next": "/suppliers/?q=bread"})

    assert response.url == "/suppliers/?q=bread"
    entry = ShortlistEntry.objects.get()
    assert (entry.shortlist.name, entry.supplier, entry.added_by) == ("Catering 2027", supplier, omar)


def test_with_script_the_button_alone_comes_back(as_user, omar, company):
    shortlist = ShortlistFactory(buyer=company, name="Catering")
    supplier = SupplierFactory(listed=True)

    address = add_address(supplier)
    response = as_user(omar).post(address, {"shortlist": shortlist.pk, "next": "/suppliers/"}, headers=HTMX)

    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "On the list Catering" in words(response)
    assert shortlist.entries.get().supplier == supplier


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_back_never_leads_away(as_user, omar, company, next_page):
    shortlist = ShortlistFactory(buyer=company)

    response = as_user(omar).post(
        add_address(SupplierFactory(listed=True)), {"shortlist": shortlist.pk, "next": next_page}
    )

    assert response.url == shortlist.get_absolute_url()


@pytest.mark.parametrize(
    "typed", [{}, {"name": "   "}, {"name": "x" * 121}, {"shortlist": "x"}, {"shortlist": "9" * 30}]
)
def test_no_list_no_firm_and_a_sentence(as_user, omar, company, typed):
    response = as_user(omar).post(add_address(SupplierFactory(listed=True)), typed)

    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert not Shortlist.objects.exists()


def test_with_script_a_refusal_comes_back_as_the_choice_of_lists(as_user, omar, company):
    response = as_user(omar).post(add_address(SupplierFactory(listed=True)), {"shortlist": "999"}, headers=HTMX)

    assert response.status_code == 422
    assert "<html" not in response.content.decode()
    assert "There is a problem" in words(response)


def test_a_firm_that_is_not_listed_is_missing_here(as_user, omar, company):
    assert as_user(omar).get(add_address(SupplierFactory(hidden=True))).status_code == 404


def test_cards_and_profile_have_the_button_for_members_alone(as_user, client, omar, zed, company):
    shortlist = ShortlistFactory(buyer=company, name="Catering")
    on = ShortlistEntryFactory(shortlist=shortlist).supplier
    off = SupplierFactory(listed=True, slug="off-the-list")

    profile = words(as_user(omar).get(off.get_absolute_url()))

    assert "Add to “Catering”" in profile
    assert "On the list Catering" in words(as_user(omar).get(on.get_absolute_url()))
    for browser in (client, as_user(zed)):
        assert "Catering" not in words(browser.get(on.get_absolute_url()))
        assert "shortlist-button" not in browser.get(off.get_absolute_url()).content.decode()


def test_the_buttons_of_a_page_cost_the_same_for_one_card_as_for_five(rf, omar, company):
    from marketplace.accounts.models import Representative
    from marketplace.introductions.panels import buttons

    def request():
        made = rf.get("/suppliers/")
        made.user, made.organisation = omar, company.organisation
        made.representative = Representative.objects.get(user=omar)
        return made

    shortlist = ShortlistFactory(buyer=company)
    suppliers = [ShortlistEntryFactory(shortlist=shortlist).supplier for _ in range(5)]
    one_request, five_request = request(), request()
    with CaptureQueriesContext(connection) as one:
        buttons(suppliers[:1], one_request)
    with CaptureQueriesContext(connection) as five:
        assert len(buttons(suppliers, five_request)) == 5

    assert len(one) == len(five) == 3


# --- A list -----------------------------------------------------------------------------------------------------


def test_a_list_shows_its_firms_with_notes(as_user, omar, company):
    entry = ShortlistEntryFactory(
        shortlist__buyer=company, supplier__organisation__name="Bread & Sons", note="Ask <b>twice</b>"
    )

    page = as_user(omar).get(entry.shortlist.get_absolute_url()).content.decode()

    assert "Bread &amp; Sons" in page
    assert "Ask &lt;b&gt;twice&lt;/b&gt;" in page


def test_a_firm_that_hides_itself_vanishes_with_one_sentence_and_is_remembered(as_user, omar, company):
    entry = ShortlistEntryFactory(shortlist__buyer=company, supplier__organisation__name="Shy Ltd", note="Our secret")
    Supplier.objects.update(hidden_at=timezone.now())
    browser = as_user(omar)

    page = words(browser.get(entry.shortlist.get_absolute_url()))

    assert "One firm is no longer listed." in page
    assert "Shy Ltd" not in page
    assert "Our secret" not in page
    assert browser.get(reverse("entry-note", kwargs={"pk": entry.pk})).status_code == 404
    Supplier.objects.update(hidden_at=None)
    assert "Our secret" in words(browser.get(entry.shortlist.get_absolute_url()))


def test_a_note_is_written_and_a_colleagues_is_not_overwritten_unseen(as_user, omar, company):
    entry = ShortlistEntryFactory(shortlist__buyer=company)
    address = reverse("entry-note", kwargs={"pk": entry.pk})
    browser = as_user(omar)

    assert browser.post(address, {"note": "First", "version": 1}).status_code == 302
    refused = browser.post(address, {"note": "Second", "version": 1})

    assert refused.status_code == 422
    assert "First" in words(refused)
    assert "Second" in words(refused)
    assert 'name="version" value="2"' in refused.content.decode()
    assert browser.post(address, {"note": "Second", "version": 2}).status_code == 302
    assert ShortlistEntry.objects.get().note == "Second"


def test_a_list_is_renamed_emptied_and_deleted(as_user, omar, company):
    entry = ShortlistEntryFactory(shortlist__buyer=company)
    shortlist, browser = entry.shortlist, as_user(omar)
    pk = {"pk": shortlist.pk}

    browser.post(reverse("shortlist-edit", kwargs=pk), {"name": "Bakers", "note": "For spring", "version": 1})
    browser.post(reverse("entry-remove", kwargs={"pk": entry.pk}))

    page = words(browser.get(shortlist.get_absolute_url()))
    assert "Bakers" in page
    assert "Nothing on this list yet" in page
    assert browser.post(reverse("shortlist-delete", kwargs=pk)).url == LISTS
    assert not Shortlist.objects.exists()


@pytest.mark.parametrize("typed", [{"name": ""}, {"name": "x" * 121}, {"name": "\x00"}])
def test_a_list_without_a_good_name_is_refused_and_nothing_typed_is_lost(as_user, omar, company, typed):
    response = as_user(omar).post(LISTS, typed)

    assert response.status_code == 422
    assert not Shortlist.objects.exists()


def test_a_list_of_thirty_firms_has_pages_at_the_same_price(as_user, omar, company):
    shortlist = ShortlistFactory(buyer=company)
    browser = as_user(omar)

    def queries():
        browser.get(shortlist.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            page = browser.get(shortlist.get_absolute_url())
        return len(captured), page.content.decode().count('class="card"')

    ShortlistEntryFactory(shortlist=shortlist)
    one = queries()
    ShortlistEntryFactory.create_batch(29, shortlist=shortlist)
    thirty = queries()

    assert one[1] == 1
    assert thirty[1] == 25
    assert thirty[0] <= one[0] + 1  # beyond one page the pages are counted
    assert browser.get(shortlist.get_absolute_url() + "?page=2").content.decode().count('class="card"') == 5
    assert browser.get(shortlist.get_absolute_url() + "?page=x").status_code == 200
