import pytest
from django.urls import reverse

from suppliers.models import Supplier
from suppliers.review.models import ListingReceipt, Verdict
from tests.factories.suppliers import CapabilityFactory, SupplierFactory, supplier_of
from tests.suppliers.registration.conftest import words

pytestmark = pytest.mark.django_db


def only_supplier():
    return Supplier.objects.get()


def test_the_overview_begins_with_the_first_step(browser):
    page = browser.get("/workspace/profile/")

    assert "Your firm is not listed yet" in words(page)
    assert 'href="/workspace/profile/what-we-do/"' in page.content.decode()


def test_a_draft_says_what_is_missing_and_then_leads_to_the_last_page(browser, omar):
    supplier = supplier_of(omar.organisation, summary="Bread.")
    assert "Name at least one service." in words(browser.get("/workspace/profile/"))

    Supplier.objects.filter(pk=supplier.pk).update(regions=["FR"], languages=["fr"])
    CapabilityFactory(supplier=supplier)

    page = browser.get("/workspace/profile/")
    assert "All that is needed is there." in words(page)
    assert f'href="{reverse("profile-submit")}"' in page.content.decode()


def test_after_sending_the_promised_day_is_named_and_what_to_do_meanwhile(browser, omar):
    SupplierFactory(organisation=omar.organisation, submitted_at="2026-11-20T10:00Z")

    page = words(browser.get("/workspace/profile/"))

    assert "You hear from us by Wed 25 Nov 2026" in page
    assert "Meanwhile" in page


@pytest.mark.parametrize(
    ("kind", "said"),
    [("asked", "Our staff have a question"), ("refused", "Our staff did not list your profile")],
)
def test_what_staff_said_stands_where_it_is_answered(browser, omar, stella, kind, said):
    supplier = supplier_of(omar.organisation)
    Verdict.objects.create(supplier=supplier, kind=kind, words="Which towns?\n<b>", decided_by=stella)

    page = browser.get("/workspace/profile/")

    assert said in words(page)
    assert "Which towns?<br>&lt;b&gt;" in page.content.decode()


def test_a_profile_is_hidden_and_shown_with_one_button_each(browser, omar, client):
    supplier = SupplierFactory(organisation=omar.organisation, listed=True)
    assert client.get(supplier.get_absolute_url()).status_code == 200

    hidden = browser.post("/workspace/profile/hide-now/", follow=True)
    assert client.get(supplier.get_absolute_url()).status_code == 404
    browser.post("/workspace/profile/hide-now/")
    shown = browser.post("/workspace/profile/show-again/", follow=True)

    assert "Hidden by you" in words(hidden)
    assert "Your firm is on show" in words(shown)
    assert client.get(supplier.get_absolute_url()).status_code == 200


def test_what_staff_took_off_the_firm_cannot_put_back(browser, omar, stella):
    supplier = SupplierFactory(organisation=omar.organisation, suspended=True)
    Verdict.objects.create(supplier=supplier, kind="suspended", words="Not your pictures.", decided_by=stella)

    response = browser.post("/workspace/profile/show-again/", follow=True)

    assert "our staff have taken it off" in words(response)
    assert "Not your pictures." in words(response)


def test_a_firm_without_a_profile_has_nothing_to_hide(browser):
    assert browser.post("/workspace/profile/hide-now/").status_code == 404


def test_a_listed_profile_that_is_changed_stays_listed(save, omar):
    SupplierFactory(organisation=omar.organisation, listed=True)

    save("what-we-do", summary="Bread.", summary_language="en")

    assert only_supplier().is_listed


def test_a_new_choice_of_who_sees_it_has_a_receipt(save, omar):
    supplier = SupplierFactory(organisation=omar.organisation, listed=True)
    ListingReceipt.objects.create(supplier=supplier, text_version="2026-11", language="en", audience="everybody")

    save("show", audience="members")

    assert [receipt.audience for receipt in supplier.listing_receipts.live()] == ["members", "everybody"]


def test_the_workspace_leads_to_the_profile(browser, omar):
    assert "List it, free, in about ten minutes." in words(browser.get("/workspace/"))
    SupplierFactory(organisation=omar.organisation, summary="Bread.")

    assert "It is a draft. 3 things are missing" in words(browser.get("/workspace/"))
