import pytest

from buyers import actions
from buyers.models import Buyer
from marketplace.core.models import OutboxMessage
from tests.buyers.conftest import words
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory

pytestmark = pytest.mark.django_db
PAGE, ASK, STAFF = "/workspace/buying/", "/workspace/buying/clearance/", "/staff/buyers/"


def test_an_administrator_begins_and_reads_where_it_stands(as_user, amina, leeds):
    browser = as_user(amina)
    assert "As what do you buy?" in words(browser.get(PAGE))

    response = browser.post(PAGE, {"kind": "contracting_authority"}, follow=True)

    assert "Cleared: you may publish" in words(response)
    assert Buyer.objects.get().organisation == leeds


def test_the_page_says_why_a_person_looks_and_what_happens_next(as_user, amina):
    response = as_user(amina).post(PAGE, {"kind": "company"}, follow=True)

    said = words(response)
    assert "Our staff are finding out who you are" in said
    assert "Your organisation has no number in a register yet." in said
    assert "Your organisation has no website yet." in said
    assert "You can write calls meanwhile" in said


def test_a_wrong_answer_comes_back_with_what_was_typed(as_user, amina):
    response = as_user(amina).post(PAGE, {"kind": "company", "is_central": "on"})

    assert response.status_code == 422
    assert "Only a contracting authority can be part of central government." in words(response)
    assert not Buyer.objects.exists()


def test_a_refused_organisation_reads_the_reason_and_asks_again(as_user, amina, stella):
    buyer = actions.begin_buying(amina.organisation, kind="company", by=amina)
    actions.refuse_buyer(buyer, words="Which office is this?", by=stella)
    browser = as_user(amina)
    assert "Which office is this?" in words(browser.get(PAGE))

    response = browser.post(ASK, follow=True)

    assert "Our staff look at it and write to you." in words(response)
    assert "They have refused before" in words(response)


def test_editors_read_and_do_not_decide(as_user, amina):
    editor = RepresentativeFactory(organisation=amina.organisation, editor=True).user
    BuyerFactory(organisation=amina.organisation, waiting=True)
    browser = as_user(editor)

    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE, {"kind": "company"}).status_code == 403
    assert browser.post(ASK).status_code == 403


def test_the_workspace_leads_those_there_who_may_buy(as_user, amina, omar):
    from tests.factories.suppliers import SupplierFactory

    assert PAGE in as_user(amina).get("/workspace/").content.decode()
    SupplierFactory(organisation=omar.organisation)
    assert PAGE not in as_user(omar).get("/workspace/").content.decode()


# --- The staff --------------------------------------------------------------------------------------------------


def test_staff_see_the_queue_and_the_doubts(as_user, stella, amina):
    buyer = actions.begin_buying(amina.organisation, kind="company", by=amina)
    BuyerFactory(cleared=True, organisation__name="Known Ltd")
    BuyerFactory(refused=True, organisation__name="Unknown Ltd")
    desk = as_user(stella)

    assert [str(row) for row in desk.get(STAFF).context["object_list"]] == ["Leeds Council"]
    assert [str(row) for row in desk.get(STAFF, {"standing": "refused"}).context["object_list"]] == ["Unknown Ltd"]
    assert [str(row) for row in desk.get(STAFF, {"standing": "cleared"}).context["object_list"]] == ["Known Ltd"]
    shown = words(desk.get(f"{STAFF}inspect/{buyer.pk}/"))
    assert "Your organisation has no website yet." in shown
    assert amina.email in shown
    assert "Buyers waiting to be cleared" in words(desk.get("/staff/"))


def test_staff_clear_and_refuse_with_words(as_user, stella, amina):
    buyer = actions.begin_buying(amina.organisation, kind="company", by=amina)
    desk = as_user(stella)

    assert desk.post(f"{STAFF}{buyer.pk}/refuse/", {"words": ""}).status_code == 422
    desk.post(f"{STAFF}{buyer.pk}/refuse/", {"words": "Who are you?"})
    buyer.refresh_from_db()
    assert buyer.is_refused
    desk.post(f"{STAFF}{buyer.pk}/clear/")
    buyer.refresh_from_db()

    assert buyer.is_cleared
    assert list(OutboxMessage.objects.order_by("pk").values_list("template", flat=True)) == [
        "buyers/email/buyer_refused",
        "buyers/email/buyer_cleared",
    ]
