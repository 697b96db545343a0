from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.accounts.models import Organisation
from marketplace.core import registry
from marketplace.core.models import AuditEntry, OutboxMessage
from suppliers.models import Supplier
from suppliers.proposals import actions, expiry
from suppliers.proposals.models import EndedProposal, Proposal
from tests.factories.accounts import RepresentativeFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
OWNER = "owner@firm.example"


def after(days):
    return timezone.now() + timedelta(days=days)


def proposed():
    return actions.propose(SupplierFactory(), email=OWNER, source="A list", language="en")


def sent():
    return list(OutboxMessage.objects.order_by("pk").values_list("template", flat=True))


def test_the_owner_is_reminded_once_after_two_weeks(mails):
    proposed()

    assert [expiry.run(after(13)), expiry.run(after(15)), expiry.run(after(16))] == [0, 1, 0]

    assert [name for name, _mail in mails(OWNER)] == ["proposal_asked", "proposal_reminded"]
    (_, first), (_, second) = mails(OWNER)
    assert first["link"] == second["link"]


def test_nobody_is_reminded_who_accepted_or_was_never_asked(owner):
    actions.accept_proposal(proposed(), shares_standing=False, by=owner)
    actions.propose(SupplierFactory(), email="", source="A list", language="en")

    assert expiry.run(after(15)) == 0


def test_after_thirty_days_without_a_yes_the_draft_is_deleted(mails):
    proposed()

    assert expiry.run(after(29)) == 1
    assert Supplier.objects.count() == 1
    assert expiry.run(after(31)) == 1

    assert (Supplier.objects.count(), Proposal.objects.count(), Organisation.objects.count()) == (0, 0, 0)
    assert mails(OWNER) == []
    ended = EndedProposal.objects.get()
    assert (ended.outcome, ended.digest) == ("expired", "")
    assert AuditEntry.objects.filter(verb="proposal.expired", by=None).count() == 1


def test_a_draft_of_which_nobody_was_told_is_deleted_too():
    actions.propose(SupplierFactory(), email="", source="A list", language="en")

    assert expiry.run(after(31)) == 1
    assert Supplier.objects.count() == 0


def test_what_was_accepted_stays_for_good(owner):
    actions.accept_proposal(proposed(), shares_standing=False, by=owner)

    assert expiry.run(after(400)) == 0
    assert Supplier.objects.count() == 1


def test_an_organisation_that_somebody_acts_for_by_now_stays():
    representative = RepresentativeFactory(organisation=proposed().supplier.organisation, administrator=True)

    expiry.run(after(31))

    assert list(Organisation.objects.all()) == [representative.organisation]
    assert Supplier.objects.count() == 0


def test_a_clock_that_is_cut_off_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(expiry, "AT_ONCE", 2)
    ProposalFactory.create_batch(5, lapsed=True)

    assert expiry.delete_some(timezone.now()) == 2
    assert Supplier.objects.count() == 3

    assert expiry.run(timezone.now()) == 3
    assert (Supplier.objects.count(), EndedProposal.objects.count()) == (0, 5)
    assert expiry.run(timezone.now()) == 0


def test_reminders_of_many_are_sent_batch_by_batch(monkeypatch):
    monkeypatch.setattr(expiry, "AT_ONCE", 2)
    ProposalFactory.create_batch(5, asked=True, asked_at=timezone.now() - timedelta(days=15))

    assert expiry.run(timezone.now()) == 5
    assert sent() == ["proposals/email/proposal_reminded"] * 5


def test_the_clock_knows_of_it():
    assert "proposals" in registry.due.names()
