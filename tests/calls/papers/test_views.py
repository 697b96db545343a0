import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.calls.papers import panels
from marketplace.calls.papers.models import CallDocument
from tests.calls.papers.conftest import sent
from tests.factories.accounts import RepresentativeFactory
from tests.factories.billing import GrantFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory
from tests.factories.papers import CallDocumentFactory
from tests.suppliers.files.samples import pdf

pytestmark = pytest.mark.django_db


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


@pytest.fixture
def call(amina):
    """A draft of Leeds Council with two lots."""
    return CallFactory(buyer=BuyerFactory(organisation=amina.organisation, authority=True, cleared=True), lots=2)


@pytest.fixture
def page(call):
    return f"/workspace/calls/{call.slug}/documents/"


# --- The buyer's ------------------------------------------------------------------------------------------------


def test_several_documents_are_added_by_the_plain_form(as_user, amina, call, page):
    files = [sent(pdf(), "One.pdf"), sent(pdf(version=b"1.6"), "Two.pdf")]
    lot = call.lots.get(number=2)

    response = as_user(amina).post(page, {"files": files, "language": "fr", "lot": lot.pk}, follow=True)

    assert "2 files are added." in words(response)
    assert "Lot 2: Lot 2 · PDF" in words(response)
    assert set(CallDocument.objects.values_list("title", "language", "lot")) == {
        ("One", "fr", lot.pk),
        ("Two", "fr", lot.pk),
    }


def test_a_refused_file_is_named_and_nothing_typed_is_lost(as_user, amina, call, page):
    files = [sent(pdf(), "One.pdf"), sent(b"<svg onload=alert(1)>", "Logo.svg")]

    response = as_user(amina).post(page, {"files": files, "language": "fr"})

    assert response.status_code == 422
    assert "Logo.svg: This is an SVG drawing" in words(response)
    assert re.search(r'value="fr"[^>]*selected', response.content.decode())
    assert CallDocument.objects.get().title == "One"


def test_a_file_that_is_too_large_is_let_pass_by(as_user, amina, call, page):
    response = as_user(amina).post(page, {"files": [sent(b"%PDF-1.7\n" + b"x" * 20_000_001, "Scan.pdf")]})

    assert response.status_code == 422
    assert "Scan.pdf: This file is over 20 MB" in words(response)


def test_a_document_is_changed_and_removed(as_user, amina, call, page):
    document = CallDocumentFactory(call=call, stored=True)
    browser = as_user(amina)

    browser.post(f"{page}{document.pk}/", {"title": "Plans", "language": "", "lot": ""})
    document.refresh_from_db()
    assert document.title == "Plans"
    assert "Remove “Plans”?" in words(browser.get(f"{page}{document.pk}/remove/"))
    response = browser.post(f"{page}{document.pk}/remove/", follow=True)

    assert "“Plans” is removed." in words(response)
    assert not CallDocument.objects.exists()


def test_once_it_is_on_show_the_page_leads_to_an_amendment_and_takes_nothing(as_user, amina, page, call):
    published = CallFactory(buyer=call.buyer, published=True)
    document = CallDocumentFactory(call=published)
    browser, page = as_user(amina), f"/workspace/calls/{published.slug}/documents/"

    assert "change by an amendment" in words(browser.get(page))
    assert browser.post(page, {"files": [sent(pdf(), "One.pdf")]}).status_code == 422
    browser.post(f"{page}{document.pk}/remove/")

    assert list(published.documents.current()) == [document]


def test_viewers_and_strangers_change_nothing(as_user, amina, zed, omar, call, page):
    viewer = RepresentativeFactory(organisation=amina.organisation).user

    assert as_user(viewer).get(page).status_code == 403
    assert as_user(zed).get(page).status_code == 404
    assert as_user(omar).get(page).status_code == 404


def test_the_page_costs_the_same_for_many_documents(as_user, amina, call, page):
    browser = as_user(amina)
    CallDocumentFactory(call=call, lot=call.lots.get(number=1))
    browser.get(page)
    with CaptureQueriesContext(connection) as one:
        browser.get(page)
    for _more in range(5):
        CallDocumentFactory(call=call, lot=call.lots.get(number=2))
    with CaptureQueriesContext(connection) as six:
        browser.get(page)

    assert len(six) == len(one)


# --- Everybody's ------------------------------------------------------------------------------------------------


def body(response):
    return b"".join(response.streaming_content)


def test_a_visitor_saves_a_document_without_an_account_and_nothing_in_it_acts():
    document = CallDocumentFactory(
        call=CallFactory(published=True), stored=True, original_name="Leistungsübersicht.pdf"
    )

    response = Client().get(document.get_absolute_url())

    assert body(response) == b"%PDF-1.7\n"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "Leistungs%C3%BCbersicht.pdf" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_picture_is_saved_too_and_never_shown_in_place():
    document = CallDocumentFactory(
        call=CallFactory(published=True), stored=True, media_type="image/jpeg", original_name="plan.png"
    )

    response = Client().get(document.get_absolute_url())

    assert response["Content-Disposition"] == 'attachment; filename="plan.jpg"'


@pytest.mark.parametrize(
    "traits", [{}, {"scheduled": True}, {"withdrawn": True}, {"published": True, "audience": "members"}]
)
def test_to_a_visitor_documents_of_what_is_not_on_show_are_missing(traits):
    document = CallDocumentFactory(call=CallFactory(**traits), stored=True)

    assert Client().get(document.get_absolute_url()).status_code == 404


def test_what_was_taken_away_is_missing_and_so_is_a_document_of_another_call():
    call = CallFactory(published=True)
    removed, other = CallDocumentFactory(call=call, stored=True, removed=True), CallDocumentFactory(stored=True)

    assert Client().get(removed.get_absolute_url()).status_code == 404
    assert Client().get(f"/calls/{call.slug}/documents/{other.pk}/").status_code == 404
    assert Client().get(f"/calls/{call.slug}/documents/{10**12}/").status_code == 404


def test_the_buyer_and_members_open_what_is_for_them(as_user, amina, omar, zed, call):
    draft = CallDocumentFactory(call=call, stored=True)
    for_members = CallDocumentFactory(call=CallFactory(published=True, members_only=True), stored=True)
    GrantFactory(organisation=omar.organisation, everything=True)

    assert as_user(amina).get(draft.get_absolute_url()).status_code == 200
    assert as_user(omar).get(draft.get_absolute_url()).status_code == 404
    assert as_user(omar).get(for_members.get_absolute_url()).status_code == 200
    assert as_user(zed).get(for_members.get_absolute_url()).status_code == 404


def test_a_file_that_is_gone_is_missing_and_no_error():
    assert Client().get(CallDocumentFactory(call=CallFactory(published=True)).get_absolute_url()).status_code == 404


def test_the_page_of_a_call_lists_the_whole_call_first_and_then_lot_by_lot(rf, django_assert_num_queries):
    call = CallFactory(published=True, lots=2)
    second = CallDocumentFactory(call=call, lot=call.lots.get(number=2), title="A")
    first = CallDocumentFactory(call=call, lot=call.lots.get(number=1), title="B")
    whole = CallDocumentFactory(call=call, title="C")
    CallDocumentFactory(call=call, removed=True)
    bare = CallFactory(published=True)

    with django_assert_num_queries(1):
        shown = panels.documents([call, bare], rf.get("/"))

    assert shown == {call.pk: {"documents": [whole, first, second]}}
