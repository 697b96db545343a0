"""Documents that an amendment brings: kept aside with their files, then the call's, or gone without a trace."""

import html
import re

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.calls.amendments import actions, changes, receivers
from marketplace.calls.amendments.models import Amendment, PendingAmendment, PendingDocument
from marketplace.calls.papers.actions import MOST_DOCUMENTS
from marketplace.calls.papers.models import CallDocument
from marketplace.core.errors import RuleBroken
from marketplace.core.files import vault
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.guards import breaks
from tests.calls.papers.conftest import sent
from tests.factories.accounts import RepresentativeFactory
from tests.factories.amendments import PendingDocumentFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, minute
from tests.factories.papers import CallDocumentFactory
from tests.suppliers.files.samples import encoded, image, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(amina):
    return CallFactory(buyer=BuyerFactory(organisation=amina.organisation, cleared=True), published=True, lots=2)


@pytest.fixture
def pending(call, amina):
    return actions.begin_amendment(call, by=amina)


@pytest.fixture
def add(receive, pending, amina):
    def _add(content, name="Addendum.pdf", **more):
        with receive(content, name) as received:
            return actions.add_document(pending, received, by=amina, **more)

    return _add


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def at(name, call, **more):
    return reverse(name, kwargs={"slug": call.slug, **more})


# --- Kept aside -------------------------------------------------------------------------------------------------------


def test_a_file_is_checked_kept_aside_and_no_document_of_the_call(add, call, kept):
    document = add(pdf(), "New_plan.pdf", language="fr", lot_number=2)

    assert (document.title, document.language, document.lot_number) == ("New plan", "fr", 2)
    assert kept() == [document.stored_as]
    assert document.stored_as.startswith("private/amendment-documents/")
    assert default_storage.open(document.stored_as).read() == pdf()
    assert not call.documents.exists()


@pytest.mark.parametrize(("content", "name"), [(b"<svg onload=alert(1)>", "Plan.svg"), (b"MZ\x90", "Form.pdf")])
def test_what_could_act_is_refused_and_leaves_nothing(add, kept, content, name):
    with pytest.raises(RuleBroken):
        add(content, name)

    assert not PendingDocument.objects.exists()
    assert kept() == []


def test_a_picture_of_a_paper_is_encoded_anew(add):
    assert add(encoded(image(), "PNG"), "Plan.png").media_type == "image/jpeg"


def test_the_same_file_twice_or_one_that_the_call_has_is_said(add, call, kept):
    known = add(pdf())
    with pytest.raises(RuleBroken, match="the same file as “Addendum”"):
        add(pdf())
    CallDocumentFactory(call=call, title="Specification", sha256=known.sha256)
    known.delete()

    with pytest.raises(RuleBroken, match="the same file as “Specification”"):
        add(pdf())
    assert not PendingDocument.objects.exists()


def test_those_that_stay_and_those_that_come_are_at_most_sixty(add, call, pending, amina):
    documents = CallDocumentFactory.create_batch(MOST_DOCUMENTS - 1, call=call)
    add(pdf())
    with pytest.raises(RuleBroken, match="at most 60"):
        add(pdf(version=b"1.6"))
    actions.drop_documents(pending, [documents[0].pk], by=amina)
    add(pdf(version=b"1.6"))
    actions.drop_documents(pending, [], by=amina)
    pending.refresh_from_db()

    with pytest.raises(RuleBroken, match="at most 60"):
        actions.publish_amendment(pending, by=amina)
    assert call.documents.current().count() == MOST_DOCUMENTS - 1


def test_nothing_is_added_to_a_change_that_is_published_discarded_or_too_late(add, call, kept, amina):
    type(call).objects.filter(pk=call.pk).update(withdrawn_at=timezone.now(), ended_because="Wrong year.")
    with pytest.raises(RuleBroken, match="Only a call that is open"):
        add(pdf())
    type(call).objects.filter(pk=call.pk).update(withdrawn_at=None, ended_because="")
    PendingAmendment.objects.all().delete()

    with pytest.raises(RuleBroken, match="published or discarded this change already"):
        add(pdf())
    assert kept() == []


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("pending_document_once_per_amendment", {"sha256": "a" * 64}),
        ("pending_document_has_a_title", {"title": ""}),
        ("pending_document_is_not_empty", {"size": 0}),
    ],
)
def test_the_database_refuses_what_can_never_be(pending, rule, fields):
    PendingDocumentFactory(pending=pending, sha256="a" * 64)

    with breaks(rule):
        PendingDocumentFactory(pending=pending, **fields)


# --- Published --------------------------------------------------------------------------------------------------------


def test_with_the_amendment_it_becomes_a_document_of_the_call(add, call, pending, amina, omar, told, kept):
    told["open"] += [omar]
    old, new = CallDocumentFactory(call=call, title="Old plan"), add(pdf(), "New plan.pdf", lot_number=2)
    actions.drop_documents(pending, [old.pk], by=amina)
    pending.refresh_from_db()
    with TestCase.captureOnCommitCallbacks(execute=True):
        amendment = actions.publish_amendment(pending, by=amina)

    document = call.documents.current().get()
    assert (document.title, document.lot, document.sha256) == ("New plan", call.lots.get(number=2), new.sha256)
    assert default_storage.open(document.stored_as).read() == pdf()
    assert kept() == [document.stored_as]
    assert not PendingDocument.objects.exists()
    assert amendment.is_material
    assert [(each["lot"], each["before"], each["after"]) for each in amendment.changes] == [
        (None, "Old plan", None),
        (2, None, "New plan"),
    ]
    mail = OutboxMessage.objects.get(template="calls/email/call_amended")
    assert any("New plan" in line for line in mail.context["changes"])
    assert AuditEntry.objects.get(verb="call.document_added").data == {"call": call.pk}


def test_alone_it_is_a_change_and_never_a_correction_of_wording(add, pending, amina):
    add(pdf())

    with pytest.raises(RuleBroken, match="can be a correction of wording"):
        actions.publish_amendment(pending, is_wording_only=True, by=amina)
    assert actions.publish_amendment(pending, by=amina).is_material


def test_a_document_that_comes_late_gives_firms_more_time(receive, amina):
    call = CallFactory(published=True, response_deadline=minute(days=1))
    pending = actions.begin_amendment(call, by=amina)
    with receive(pdf(), "Late.pdf") as received:
        actions.add_document(pending, received, by=amina)

    with pytest.raises(changes.DeadlineTooNear):
        actions.publish_amendment(pending, by=amina)
    assert not call.documents.exists()


def test_if_publishing_fails_at_its_end_the_file_is_still_aside(add, call, pending, amina, kept, monkeypatch):
    document = add(pdf())

    def broken(*given, **more):
        raise RuntimeError

    monkeypatch.setattr(actions.emails, "call_amended", broken)
    with TestCase.captureOnCommitCallbacks(execute=True), pytest.raises(RuntimeError), transaction.atomic():
        actions.publish_amendment(pending, by=amina)

    assert PendingDocument.objects.get() == document
    assert not call.documents.exists()
    assert kept() == [document.stored_as]


def test_nobody_publishes_a_document_that_a_colleague_added_after_they_looked(add, pending, amina):
    looked_at = changes.fingerprint(pending)
    add(pdf())

    with pytest.raises(RuleBroken, match="written into this change since"):
        actions.publish_amendment(pending, looked_at=looked_at, by=amina)
    assert not Amendment.objects.exists()


def with_lots(pending, *titles):
    """The facts with more lots at their end."""
    lots = pending.facts["lots"]
    more = [lots[0] | {"number": len(lots) + place, "title": title} for place, title in enumerate(titles, start=1)]
    return pending.facts | {"lots": [*lots, *more]}


def test_it_goes_with_a_lot_that_is_new_as_well_whatever_number_that_gets(receive, call, pending, amina):
    pending = actions.change_pending(pending, with_lots(pending, "Windows", "Roofs"), by=amina)
    for number, version in ((3, b"1.5"), (4, b"1.6")):
        with receive(pdf(version=version), f"Of {number}.pdf") as received:
            actions.add_document(pending, received, lot_number=number, by=amina)
    actions.take_out_lot(pending, 3, by=amina)
    pending.refresh_from_db()
    actions.publish_amendment(pending, by=amina)

    assert [(lot.number, lot.title) for lot in call.lots.all()] == [(1, "Lot 1"), (2, "Lot 2"), (3, "Roofs")]
    assert {document.title: document.lot and document.lot.title for document in call.documents.all()} == {
        "Of 3": None,
        "Of 4": "Roofs",
    }


def test_a_lot_that_is_not_there_is_none(add, pending, amina):
    document = add(pdf(), lot_number=7)
    actions.change_document(pending, document.pk, title="Plan", language="", lot_number=8, by=amina)

    document.refresh_from_db()
    assert (document.lot_number, document.title) == (None, "Plan")


# --- Gone again -------------------------------------------------------------------------------------------------------


def test_discarded_it_goes_with_its_file(add, call, amina, kept):
    add(pdf())
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.discard_amendment(call, by=amina)

    assert not PendingDocument.objects.exists()
    assert kept() == []


def test_taken_out_it_goes_with_its_file_and_twice_is_once(add, pending, amina, kept):
    document = add(pdf())
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.take_out_document(pending, document.pk, by=amina)
        actions.take_out_document(pending, document.pk, by=amina)

    assert kept() == []
    with pytest.raises(RuleBroken, match="not there any more"):
        actions.change_document(pending, document.pk, title="Plan", language="", by=amina)


def test_without_asking_whether_it_was_published_its_file_would_go(add, pending, amina, kept, monkeypatch):
    add(pdf())
    monkeypatch.setattr(receivers, "CallDocument", PendingDocument)
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.publish_amendment(pending, by=amina)

    assert kept() == []


def test_the_sweep_keeps_what_is_aside_and_what_was_published_from_there(pending, amina, kept):
    published = PendingDocumentFactory(pending=pending, stored=True)
    actions.publish_amendment(pending, by=amina)
    aside = PendingDocumentFactory(stored=True)
    orphan = vault.new_name("amendment-documents")
    default_storage.save(orphan, default_storage.open(aside.stored_as))

    swept, missing = vault.sweep(timezone.now() + 2 * vault.YOUNG)

    assert (swept, missing) == ([orphan], [])
    assert set(kept()) == {published.stored_as, aside.stored_as}
    assert CallDocument.objects.get().stored_as == published.stored_as


def test_a_file_that_a_row_aside_has_lost_is_reported():
    lost = PendingDocumentFactory()

    assert vault.sweep(timezone.now()) == ([], [lost.stored_as])


# --- On screen --------------------------------------------------------------------------------------------------------


def test_from_the_form_over_the_difference_to_the_page_of_the_call(as_user, amina, omar, call, pending):
    browser, page = as_user(amina), at("call-amendment-documents", call)
    files = [sent(pdf(), "One.pdf"), sent(pdf(version=b"1.6"), "Two.pdf")]
    answer = browser.post(at("call-amendment-document-new", call), {"files": files, "language": "fr", "lot": "2"})
    assert answer.status_code == 302
    assert "2 files are added." in words(browser.get(page))
    assert "Lot 2: Lot 2 · PDF" in words(browser.get(page))
    assert "One" not in words(as_user(omar).get(call.get_absolute_url()))

    preview = browser.get(at("call-amendment", call))
    assert "Document Before nothing After One" in words(preview)
    looked_at = preview.context["form"]["looked_at"].value()
    assert browser.post(at("call-amendment", call), {"looked_at": looked_at}).status_code == 302
    shown = as_user(omar).get(call.get_absolute_url())
    document = call.documents.get(title="One")
    assert document.get_absolute_url() in shown.content.decode()
    saved = Client().get(document.get_absolute_url())
    assert b"".join(saved.streaming_content) == pdf()


def test_a_refused_file_is_named_and_nothing_typed_is_lost(as_user, amina, call, pending):
    files = [sent(pdf(), "One.pdf"), sent(b"<svg onload=alert(1)>", "Logo.svg")]
    page = as_user(amina).post(at("call-amendment-document-new", call), {"files": files, "language": "fr"})

    assert page.status_code == 422
    assert "Logo.svg: This is an SVG drawing" in words(page)
    assert re.search(r'value="fr"[^>]*selected', page.content.decode())
    assert PendingDocument.objects.get().title == "One"


def test_what_is_said_of_it_can_be_put_right_and_it_can_be_taken_out(as_user, amina, call, pending):
    document, browser = PendingDocumentFactory(pending=pending), as_user(amina)
    edit = at("call-amendment-document", call, pk=document.pk)
    assert browser.post(edit, {"title": "", "language": ""}).status_code == 422
    browser.post(edit, {"title": "Plans", "language": "", "lot": "1"})
    document.refresh_from_db()
    assert (document.title, document.lot_number) == ("Plans", 1)

    browser.post(at("call-amendment-document-remove", call, pk=document.pk))
    assert not PendingDocument.objects.exists()


def test_to_everybody_but_the_buyer_s_side_it_is_not_there(as_user, amina, omar, stella, zed, call, pending):
    RepresentativeFactory(user=zed, organisation=amina.organisation, role="viewer")
    document = PendingDocumentFactory(pending=pending, stored=True, title="Nobody reads this yet")
    file = at("call-amendment-document-file", call, pk=document.pk)
    saved = as_user(amina).get(file)

    assert b"".join(saved.streaming_content) == b"%PDF-1.7\n"
    assert saved["Content-Disposition"] == 'attachment; filename="addendum.pdf"'
    assert saved["Cache-Control"] == "private, no-store"
    assert [as_user(who).get(file).status_code for who in (omar, stella, zed)] == [404, 404, 403]
    assert Client().get(file).status_code == 302
    assert Client().get(f"/calls/{call.slug}/documents/{document.pk}/").status_code == 404
    for who in (omar, stella, zed):
        assert document.title not in words(as_user(who).get(call.get_absolute_url()))


def test_one_of_another_call_is_not_there(as_user, amina, call, pending):
    foreign = PendingDocumentFactory(stored=True)
    for name in ("call-amendment-document", "call-amendment-document-file"):
        assert as_user(amina).get(at(name, call, pk=foreign.pk)).status_code == 404
    as_user(amina).post(at("call-amendment-document-remove", call, pk=foreign.pk))

    assert PendingDocument.objects.get() == foreign


def test_the_pages_cost_the_same_for_one_and_for_five(as_user, amina, call, pending):
    browser = as_user(amina)

    def cost(more):
        for _each in range(more):
            PendingDocumentFactory(pending=pending, lot_number=2)
        counts = []
        for name in ("call-amendment-documents", "call-amendment"):
            browser.get(at(name, call))
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(at(name, call)).status_code == 200
            counts.append(len(queries))
        return counts

    assert cost(1) == cost(4)
