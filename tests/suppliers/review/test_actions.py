from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from marketplace.accounts.models import Representative
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from suppliers.models import Supplier
from suppliers.review import readiness, receipts
from suppliers.review.actions import (
    answer_report,
    answer_suspension,
    approve_supplier,
    ask_supplier,
    confirm_supplier,
    lift_suspension,
    note_audience,
    refuse_supplier,
    report_page,
    submit_supplier,
    suspend_for_report,
    suspend_supplier,
    uphold_suspension,
    withdraw_listing,
)
from suppliers.review.models import ListingReceipt, PageReport, Verdict
from suppliers.signals import suppliers_changed
from tests.factories.accounts import RepresentativeFactory
from tests.factories.review import ConfirmationFactory, PageReportFactory, ReadySupplierFactory, SupplierFactory

pytestmark = pytest.mark.django_db


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def told():
    """The suppliers of each `suppliers_changed`."""
    heard = []

    def hear(sender, suppliers, **kwargs):
        heard.append(suppliers)

    suppliers_changed.connect(hear)
    yield heard
    suppliers_changed.disconnect(hear)


# --- Sending --------------------------------------------------------------------------------------------------------


def test_a_profile_is_sent_with_the_firms_yes_and_a_receipt_by_mail(atlas, omar, send, mails, told):
    receipt = send(atlas)

    assert atlas.is_waiting_for_review
    assert (receipt.text_version, receipt.language, receipt.audience) == (receipts.CURRENT, "fr", "everybody")
    assert (receipt.given_by, receipt.way, receipt.given_at) == (omar, "page", atlas.submitted_at)
    assert verbs() == ["supplier.submitted"]
    [(name, words)] = mails(omar.email)
    assert name == "profile_sent"
    assert words["link"].endswith("/fr/workspace/profile/receipts/")
    assert told == [[atlas.pk]]


def test_sending_twice_changes_nothing(atlas, omar, send, mails):
    first = send(atlas)
    sent_at = atlas.submitted_at

    assert send(atlas) == first

    atlas.refresh_from_db()
    assert atlas.submitted_at == sent_at
    assert ListingReceipt.objects.count() == len(mails(omar.email)) == 1
    assert verbs() == ["supplier.submitted"]


@pytest.mark.parametrize(
    "lack",
    [{"summary": ""}, {"regions": []}, {"languages": []}, {"organisation__town": ""}, {"service": None}],
)
def test_a_profile_that_lacks_something_is_not_sent(send, lack):
    fields = {name: value for name, value in lack.items() if name != "service"}
    supplier = ReadySupplierFactory(**fields)
    if "service" in lack:
        supplier.capabilities.all().delete()

    assert len(readiness.what_is_missing(supplier)) == 1
    with pytest.raises(RuleBroken):
        send(supplier)

    supplier.refresh_from_db()
    assert supplier.submitted_at is None
    assert not ListingReceipt.objects.exists()


def test_all_of_europe_is_a_region_too(send):
    supplier = ReadySupplierFactory(regions=[], serves_europe=True)

    send(supplier)

    assert supplier.is_waiting_for_review


def test_readiness_never_asks_who_owns_the_firm(atlas):
    bare = SupplierFactory()
    asked = " ".join(lack.words for lack in readiness.what_is_missing(bare)).lower()

    assert len(readiness.what_is_missing(bare)) == 5
    assert not any(word in asked for word in ("owner", "owned", "woman", "women", "migrant", "minority", "certif"))


@pytest.mark.parametrize(("version", "language"), [("1999-01", "en"), (receipts.CURRENT, "xx"), ("", "")])
def test_a_yes_to_words_that_were_not_shown_is_no_yes(atlas, send, version, language):
    with pytest.raises(RuleBroken, match="Read it again"):
        send(atlas, receipt_text_version=version, language=language)

    assert not ListingReceipt.objects.exists()


def test_what_other_rooms_put_in_the_way_is_said(atlas, send, monkeypatch):
    monkeypatch.setitem(readiness.obstacles._entries, "test", lambda supplier: "Accept the proposal first.")

    with pytest.raises(RuleBroken, match="Accept the proposal first"):
        send(atlas)


def test_a_profile_that_is_listed_or_was_taken_off_is_not_sent(send):
    for fields in ({}, {"suspended_at": timezone.now()}):
        with pytest.raises(RuleBroken):
            send(ReadySupplierFactory(listed=True, **fields))


def test_sending_again_answers_the_question(atlas, stella, send):
    send(atlas)
    ask_supplier(atlas, words="Which offices?", by=stella)
    assert not atlas.is_waiting_for_review

    send(atlas, answer="Those in Leeds.")

    assert atlas.is_waiting_for_review
    question = Verdict.objects.get()
    assert (question.answer, question.answered_at) == ("Those in Leeds.", atlas.submitted_at)
    assert ListingReceipt.objects.live().count() == 2


def test_a_hidden_draft_that_is_sent_is_hidden_no_longer(send):
    supplier = ReadySupplierFactory(waiting=True, hidden_at=timezone.now())

    send(supplier)

    assert supplier.is_waiting_for_review


# --- The firm takes its yes back, or changes who may see ------------------------------------------------------------


def test_taking_the_yes_back_ends_the_listing_at_once(omar, told):
    supplier = ReadySupplierFactory(listed=True, organisation=omar.organisation)
    ConfirmationFactory(supplier=supplier)

    withdraw_listing(supplier, by=omar)

    assert not supplier.is_listed
    assert supplier.submitted_at is None
    assert not ListingReceipt.objects.live().exists()
    assert not supplier.confirmations.exists()
    assert verbs() == ["supplier.listing_withdrawn"]
    assert told == [[supplier.pk]]
    with pytest.raises(RuleBroken):
        withdraw_listing(supplier, by=omar)


def test_who_took_it_back_may_send_again(atlas, omar, send):
    send(atlas)
    withdraw_listing(atlas, by=omar)
    assert not Supplier.objects.waiting_for_review().exists()

    send(atlas)

    assert atlas.is_waiting_for_review
    assert ListingReceipt.objects.live().count() == 1


def test_another_audience_is_another_receipt(atlas, omar, send):
    send(atlas)
    note_audience(atlas, by=omar)
    assert ListingReceipt.objects.count() == 1

    Supplier.objects.update(audience="members")
    atlas.refresh_from_db()
    note_audience(atlas, by=omar)
    note_audience(atlas, by=omar)

    assert list(ListingReceipt.objects.values_list("audience", flat=True)) == ["members", "everybody"]


def test_without_an_agreement_a_choice_of_audience_is_no_receipt(atlas, omar):
    note_audience(atlas, by=omar)

    assert not ListingReceipt.objects.exists()


# --- Verdicts -------------------------------------------------------------------------------------------------------


def test_an_approved_profile_is_on_show_and_its_administrators_hear(atlas, omar, stella, send, mails, told):
    send(atlas)

    approve_supplier(atlas, version=atlas.version, by=stella)

    assert atlas.is_public
    assert atlas.confirmed_on == timezone.now().date()
    verdict = Verdict.objects.get()
    assert (verdict.kind, verdict.decided_by, verdict.profile["summary"]) == ("approved", stella, atlas.summary)
    name, words = mails(omar.email)[-1]
    assert (name, words["link"].rpartition("/fr/")[2]) == ("supplier_listed", "suppliers/atlas/")
    assert verbs() == ["supplier.submitted", "supplier.approved", "saved_search.started"]
    assert told == [[atlas.pk]] * 2


@pytest.mark.parametrize(("judge", "kind"), [(ask_supplier, "asked"), (refuse_supplier, "refused")])
def test_a_question_and_a_refusal_go_to_every_administrator_in_these_words(
    atlas, omar, stella, send, mails, judge, kind
):
    second = RepresentativeFactory(organisation=omar.organisation, administrator=True).user
    viewer = RepresentativeFactory(organisation=omar.organisation).user
    send(atlas)

    judge(atlas, words="Which offices?", by=stella)

    assert (atlas.submitted_at, atlas.listed_at) == (None, None)
    assert Verdict.objects.get().kind == kind
    for person in (omar, second):
        name, words = mails(person.email)[-1]
        assert (name, words["words"]) == (f"supplier_{kind}", "Which offices?")
        assert words["link"].endswith("/workspace/profile/send/")
    assert mails(viewer.email) == []


@pytest.mark.parametrize("kind", ["question", "refusal"])
def test_no_verdict_against_a_firm_goes_without_words(atlas, stella, send, kind):
    send(atlas)
    judge = ask_supplier if kind == "question" else refuse_supplier

    with pytest.raises(IntegrityError, match="verdict_against_a_firm_gives_words"):
        judge(atlas, words="", by=stella)


def judgements():
    return [
        approve_supplier,
        lambda supplier, by: ask_supplier(supplier, words="?", by=by),
        lambda supplier, by: refuse_supplier(supplier, words="No.", by=by),
    ]


@pytest.mark.parametrize("judge", judgements())
@pytest.mark.parametrize("fields", [{}, {"listed": True}, {"waiting": True, "hidden_at": "2026-01-01T00:00Z"}])
def test_only_a_profile_that_waits_is_judged(stella, judge, fields):
    supplier = ReadySupplierFactory(**fields)

    with pytest.raises(RuleBroken, match="does not wait"):
        judge(supplier, by=stella)

    assert not Verdict.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("judge", judgements())
def test_whoever_acts_for_the_firm_does_not_judge_it(stella, judge):
    supplier = ReadySupplierFactory(waiting=True)
    RepresentativeFactory(user=stella, organisation=supplier.organisation)

    with pytest.raises(RuleBroken, match="You act for this firm"):
        judge(supplier, by=stella)

    assert not Verdict.objects.exists()


@pytest.mark.parametrize("judge", [approve_supplier, ask_supplier, refuse_supplier])
def test_a_profile_that_was_changed_meanwhile_is_to_be_looked_at_again(stella, judge):
    supplier = ReadySupplierFactory(waiting=True, version=4)
    words = {} if judge is approve_supplier else {"words": "?"}

    with pytest.raises(RuleBroken, match="Look at it again"):
        judge(supplier, version=3, by=stella, **words)

    judge(supplier, version=4, by=stella, **words)
    assert Verdict.objects.count() == 1


def test_without_the_firms_yes_nothing_is_listed(stella):
    supplier = ReadySupplierFactory(waiting=True, receipt=False)

    with pytest.raises(RuleBroken, match="has not agreed"):
        approve_supplier(supplier, by=stella)

    supplier.refresh_from_db()
    assert supplier.listed_at is None


# --- Taken off ------------------------------------------------------------------------------------------------------


@pytest.fixture
def listed(omar):
    return ReadySupplierFactory(listed=True, organisation=omar.organisation, slug="atlas")


def test_a_profile_that_is_taken_off_is_gone_and_the_firm_knows_why(listed, omar, stella, mails, told):
    suspend_supplier(listed, words="The picture is not yours.", by=stella)

    assert not listed.is_listed
    name, words = mails(omar.email)[-1]
    assert (name, words["words"]) == ("supplier_suspended", "The picture is not yours.")
    assert told == [[listed.pk]]
    with pytest.raises(RuleBroken):
        suspend_supplier(listed, words="Again.", by=stella)
    assert Verdict.objects.count() == 1


def test_what_is_not_listed_is_not_taken_off(stella):
    with pytest.raises(RuleBroken):
        suspend_supplier(SupplierFactory(waiting=True), words="No.", by=stella)


def test_only_staff_put_it_back_and_only_once(listed, omar, stella, mails):
    suspend_supplier(listed, words="The picture is not yours.", by=stella)

    lift_suspension(listed, words="Thank you for mending it.", by=stella)

    assert listed.is_public
    assert mails(omar.email)[-1][0] == "suspension_lifted"
    with pytest.raises(RuleBroken):
        lift_suspension(listed, by=stella)


def test_a_firm_writes_back_once_and_is_answered_once(listed, omar, stella, mails):
    with pytest.raises(RuleBroken):
        answer_suspension(listed, answer="What?", by=omar)
    suspend_supplier(listed, words="The picture is not yours.", by=stella)
    with pytest.raises(RuleBroken):
        uphold_suspension(listed, words="Still.", by=stella)

    answer_suspension(listed, answer="I took it myself.", by=omar)
    with pytest.raises(RuleBroken):
        answer_suspension(listed, answer="Hello?", by=omar)
    assert Verdict.objects.appeals().get().answer == "I took it myself."

    uphold_suspension(listed, words="Show us the original.", by=stella)
    with pytest.raises(RuleBroken):
        uphold_suspension(listed, words="Still.", by=stella)
    assert not Verdict.objects.appeals().exists()
    assert mails(omar.email)[-1][1]["words"] == "Show us the original."
    answer_suspension(listed, answer="Here it is.", by=omar)
    assert Verdict.objects.appeals().count() == 1


@pytest.mark.parametrize("judge", [suspend_supplier, lift_suspension, uphold_suspension])
def test_whoever_acts_for_the_firm_neither_takes_it_off_nor_puts_it_back(listed, omar, judge):
    if judge is not suspend_supplier:
        Supplier.objects.update(suspended_at=timezone.now())

    with pytest.raises(RuleBroken, match="You act for this firm"):
        judge(listed, words="Mine.", by=omar)


# --- Confirmed ------------------------------------------------------------------------------------------------------


def test_a_firm_confirms_and_the_question_is_answered(listed, omar, told):
    question = ConfirmationFactory(supplier=listed)
    year_ago = {"confirmed_on": "2025-01-01", "listed_at": timezone.now() - timedelta(days=366)}
    Supplier.objects.update(confirmation_asked_on=question.asked_on, **year_ago)

    confirm_supplier(listed, by=omar)
    confirm_supplier(listed, by=omar)

    assert (listed.confirmed_on, listed.confirmation_asked_on) == (timezone.now().date(), None)
    question.refresh_from_db()
    assert question.confirmed_by == omar
    assert verbs() == ["supplier.confirmed"]
    assert told == [[listed.pk]]


def test_what_is_not_listed_cannot_be_confirmed(omar):
    with pytest.raises(RuleBroken):
        confirm_supplier(SupplierFactory(waiting=True), by=omar)


# --- Reports --------------------------------------------------------------------------------------------------------


def report(supplier, **fields):
    told = {"reason": "facts", "words": "They moved.", "email": "reader@x.example", "language": "fr"}
    return report_page(supplier, **told | fields)


def test_a_report_is_kept_for_staff_and_the_firm_hears_nothing(listed, omar, mails):
    report(listed)

    kept = PageReport.objects.get()
    assert (kept.supplier, kept.reason, kept.language) == (listed, "facts", "fr")
    assert mails(omar.email) == []
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.by, entry.data) == ("page.reported", None, {"supplier": listed.pk, "reason": "facts"})


def test_the_same_report_twice_is_one(listed):
    assert report(listed) == report(listed)
    assert verbs() == ["page.reported"]

    report(listed, words="And the name is wrong.")
    PageReport.objects.update(created_at=timezone.now() - timedelta(days=2))
    report(listed)

    assert PageReport.objects.count() == 3


def test_the_reader_gets_the_first_answer_and_no_second(listed, stella, mails):
    kept = report(listed)

    answer_report(kept, answer="Thank you, the firm has mended it.", note="Asked the firm by telephone.", by=stella)
    with pytest.raises(RuleBroken, match="answered this report already"):
        answer_report(kept, answer="No.", note="Nothing.", by=stella)

    [(name, words)] = mails("reader@x.example")
    assert name == "report_answered"
    assert words["answer"] == "Thank you, the firm has mended it."
    assert "telephone" not in str(words)
    assert OutboxMessage.objects.get().language == "fr"


def test_without_an_address_the_answer_is_kept_and_nobody_is_written_to(listed, stella):
    answer_report(report(listed, email=""), answer="Mended.", note="Asked the firm.", by=stella)

    assert PageReport.objects.waiting().count() == 0
    assert not OutboxMessage.objects.exists()


def test_a_reported_profile_is_taken_off_in_one_step(listed, omar, stella, mails):
    kept = report(listed)

    suspend_for_report(kept, words="The picture is not yours.", answer="It is gone.", by=stella)

    listed.refresh_from_db()
    assert listed.suspended_at
    assert mails("reader@x.example")[0][1]["answer"] == "It is gone."
    told = mails(omar.email)[0][1]
    assert told["words"] == "The picture is not yours."
    assert "reader" not in str(told)


def test_what_cannot_be_taken_off_leaves_the_report_waiting(stella):
    kept = PageReportFactory(supplier__suspended_at=timezone.now())

    with pytest.raises(RuleBroken):
        suspend_for_report(kept, words="Off.", answer="Off.", by=stella)

    assert PageReport.objects.waiting().count() == 1


def test_whoever_acts_for_the_firm_answers_no_report_about_it(stella):
    kept = PageReportFactory()
    Representative.objects.create(user=stella, organisation=kept.supplier.organisation, role="viewer")

    with pytest.raises(RuleBroken):
        answer_report(kept, answer="All is well.", note="Nothing.", by=stella)


def test_a_receipt_can_come_through_a_mail(atlas, omar):
    submit_supplier(atlas, receipt_text_version=receipts.CURRENT, language="en", by=omar, way="mail")

    assert ListingReceipt.objects.get().get_way_display() == "by a link in a mail"
