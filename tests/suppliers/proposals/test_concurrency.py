"""Owners, partners, the clock and a person who sends, all at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from marketplace.accounts.models import Organisation, Representative
from marketplace.core.errors import RuleBroken
from suppliers.models import Supplier
from suppliers.proposals import actions, drafts, expiry
from suppliers.proposals.models import EndedProposal, PartnerConsent, Proposal
from tests.factories.accounts import RepresentativeFactory, UserFactory
from tests.factories.proposals import PartnerFactory, ProposalFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db(transaction=True)
OWNER = "owner@firm.example"


def at_once(*jobs):
    """Run all jobs from the same instant, each on its own connection; True for each that the rules let pass."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait()
        try:
            job()
        except (RuleBroken, IntegrityError):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def accept(proposal, by):
    return lambda: actions.accept_proposal(proposal, shares_standing=True, by=by)


def test_ten_presses_of_accept_are_one(db):
    owner = UserFactory(email=OWNER)
    proposal = ProposalFactory(asked=True, email=OWNER, partner=PartnerFactory())

    assert all(at_once(*[accept(proposal, owner)] * 10))

    assert Representative.objects.count() == 1
    assert PartnerConsent.objects.count() == 1


def test_of_two_people_who_may_accept_one_does(db):
    owner = UserFactory(email=OWNER)
    proposal = ProposalFactory(asked=True, email=OWNER)
    other = RepresentativeFactory(organisation=proposal.supplier.organisation, administrator=True).user
    RepresentativeFactory(user=owner, organisation=proposal.supplier.organisation, administrator=True)

    passed = at_once(accept(proposal, owner), accept(proposal, other))

    assert sorted(passed) == [False, True]
    assert Proposal.objects.get().accepted_by in {owner, other}


def test_accepting_and_declining_at_once_leave_one_of_the_two(db):
    owner = UserFactory(email=OWNER)
    for _ in range(5):
        proposal = ProposalFactory(asked=True, email=OWNER)

        passed = at_once(accept(proposal, owner), lambda proposal=proposal: actions.decline_proposal(proposal))

        assert sorted(passed) == [False, True]
        assert Proposal.objects.filter(pk=proposal.pk).exists() == passed[0]
    assert Supplier.objects.count() + EndedProposal.objects.count() == 5
    assert Organisation.objects.count() == Supplier.objects.count()


def test_four_clocks_and_an_owner_who_declines_delete_each_draft_once(db):
    drafts_over = ProposalFactory.create_batch(12, lapsed=True, asked=True)

    at_once(
        *[lambda: expiry.run(timezone.now())] * 4,
        *[lambda row=row: actions.decline_proposal(row) for row in drafts_over[:3]],
    )

    # What one clock passed over because another held it is left to the next minute.
    expiry.run(timezone.now())
    assert (Supplier.objects.count(), Organisation.objects.count()) == (0, 0)
    assert EndedProposal.objects.count() == 12


def test_proposing_and_sending_at_once_never_both_happen(db):
    for _ in range(8):
        supplier = SupplierFactory()

        def send(pk=supplier.pk):
            Supplier.objects.filter(pk=pk).update(submitted_at=timezone.now())

        def propose(supplier=supplier):
            actions.propose(supplier, email="", source="A list", language="en")

        at_once(send, propose)
        sent = Supplier.objects.filter(pk=supplier.pk).exclude(submitted_at=None).exists()
        assert sent != Proposal.objects.open().filter(supplier=supplier).exists()


def test_ten_presses_of_the_draft_button_make_one_draft(db):
    partner = PartnerFactory()
    by = RepresentativeFactory(organisation=partner.organisation, administrator=True).user
    told = {
        "organisation": {"name": "Baobab", "town": "Lille", "website": "", "country": "FR"},
        "profile": {"summary": "Nous nettoyons.", "regions": [], "languages": [], "services": []},
        "email": OWNER,
        "source": "A list",
        "language": "fr",
        "identifiers": {"FR-SIREN": "732829320"},
    }

    assert all(at_once(*[lambda: drafts.draft_firm(partner, by=by, **told)] * 10))

    assert Proposal.objects.count() == 1
