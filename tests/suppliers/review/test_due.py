from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from marketplace.core import invariants, registry
from marketplace.core.models import OutboxMessage
from suppliers.directory.rows import refresh
from suppliers.models import Supplier
from suppliers.review import receipts
from suppliers.review.actions import confirm_supplier, suspend_supplier
from suppliers.review.due import ask_if_still_right, forget_reporters, remind_to_confirm
from suppliers.review.models import Confirmation, ListingReceipt
from suppliers.review.panels import unconfirmed
from suppliers.review.seed import plant_receipts
from tests.factories.accounts import OrganisationFactory, RepresentativeFactory
from tests.factories.review import PageReportFactory, ReadySupplierFactory, SupplierFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 29, 6, 0, tzinfo=UTC)


@pytest.fixture
def listed(omar):
    return ReadySupplierFactory(
        listed=True, organisation=omar.organisation, slug="atlas", confirmed_on=date(2025, 11, 29)
    )


def test_a_year_on_the_firm_is_asked_once_in_its_own_language(listed, omar, mails):
    assert ask_if_still_right(AT - timedelta(days=1)) == 0
    assert ask_if_still_right(AT) == 1
    assert ask_if_still_right(AT) == 0
    assert ask_if_still_right(AT + timedelta(days=200)) == 0

    listed.refresh_from_db()
    assert listed.confirmation_asked_on == date(2026, 11, 29)
    assert listed.is_listed
    [(name, words)] = mails(omar.email)
    assert (name, words["is_reminder"]) == ("still_right", False)
    assert words["confirmed"] == "sam. 29 nov. 2025"
    assert "/fr/account/confirmations/" in words["link"]
    assert "link" not in OutboxMessage.objects.get().context


def test_one_that_was_never_confirmed_is_asked_a_year_after_it_was_listed(listed):
    Supplier.objects.update(confirmed_on=None, listed_at=AT - timedelta(days=366))

    assert ask_if_still_right(AT) == 1


@pytest.mark.parametrize("away", [{"hidden_at": AT}, {"suspended_at": AT}, {"listed_at": None}])
def test_a_firm_that_is_not_on_show_is_not_asked(listed, away):
    Supplier.objects.update(**away)

    assert ask_if_still_right(AT) == 0


def test_there_is_one_reminder_after_a_month(listed, omar, mails):
    ask_if_still_right(AT)
    month = AT + timedelta(days=30)

    assert remind_to_confirm(month - timedelta(days=1)) == 0
    assert remind_to_confirm(month) == 1
    assert remind_to_confirm(month + timedelta(days=300)) == 0

    assert [words["is_reminder"] for _name, words in mails(omar.email)] == [False, True]


def test_whoever_has_answered_is_not_reminded_and_asked_again_a_year_later(listed, omar):
    ask_if_still_right(AT)
    confirm_supplier(listed, by=omar)

    assert remind_to_confirm(AT + timedelta(days=60)) == 0
    assert ask_if_still_right(timezone.now() + timedelta(days=366)) == 1
    assert Confirmation.objects.count() == 2


def test_after_three_months_the_page_says_so_and_the_listing_stays(listed):
    today = timezone.now().date()
    Supplier.objects.update(confirmation_asked_on=today - timedelta(days=89))
    listed.refresh_from_db()
    assert unconfirmed([listed], None) == {}

    Supplier.objects.update(confirmation_asked_on=today - timedelta(days=90))
    listed.refresh_from_db()
    assert unconfirmed([listed], None) == {listed.pk: {"since": date(2025, 11, 29)}}
    assert listed.is_listed


def test_a_firm_without_administrators_is_not_asked_every_minute():
    supplier = SupplierFactory(listed=True, confirmed_on=date(2025, 1, 1))

    assert (ask_if_still_right(AT), ask_if_still_right(AT)) == (1, 0)
    assert supplier.confirmations.count() == 1
    assert not OutboxMessage.objects.exists()


def test_the_address_of_a_reporter_is_forgotten_half_a_year_after_the_answer():
    answered = {"answer": "Mended.", "note": "Asked.", "email": "reader@x.example"}
    old = PageReportFactory(answered_at=AT - timedelta(days=180), **answered)
    new = PageReportFactory(answered_at=AT - timedelta(days=179), **answered)
    waiting = PageReportFactory(email="reader@x.example", created_at=AT - timedelta(days=400))

    assert (forget_reporters(AT), forget_reporters(AT)) == (1, 0)

    for report, email in ((old, ""), (new, "reader@x.example"), (waiting, "reader@x.example")):
        report.refresh_from_db()
        assert report.email == email


# --- What always holds ----------------------------------------------------------------------------------------------


def broken():
    return [breach.sentence for breach in invariants.breaches(timezone.now())]


def test_a_listing_without_a_yes_is_found(listed):
    refresh([listed.pk])
    assert broken() == []

    ListingReceipt.objects.update(withdrawn_at=timezone.now())

    assert broken() == ["a listed supplier has a receipt for being listed that is not withdrawn"]


def test_a_profile_taken_off_without_a_word_is_found(listed, stella):
    suspend_supplier(listed, words="The picture is not yours.", by=stella)
    assert broken() == []

    listed.verdicts.all().delete()

    assert broken() == ["a supplier that was taken off was told why"]


# --- The demo -------------------------------------------------------------------------------------------------------


def test_receipts_are_planted_for_those_who_asked_and_only_once():
    listed = SupplierFactory(listed=True, audience="members")
    owner = RepresentativeFactory(organisation=listed.organisation, administrator=True).user
    waiting, draft = SupplierFactory(waiting=True), SupplierFactory()
    ours = [listed.pk, waiting.pk, draft.pk]

    assert (receipts.plant(ours), receipts.plant(ours)) == (2, 0)

    planted = ListingReceipt.objects.get(supplier=listed)
    assert (planted.given_by, planted.audience, planted.way) == (owner, "members", "demo")
    assert planted.given_at == listed.submitted_at
    assert not ListingReceipt.objects.filter(supplier=draft).exists()


class Progress:
    def reset(self, total):
        self.total = total

    def update(self, number=1):
        pass


def test_the_demo_has_receipts_and_yearly_questions_under_way():
    today = timezone.now().date()
    for number, days in enumerate((10, 380, 800)):
        organisation = OrganisationFactory()
        organisation.identifiers.create(scheme="demo", value=f"supplier-{number}")
        SupplierFactory(listed=True, organisation=organisation, confirmed_on=today - timedelta(days=days))
    SupplierFactory(listed=True, confirmed_on=today - timedelta(days=800))

    for _time in range(2):
        assert plant_receipts(Random(1), {"suppliers": 3}, Progress()) == 3

    assert ListingReceipt.objects.count() == 3
    asked = Confirmation.objects.order_by("asked_on").values_list("asked_on", "reminded_on")
    assert list(asked) == [
        (today - timedelta(days=435), today - timedelta(days=405)),
        (today - timedelta(days=15), None),
    ]
    assert "receipts" in [seed.name for seed in registry.seeds]
