import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Representative
from suppliers.models import Supplier
from suppliers.review import actions, receipts
from suppliers.review.models import ListingReceipt, PageReport, Verdict
from suppliers.review.restraint import REPORTS_AN_HOUR
from tests.factories.accounts import RepresentativeFactory
from tests.factories.review import (
    ConfirmationFactory,
    ListingReceiptFactory,
    ReadySupplierFactory,
    SupplierFactory,
    VerdictFactory,
)

pytestmark = pytest.mark.django_db
SEND = "/workspace/profile/send/"
YES = {"text_version": receipts.CURRENT, "text_language": "en", "agrees": "on"}
TEXT = receipts.text_of(receipts.CURRENT, "en")


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


@pytest.fixture
def listed(omar):
    return ReadySupplierFactory(listed=True, organisation=omar.organisation, slug="atlas")


@pytest.fixture
def viewer(omar):
    return RepresentativeFactory(organisation=omar.organisation).user


# --- Sending --------------------------------------------------------------------------------------------------------


def test_the_text_is_read_before_the_button_and_the_day_is_promised(as_user, omar, atlas):
    page = words(as_user(omar).get(SEND))

    for heading, _said in TEXT.parts:
        assert heading in page
    assert page.index(TEXT.parts[-1][0]) < page.index("Send it for review")
    assert "We answer by" in page


def test_it_is_sent_with_one_press_and_the_page_says_what_comes(as_user, omar, atlas):
    browser = as_user(omar)

    assert browser.post(SEND, YES).url == "/workspace/profile/"

    assert Supplier.objects.waiting_for_review().get() == atlas
    page = words(browser.get(SEND))
    assert "Your profile is with us" in page
    assert "Send it for review" not in page
    assert browser.post(SEND, YES).status_code == 302
    assert ListingReceipt.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"agrees": ""}, {"text_version": ""}, {"text_version": "1999"}, {"text_language": "x" * 400}, {"agrees": "\x00"}],
)
def test_without_a_yes_to_these_words_nothing_is_sent(as_user, omar, atlas, wrong):
    response = as_user(omar).post(SEND, YES | wrong)

    if wrong == {"agrees": "\x00"}:
        # Any ticked box is a yes, whatever a browser calls it.
        assert response.status_code == 302
        return
    assert response.status_code == 422
    assert not ListingReceipt.objects.exists()


def test_what_is_missing_is_said_with_the_way_to_mend_it(as_user, omar):
    SupplierFactory(organisation=omar.organisation)
    browser = as_user(omar)

    page = browser.get(SEND)

    assert "Say what your firm does." in words(page)
    assert 'href="/workspace/profile/what-we-do/"' in page.content.decode()
    assert "Send it for review" not in words(page)
    assert browser.post(SEND, YES).status_code == 422


def test_the_question_of_the_staff_is_answered_where_it_is_read(as_user, omar, atlas):
    VerdictFactory(supplier=atlas, words="Which offices?\nWhere?")
    browser = as_user(omar)

    assert "Which offices?" in words(browser.get(SEND))
    browser.post(SEND, YES | {"answer": "Those in Leeds."})

    assert Verdict.objects.get().answer == "Those in Leeds."


def test_an_answer_that_is_too_long_is_kept_for_the_person_to_shorten(as_user, omar, atlas):
    VerdictFactory(supplier=atlas)

    response = as_user(omar).post(SEND, YES | {"answer": "y" * 2001})

    assert response.status_code == 422
    assert "y" * 2001 in response.content.decode()


def test_a_firm_that_was_taken_off_reads_why_and_writes_back(as_user, omar, listed, stella):
    actions.suspend_supplier(listed, words="The picture is not yours.", by=stella)
    browser = as_user(omar)

    assert "The picture is not yours." in words(browser.get(SEND))
    assert browser.post(SEND, {"answer": ""}).status_code == 422
    assert browser.post(SEND, {"answer": "I took it myself."}).status_code == 302
    assert "You wrote back" in words(browser.get(SEND))
    assert browser.post(SEND, {"answer": "Hello?"}).status_code == 422
    assert Verdict.objects.appeals().get().answer == "I took it myself."


def test_in_french_the_french_text_is_agreed_to(as_user, omar, atlas):
    page = as_user(omar).get(f"/fr{SEND}").content.decode()

    assert receipts.text_of(receipts.CURRENT, "fr").title in page
    assert 'name="text_language" value="fr"' in page


@pytest.mark.parametrize("path", [SEND, "/workspace/profile/confirm/", "/workspace/profile/receipts/withdraw/"])
def test_a_viewer_speaks_not_for_the_firm_and_staff_neither(as_user, viewer, stella, zed, atlas, path):
    assert as_user(viewer).post(path, YES).status_code == 403
    assert as_user(stella).post(path, YES).status_code == 404
    assert as_user(zed).post(path, YES).status_code == 404
    assert Client().post(path, YES).url.startswith("/account/login/")
    assert not ListingReceipt.objects.exists()


# --- Receipts -------------------------------------------------------------------------------------------------------


def test_receipts_are_listed_read_and_downloaded_word_for_word(as_user, omar, viewer, atlas, send):
    receipt = send(atlas, language="en")
    browser = as_user(viewer)

    page = words(browser.get("/workspace/profile/receipts/"))
    assert "Omar Haddad" in page
    assert "Take it back now" not in page
    assert TEXT.agreement in words(browser.get(f"/workspace/profile/receipts/{receipt.pk}/"))
    download = browser.get(f"/workspace/profile/receipts/{receipt.pk}/text/")
    text = " ".join(download.content.decode().split())
    assert download["Content-Type"] == "text/plain; charset=utf-8"
    assert download["Content-Disposition"].startswith("attachment")
    for heading, said in TEXT.parts:
        assert heading in text
        assert said in text
    assert TEXT.agreement in text
    assert "Omar Haddad" in text


def test_a_receipt_of_another_firm_is_missing(as_user, omar, atlas):
    foreign = ListingReceiptFactory()

    for ending in ("", "text/"):
        assert as_user(omar).get(f"/workspace/profile/receipts/{foreign.pk}/{ending}").status_code == 404


def test_the_yes_is_taken_back_with_one_button(as_user, omar, client, listed):
    browser = as_user(omar)
    assert "Take it back now" in words(browser.get("/workspace/profile/receipts/"))

    assert browser.post("/workspace/profile/receipts/withdraw/").url == "/workspace/profile/receipts/"

    assert client.get(listed.get_absolute_url()).status_code == 404
    page = words(browser.get("/workspace/profile/receipts/"))
    assert "Taken back. Your firm is in no list" in page
    assert "Take it back now" not in page
    browser.post("/workspace/profile/receipts/withdraw/")
    assert "no agreement to take back" in words(browser.get("/workspace/profile/receipts/"))


# --- Still right? ---------------------------------------------------------------------------------------------------


@pytest.fixture
def link(listed, omar, mails):
    """The address in the yearly mail to Omar."""
    Supplier.objects.update(confirmed_on="2025-01-01")
    from suppliers.review.due import ask_if_still_right

    ask_if_still_right(timezone.now())
    return mails(omar.email)[-1][1]["link"].removeprefix(settings.PUBLIC_URL)


def test_opening_the_link_changes_nothing_and_the_button_confirms_signed_out(client, listed, omar, link):
    page = client.get(link)
    listed.refresh_from_db()
    assert listed.confirmation_asked_on is not None
    assert page["Cache-Control"].startswith("max-age=0")

    answered = client.post(link, follow=True)

    listed.refresh_from_db()
    assert (listed.confirmed_on, listed.confirmation_asked_on) == (timezone.now().date(), None)
    assert listed.confirmations.get().confirmed_by == omar
    assert answered.status_code == 200
    confirmed_at = listed.confirmations.get().confirmed_at
    client.post(link)
    assert listed.confirmations.get().confirmed_at == confirmed_at


def test_a_link_that_was_tampered_with_is_missing(client, link):
    assert client.get(link.rstrip("/") + "x/").status_code == 404
    assert client.get("/account/confirmations/1-1/").status_code == 404
    assert client.get(re.sub(r"/\d+-", "/999-", link)).status_code == 404


def test_the_link_of_a_person_who_was_removed_is_closed(client, listed, omar, link):
    Representative.objects.filter(user=omar).update(role="viewer")
    assert client.post(link).status_code == 404
    Representative.objects.filter(user=omar).delete()
    assert client.post(link).status_code == 404

    listed.refresh_from_db()
    assert listed.confirmation_asked_on is not None


def test_the_link_of_a_question_that_fell_away_says_missing(client, listed, omar, link):
    actions.withdraw_listing(listed, by=omar)

    assert client.get(link).status_code == 404


def test_the_firm_confirms_from_its_workspace_too(as_user, omar, listed):
    ConfirmationFactory(supplier=listed)

    assert as_user(omar).post("/workspace/profile/confirm/").url == "/workspace/profile/"

    listed.refresh_from_db()
    assert listed.confirmed_on == timezone.now().date()
    assert as_user(omar).get("/workspace/profile/confirm/").status_code == 405


# --- Report this page -----------------------------------------------------------------------------------------------

REPORT = {"reason": "facts", "words": "They moved to Hull.", "email": "Reader@x.example"}


def test_a_visitor_reports_a_page_and_is_thanked(client, listed):
    response = client.post("/suppliers/atlas/report/", REPORT, follow=True)

    assert response.redirect_chain == [("/suppliers/atlas/", 302)]
    assert "Our staff read every report" in words(response)
    kept = PageReport.objects.get()
    assert (kept.reason, kept.words, kept.email, kept.language) == (
        "facts",
        "They moved to Hull.",
        "Reader@x.example",
        "en",
    )


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"reason": "dislike"}, {"words": ""}, {"words": "\x00"}, {"email": "nobody"}]
)
def test_a_wrong_report_comes_back_with_what_was_typed(client, listed, wrong):
    response = client.post("/suppliers/atlas/report/", {"email": "me@x.example", "words": "They moved."} | wrong)

    assert response.status_code == 422
    page = response.content.decode()
    assert "me@x.example" in page or "They moved." in page
    assert not PageReport.objects.exists()


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(client, listed):
    for _time in range(REPORTS_AN_HOUR + 1):
        response = client.post("/suppliers/atlas/report/", REPORT | {"website": "https://buy.example"})
        assert response.status_code == 302

    assert not PageReport.objects.exists()


def test_one_address_reports_so_often_within_an_hour(client, listed):
    def post(number, **where):
        return client.post("/suppliers/atlas/report/", REPORT | {"words": f"Wrong {number}."}, **where).status_code

    assert [post(number) for number in range(REPORTS_AN_HOUR + 1)] == [302] * REPORTS_AN_HOUR + [422]
    assert PageReport.objects.count() == REPORTS_AN_HOUR
    assert post(90, REMOTE_ADDR="10.1.1.1") == 302
    cache.clear()
    assert post(91) == 302


def test_a_made_up_origin_does_not_help_and_a_trusted_proxy_does(client, listed, settings):
    def post(number, origin):
        told = REPORT | {"words": f"Wrong {number}."}
        return client.post("/suppliers/atlas/report/", told, headers={"X-Forwarded-For": origin}).status_code

    made_up = [post(number, f"10.0.0.{number}") for number in range(REPORTS_AN_HOUR + 1)]
    settings.TRUSTED_PROXY_COUNT = 1
    trusted = [post(number + 50, f"10.9.9.9, 10.0.0.{number}") for number in range(REPORTS_AN_HOUR + 1)]
    one_subscriber = [post(number + 90, f"2001:db8::{number}") for number in range(REPORTS_AN_HOUR + 1)]

    assert made_up[-1] == one_subscriber[-1] == 422
    assert trusted == [302] * (REPORTS_AN_HOUR + 1)


def test_a_page_that_cannot_be_seen_cannot_be_reported(client, as_user, zed):
    SupplierFactory(listed=True, slug="members", audience="members")
    SupplierFactory(waiting=True, slug="waiting")
    SupplierFactory(listed=True, slug="hidden", hidden_at=timezone.now())

    for slug in ("members", "waiting", "hidden", "nothing"):
        for browser in (client, as_user(zed)):
            assert browser.get(f"/suppliers/{slug}/report/").status_code == 404
            assert browser.post(f"/suppliers/{slug}/report/", REPORT).status_code == 404


def test_the_firm_never_sees_a_report(as_user, omar, client, listed):
    client.post("/suppliers/atlas/report/", REPORT)
    browser = as_user(omar)

    for path in ("/workspace/", "/workspace/profile/", SEND, "/workspace/profile/receipts/", "/suppliers/atlas/"):
        assert "They moved to Hull" not in browser.get(path).content.decode(), path


@pytest.mark.parametrize("path", [SEND, "/workspace/profile/receipts/", "/suppliers/atlas/report/"])
def test_every_page_stands_under_both_languages(as_user, omar, listed, path):
    assert as_user(omar).get(path).status_code == 200
    assert 'lang="fr"' in as_user(omar).get(f"/fr{path}").content.decode()


def test_a_page_that_nobody_confirms_says_so(client, listed):
    long_ago = timezone.now().date() - timedelta(days=91)
    Supplier.objects.update(confirmed_on="2025-01-01", confirmation_asked_on=long_ago)

    assert "Not confirmed since" in words(client.get(reverse("supplier-detail", args=["atlas"])))
