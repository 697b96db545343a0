from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.core import invariants
from suppliers.models import Supplier
from suppliers.proposals.models import EndedProposal, Partner, PartnerConsent, Proposal
from suppliers.proposals.permissions import has_open_proposal
from tests.factories.accounts import RepresentativeFactory
from tests.factories.proposals import PartnerConsentFactory, PartnerFactory, ProposalFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def change(row, **fields):
    with transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**fields)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("proposal_email_is_lower_case", {"email": "Owner@firm.example"}),
        ("proposal_says_what_it_is_and_where_it_came_from", {"source": ""}),
        ("proposal_says_what_it_is_and_where_it_came_from", {"name": ""}),
        ("proposal_asks_an_address", {"asked_at": NOW}),
        ("proposal_reminds_whom_it_asked", {"reminded_at": NOW}),
        ("proposal_lasts_a_while", {"expires_at": NOW - timedelta(days=9)}),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(rule, fields):
    proposal = ProposalFactory()

    with pytest.raises(IntegrityError, match=rule):
        change(proposal, **fields)


def test_nobody_has_accepted_at_no_time(zed):
    with pytest.raises(IntegrityError, match="proposal_is_accepted_at_a_time"):
        change(ProposalFactory(), accepted_by=zed)


def test_a_profile_is_proposed_once():
    proposal = ProposalFactory()

    with pytest.raises(IntegrityError, match="supplier_id"), transaction.atomic():
        ProposalFactory(supplier=proposal.supplier)


def test_a_partner_has_an_address():
    with pytest.raises(IntegrityError, match="partner_has_an_address"):
        change(PartnerFactory(), slug="")


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("ended_proposal_has_a_known_outcome", {"outcome": "lost"}),
        ("ended_proposal_remembers_refusals_alone", {"outcome": "expired", "digest": "ab"}),
        ("ended_proposal_is_looked_into_when_reported", {"handled_at": NOW}),
    ],
)
def test_what_is_left_of_a_proposal_keeps_to_its_shape(rule, fields):
    ended = EndedProposal.objects.create(outcome="declined")

    with pytest.raises(IntegrityError, match=rule):
        change(ended, **fields)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("partner_consent_has_a_known_way", {"way": "rumour"}),
        ("partner_consent_ends_after_it_began", {"ended_at": NOW - timedelta(days=9)}),
    ],
)
def test_a_consent_keeps_to_its_shape(rule, fields):
    with pytest.raises(IntegrityError, match=rule):
        change(PartnerConsentFactory(), **fields)


def test_a_firm_says_yes_to_a_partner_once_at_a_time():
    consent = PartnerConsentFactory()

    with pytest.raises(IntegrityError, match="partner_consent_lives_once_per_firm"), transaction.atomic():
        PartnerConsentFactory(partner=consent.partner, organisation=consent.organisation)

    change(consent, ended_at=timezone.now())
    PartnerConsentFactory(partner=consent.partner, organisation=consent.organisation)
    assert PartnerConsent.objects.live().count() == 1


def test_the_database_sends_no_profile_that_waits_for_its_owner():
    proposal = ProposalFactory()

    with pytest.raises(IntegrityError, match="waits for its owner"):
        change(proposal.supplier, submitted_at=timezone.now())

    change(proposal, accepted_at=timezone.now())
    change(proposal.supplier, submitted_at=timezone.now())


@pytest.mark.parametrize("state", ["waiting", "listed"])
def test_the_database_takes_no_open_proposal_of_a_profile_that_was_sent(state):
    supplier = SupplierFactory(**{state: True})

    with pytest.raises(IntegrityError, match="was sent already"), transaction.atomic():
        ProposalFactory(supplier=supplier)


def test_an_accepted_proposal_of_a_listed_profile_does_not_open_again():
    proposal = ProposalFactory(accepted=True)
    change(proposal.supplier, submitted_at=timezone.now())

    with pytest.raises(IntegrityError, match="was sent already"):
        change(proposal, accepted_at=None)


def broken():
    return [breach.sentence for breach in invariants.breaches(timezone.now())]


def test_an_overdue_draft_and_a_listed_one_break_an_invariant():
    assert broken() == []
    ProposalFactory(expires_at=timezone.now() - timedelta(days=2), created_at=timezone.now() - timedelta(days=40))

    assert broken() == ["a proposal that nobody accepted does not outlive its 30 days"]


def test_a_profile_that_was_sent_past_the_guard_breaks_an_invariant():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE suppliers_supplier DISABLE TRIGGER supplier_is_sent_after_its_owner_accepted")
    proposal = ProposalFactory()
    change(proposal.supplier, submitted_at=timezone.now())

    assert "a profile whose owner has not accepted it is neither sent nor listed" in broken()


def test_a_proposal_is_open_until_it_is_accepted():
    assert has_open_proposal(ProposalFactory().supplier)
    assert not has_open_proposal(ProposalFactory(accepted=True).supplier)
    assert not has_open_proposal(SupplierFactory())


def test_proposals_sort_by_what_can_still_be_done():
    fresh, lapsed, accepted = ProposalFactory(), ProposalFactory(lapsed=True), ProposalFactory(accepted=True)

    assert set(Proposal.objects.open()) == {fresh, lapsed}
    assert list(Proposal.objects.answerable()) == [fresh]
    assert list(Proposal.objects.lapsed(timezone.now())) == [lapsed]
    assert [row.is_answerable() for row in (fresh, lapsed, accepted)] == [True, False, False]


def test_a_draft_is_visible_to_its_partner_and_to_staff_alone(partner, omar, amina, stella):
    proposal = ProposalFactory(partner=partner)
    ProposalFactory()

    assert list(Proposal.objects.visible_to(omar)) == [proposal]
    assert list(Proposal.objects.visible_to(amina)) == []
    assert Proposal.objects.visible_to(stella).count() == 2
    assert str(partner) == "Atlas Propreté"


def test_a_paused_partner_sees_no_draft(partner, omar):
    ProposalFactory(partner=partner)
    Partner.objects.update(is_active=False)

    assert list(Proposal.objects.visible_to(omar)) == []


def test_an_open_draft_is_nowhere_for_anybody_else(partner, omar, zed, client, as_user):
    proposal = ProposalFactory(partner=partner, asked=True)
    address = proposal.supplier.get_absolute_url()

    assert list(Supplier.objects.listed()) == []
    assert client.get(address).status_code == 404
    for person in (zed, omar, RepresentativeFactory().user):
        assert as_user(person).get(address).status_code == 404
