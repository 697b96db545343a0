"""Sending, judging and reporting under real simultaneous transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.core.errors import RuleBroken
from marketplace.core.models import OutboxMessage
from suppliers.models import Supplier
from suppliers.review import actions, due, receipts
from suppliers.review.models import Confirmation, ListingReceipt, PageReport, Verdict
from tests.factories.accounts import RepresentativeFactory, UserFactory
from tests.factories.review import ReadySupplierFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Run all jobs from the same instant, each on its own connection; True for each that the rules let pass."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait()
        try:
            job()
        except RuleBroken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_of_two_staff_who_decide_at_once_the_second_is_told(prove):
    judges = UserFactory.create_batch(2, staff=True)
    for _ in range(20 if prove else 3):
        supplier = ReadySupplierFactory(waiting=True)

        passed = at_once(
            lambda supplier=supplier: actions.approve_supplier(supplier, by=judges[0]),
            lambda supplier=supplier: actions.refuse_supplier(
                Supplier.objects.get(pk=supplier.pk), words="No.", by=judges[1]
            ),
        )

        assert sorted(passed) == [False, True]
        assert Verdict.objects.filter(supplier=supplier).count() == 1


def test_one_profile_sent_ten_times_at_once_is_sent_once():
    supplier = ReadySupplierFactory()
    owner = RepresentativeFactory(organisation=supplier.organisation, administrator=True).user

    def send():
        row = Supplier.objects.select_related("organisation").get(pk=supplier.pk)
        actions.submit_supplier(row, receipt_text_version=receipts.CURRENT, language="en", by=owner)

    assert all(at_once(*[send] * 10))
    assert ListingReceipt.objects.count() == OutboxMessage.objects.count() == 1


def test_one_report_sent_ten_times_at_once_is_one():
    supplier = ReadySupplierFactory(listed=True)

    at_once(*[lambda: actions.report_page(supplier, reason="facts", words="They moved.", language="en")] * 10)

    assert PageReport.objects.count() == 1


def test_two_clocks_ask_a_firm_once():
    supplier = ReadySupplierFactory(listed=True, confirmed_on="2020-01-01")
    RepresentativeFactory(organisation=supplier.organisation, administrator=True)

    at_once(*[lambda: due.ask_if_still_right(timezone.now())] * 4)

    assert Confirmation.objects.count() == OutboxMessage.objects.count() == 1
