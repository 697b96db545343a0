import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.test import TestCase
from django.utils import timezone

from marketplace.calls import actions as calls
from marketplace.calls.papers import actions
from marketplace.calls.papers.models import CallDocument
from marketplace.core.errors import RuleBroken
from marketplace.core.files import vault
from marketplace.core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.calls import CallFactory
from tests.factories.papers import CallDocumentFactory
from tests.suppliers.files.samples import encoded, image, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db):
    return UserFactory()


def test_a_file_is_kept_as_it_is_with_its_hash_and_named_after_it(receive, kept, by):
    call = CallFactory()
    with receive(pdf(), "Terms_of_reference.pdf") as received:
        document = actions.add_document(call, received, language="fr", lot=call.lots.get(), by=by)

    assert (document.title, document.language, document.lot) == ("Terms of reference", "fr", call.lots.get())
    assert (document.media_type, document.size, document.sha256) == ("application/pdf", len(pdf()), received.sha256)
    assert default_storage.open(document.stored_as).read() == pdf()
    assert kept() == [document.stored_as]
    assert AuditEntry.objects.get(verb="call.document_added").data == {"call": call.pk}


def test_a_picture_of_a_paper_is_encoded_anew(receive, by):
    with receive(encoded(image(), "PNG"), "Plan.png") as received:
        document = actions.add_document(CallFactory(), received, by=by)

    assert (document.media_type, document.file_name) == ("image/jpeg", "Plan.jpg")


@pytest.mark.parametrize(("content", "name"), [(b"<svg onload=alert(1)>", "Plan.svg"), (b"MZ\x90", "Form.pdf")])
def test_what_could_act_is_refused_and_leaves_nothing(receive, kept, by, content, name):
    with receive(content, name) as received, pytest.raises(RuleBroken):
        actions.add_document(CallFactory(), received, by=by)

    assert not CallDocument.objects.exists()
    assert kept() == []


def test_the_same_file_twice_is_said_and_added_once(receive, kept, by):
    call = CallFactory()
    for _time in range(2):
        with receive(pdf(), "Terms.pdf") as received:
            if not call.documents.exists():
                actions.add_document(call, received, by=by)
            else:
                with pytest.raises(RuleBroken, match="the same file as “Terms”"):
                    actions.add_document(call, received, by=by)

    assert len(kept()) == 1


def test_a_lot_of_another_call_is_no_lot_of_this_one(receive, by):
    with receive(pdf(), "Terms.pdf") as received:
        document = actions.add_document(CallFactory(), received, lot=CallFactory().lots.get(), by=by)

    assert document.lot is None


def test_a_call_has_at_most_sixty(receive, kept, by):
    call = CallFactory()
    CallDocumentFactory.create_batch(actions.MOST_DOCUMENTS, call=call)

    with receive(pdf(), "One more.pdf") as received, pytest.raises(RuleBroken, match="at most 60"):
        actions.add_document(call, received, by=by)

    assert kept() == []


@pytest.mark.parametrize("trait", ["published", "scheduled"])
def test_documents_of_a_call_on_show_change_by_an_amendment_alone(receive, by, trait):
    call = CallFactory(**{trait: True})
    document = CallDocumentFactory(call=call, stored=True)
    with receive(pdf(), "New.pdf") as received:
        with pytest.raises(RuleBroken, match="by an amendment"):
            actions.add_document(call, received, by=by)
        with pytest.raises(RuleBroken, match="by an amendment"):
            actions.remove_document(document, by=by)
        with pytest.raises(RuleBroken, match="by an amendment"):
            actions.change_document(document, title="Other", by=by)

        added = actions.add_document(call, received, is_amendment=True, by=by)
    actions.remove_document(document, is_amendment=True, by=by)

    document.refresh_from_db()
    assert list(call.documents.current()) == [added]
    assert document.removed_at is not None
    assert default_storage.exists(document.stored_as)


def test_a_draft_s_document_goes_with_its_file_and_twice_is_once(by):
    document = CallDocumentFactory(stored=True)

    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.remove_document(document, by=by)
        actions.remove_document(document, by=by)

    assert not CallDocument.objects.exists()
    assert not default_storage.exists(document.stored_as)
    assert AuditEntry.objects.filter(verb="call.document_removed").count() == 1


def test_the_files_go_with_the_draft(by):
    document = CallDocumentFactory(stored=True)

    with TestCase.captureOnCommitCallbacks(execute=True):
        calls.delete_draft(document.call, by=by)

    assert not default_storage.exists(document.stored_as)


def test_the_sweep_keeps_what_a_row_needs_also_when_it_was_taken_away(kept):
    current, removed = CallDocumentFactory(stored=True), CallDocumentFactory(stored=True, removed=True)
    orphan = vault.new_name("call-documents")
    default_storage.save(orphan, default_storage.open(current.stored_as))

    swept, missing = vault.sweep(timezone.now() + 2 * vault.YOUNG)

    assert (swept, missing) == ([orphan], [])
    assert set(kept()) == {current.stored_as, removed.stored_as}


def test_what_a_document_is_called_and_which_lot_it_is_for_can_be_put_right(by):
    call = CallFactory(lots=2)
    document = CallDocumentFactory(call=call)
    lot = call.lots.get(number=2)

    actions.change_document(document, title="Plans", language="", lot=lot, by=by)

    document.refresh_from_db()
    assert (document.title, document.language, document.lot) == ("Plans", "", lot)
    CallDocument.objects.all().delete()
    with pytest.raises(RuleBroken, match="not there any more"):
        actions.change_document(document, title="Plans", by=by)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("call_document_has_a_title", {"title": ""}),
        ("call_document_is_not_empty", {"size": 0}),
        ("call_document_once_per_call", {"sha256": "a" * 64}),
    ],
)
def test_the_database_refuses_what_can_never_be(name, fields):
    call = CallFactory()
    CallDocumentFactory(call=call, sha256="a" * 64)

    with pytest.raises(IntegrityError, match=name):
        CallDocumentFactory(call=call, **fields)


def test_a_file_that_was_taken_away_may_come_back():
    removed = CallDocumentFactory(removed=True)

    assert CallDocumentFactory(call=removed.call, sha256=removed.sha256).pk
