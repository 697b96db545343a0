from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.utils import timezone

from suppliers.review.models import ListingReceipt, Verdict
from tests.factories.review import (
    ConfirmationFactory,
    ListingReceiptFactory,
    PageReportFactory,
    SupplierFactory,
    VerdictFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.mark.parametrize(
    ("name", "factory", "fields"),
    [
        ("listing_receipt_names_its_text", ListingReceiptFactory, {"text_version": ""}),
        ("listing_receipt_names_its_text", ListingReceiptFactory, {"language": ""}),
        ("listing_receipt_has_an_audience", ListingReceiptFactory, {"audience": "nobody"}),
        ("listing_receipt_has_a_way", ListingReceiptFactory, {"way": "hearsay"}),
        (
            "listing_receipt_is_withdrawn_after_it_was_given",
            ListingReceiptFactory,
            {"given_at": NOW, "withdrawn_at": NOW - timedelta(seconds=1)},
        ),
        ("verdict_has_a_known_kind", VerdictFactory, {"kind": "shrugged"}),
        ("verdict_against_a_firm_gives_words", VerdictFactory, {"kind": "refused", "words": ""}),
        ("verdict_against_a_firm_gives_words", VerdictFactory, {"kind": "asked", "words": ""}),
        ("verdict_against_a_firm_gives_words", VerdictFactory, {"kind": "suspended", "words": ""}),
        ("verdict_answered_is_one_against_a_firm", VerdictFactory, {"kind": "approved", "answered_at": NOW}),
        ("verdict_answered_is_one_against_a_firm", VerdictFactory, {"answer": "Those in Leeds."}),
        (
            "confirmation_is_reminded_after_it_was_asked",
            ConfirmationFactory,
            {"asked_on": date(2026, 5, 1), "reminded_on": date(2026, 5, 1)},
        ),
        ("page_report_has_a_known_reason", PageReportFactory, {"reason": "dislike"}),
        ("page_report_says_what_is_wrong", PageReportFactory, {"words": ""}),
        ("page_report_answer_is_whole", PageReportFactory, {"answered_at": NOW}),
        ("page_report_answer_is_whole", PageReportFactory, {"answer": "Thank you."}),
        ("page_report_answer_is_whole", PageReportFactory, {"answered_at": NOW, "answer": "Thank you."}),
    ],
)
def test_the_database_refuses_what_can_never_be(name, factory, fields):
    with pytest.raises(IntegrityError, match=name):
        factory(**fields)


def test_a_supplier_is_asked_one_question_at_a_time():
    first = ConfirmationFactory(confirmed_at=NOW)
    ConfirmationFactory(supplier=first.supplier)

    with pytest.raises(IntegrityError, match="confirmation_waits_once_per_supplier"):
        ConfirmationFactory(supplier=first.supplier)


def test_receipts_are_seen_by_the_firm_and_by_staff(omar, zed, stella):
    own = ListingReceiptFactory(supplier__organisation=omar.organisation)
    other = ListingReceiptFactory()

    def seen_by(user):
        return set(ListingReceipt.objects.visible_to(user))

    assert seen_by(AnonymousUser()) == set()
    assert seen_by(zed) == set()
    assert seen_by(omar) == {own}
    assert seen_by(stella) == {own, other}


def test_an_appeal_waits_until_staff_decide_again():
    supplier = SupplierFactory(listed=True)
    VerdictFactory(supplier=supplier, kind="suspended")
    assert not Verdict.objects.appeals().exists()

    supplier.verdicts.update(answered_at=NOW, answer="It is mended.")
    assert Verdict.objects.appeals().count() == 1

    VerdictFactory(supplier=supplier, kind="lifted", decided_at=timezone.now() + timedelta(seconds=1))
    assert not Verdict.objects.appeals().exists()
