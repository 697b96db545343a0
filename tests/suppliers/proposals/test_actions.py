from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.accounts.models import Identifier, JoinRequest, Organisation, Representative
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from suppliers.models import Supplier
from suppliers.proposals import actions, bulk, emails
from suppliers.proposals.bulk import ProposalRow, propose_many
from suppliers.proposals.models import EndedProposal, PartnerConsent, Proposal
from suppliers.proposals.signing import refusal
from suppliers.review import receipts
from suppliers.review.actions import submit_supplier
from suppliers.review.readiness import what_stands_in_the_way
from tests.factories.accounts import JoinRequestFactory, RepresentativeFactory, UserFactory
from tests.factories.proposals import PartnerConsentFactory, PartnerFactory, ProposalFactory
from tests.factories.suppliers import CapabilityFactory, SupplierFactory

pytestmark = pytest.mark.django_db
OWNER = "owner@firm.example"


def propose(supplier, email=OWNER, **changes):
    return actions.propose(supplier, **{"email": email, "source": "The members’ list", "language": "fr"} | changes)


# --- Propose ----------------------------------------------------------------------------------------------------


def test_the_owner_is_asked_and_hears_where_the_data_came_from(mails, stella):
    supplier = SupplierFactory()

    proposal = propose(supplier, by=stella)

    (name, mail), *others = mails(OWNER)
    assert (name, others) == ("proposal_asked", [])
    assert mail["source"] == "The members’ list"
    assert mail["name"] == supplier.organisation.name
    assert "/fr/proposals/" in mail["link"]
    assert proposal.expires_at == proposal.asked_at + timedelta(days=30)
    assert AuditEntry.objects.get(verb="proposal.made").data == {"supplier": supplier.pk, "partner": None}


def test_the_link_stands_nowhere_in_the_clear():
    propose(SupplierFactory())

    message = OutboxMessage.objects.get()
    assert "link" not in message.context
    assert Proposal.objects.get().key not in str(message.context)


def test_proposing_again_changes_nothing_and_sends_nothing():
    supplier = SupplierFactory()

    first, second = propose(supplier), propose(supplier, email="other@firm.example", source="Another list")

    assert first == second
    assert (second.email, second.source) == (OWNER, "The members’ list")
    assert OutboxMessage.objects.count() == 1


def test_without_an_address_nobody_is_asked_until_there_is_one(mails):
    supplier = SupplierFactory()
    proposal = propose(supplier, email="")
    assert (proposal.asked_at, OutboxMessage.objects.count()) == (None, 0)

    proposal = propose(supplier, email=" Owner@Firm.example ")

    assert proposal.email == OWNER
    assert proposal.asked_at
    assert len(mails(OWNER)) == 1


def test_a_mail_language_that_is_not_ours_becomes_english():
    assert propose(SupplierFactory(), language="tr").language == "en"


def test_a_firm_that_people_act_for_is_not_proposed():
    representative = RepresentativeFactory()
    supplier = SupplierFactory(organisation=representative.organisation)

    with pytest.raises(RuleBroken, match="acts for this firm already"):
        propose(supplier)


def test_a_profile_that_was_sent_is_not_proposed():
    with pytest.raises(RuleBroken, match="acts for this firm already"):
        propose(SupplierFactory(listed=True))


def test_proposing_what_was_accepted_changes_nothing():
    proposal = ProposalFactory(accepted=True)

    assert propose(proposal.supplier) == proposal
    assert OutboxMessage.objects.count() == 0


def test_proposing_a_profile_that_is_gone_is_refused():
    supplier = SupplierFactory()
    Supplier.objects.all().delete()

    with pytest.raises(RuleBroken, match="no longer there"):
        propose(supplier)


def test_who_declined_is_not_asked_again_for_the_same_source(mails):
    actions.decline_proposal(propose(SupplierFactory()))

    again = propose(SupplierFactory())
    other = propose(SupplierFactory(), source="A fair in Lyon")

    assert (again.email, again.asked_at) == ("", None)
    assert other.email == OWNER
    assert len(mails(OWNER)) == 1


def test_who_declined_a_partner_is_not_asked_by_it_again_whatever_source_it_names(mails):
    partner, other = PartnerFactory(), PartnerFactory()
    actions.decline_proposal(propose(SupplierFactory(), partner=partner))

    assert propose(SupplierFactory(), partner=partner, source="Something else").email == ""
    assert propose(SupplierFactory(), partner=other).email == OWNER


def test_who_reported_is_not_asked_by_anybody(mails):
    actions.decline_proposal(propose(SupplierFactory()), words="I never heard of them.")

    assert propose(SupplierFactory(), partner=PartnerFactory(), source="Anything").email == ""
    assert mails(OWNER) == []


# --- Propose many -----------------------------------------------------------------------------------------------


def rows_of(suppliers, **changes):
    return [
        ProposalRow(
            **{
                "supplier_id": supplier.pk,
                "email": f"owner{number}@firm.example",
                "source": "An import",
                "language": "fr",
            }
            | changes
        )
        for number, supplier in enumerate(suppliers)
    ]


def test_an_import_proposes_many_with_few_queries(mails, django_assert_max_num_queries):
    suppliers = SupplierFactory.create_batch(30)

    with django_assert_max_num_queries(9):
        assert propose_many(rows_of(suppliers)) == 30

    (name, mail), *others = mails("owner7@firm.example")
    assert (name, others, mail["source"]) == ("proposal_asked", [], "An import")
    assert "/fr/proposals/" in mail["link"]
    assert AuditEntry.objects.filter(verb="proposal.made").count() == 30
    assert Proposal.objects.exclude(asked_at=None).count() == 30


def test_an_import_that_runs_twice_proposes_once():
    rows = rows_of(SupplierFactory.create_batch(3))

    assert [propose_many(rows), propose_many(iter(rows))] == [3, 0]
    assert OutboxMessage.objects.count() == 3


def test_an_import_passes_over_firms_with_people_and_profiles_that_were_sent():
    with_people = SupplierFactory(organisation=RepresentativeFactory().organisation)

    assert propose_many(rows_of([with_people, SupplierFactory(waiting=True), SupplierFactory()])) == 1


@pytest.mark.parametrize("email", ["", "no address", "a@" + "b" * 300 + ".example", "x\x00@firm.example"])
def test_an_import_without_a_good_address_asks_nobody(email):
    assert propose_many(rows_of([SupplierFactory()], email=email)) == 1
    assert Proposal.objects.get().email == ""
    assert OutboxMessage.objects.count() == 0


def test_an_import_asks_nobody_who_declined_it():
    actions.decline_proposal(propose(SupplierFactory(), source="An import"))

    propose_many(rows_of(SupplierFactory.create_batch(2), email=OWNER) + rows_of([SupplierFactory()]))

    assert sorted(Proposal.objects.values_list("email", flat=True)) == ["", "", "owner0@firm.example"]


def test_mails_of_an_import_are_due_a_thousand_a_minute(monkeypatch):
    monkeypatch.setattr(emails, "PER_MINUTE", 2)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)

    propose_many(rows_of(SupplierFactory.create_batch(5)))

    due = list(OutboxMessage.objects.order_by("pk").values_list("next_attempt_at", flat=True))
    minutes = [round((moment - due[0]).total_seconds() / 60) for moment in due]
    assert minutes == [0, 0, 1, 1, 2]


# --- Accept -----------------------------------------------------------------------------------------------------


def test_the_owner_accepts_and_administers_the_firm(owner):
    proposal = propose(SupplierFactory())

    assert actions.accept_proposal(proposal, shares_standing=False, by=owner)

    proposal.refresh_from_db()
    assert proposal.accepted_by == owner
    representative = Representative.objects.get(organisation=proposal.supplier.organisation)
    assert (representative.user, representative.role) == (owner, "administrator")
    assert PartnerConsent.objects.count() == 0
    assert AuditEntry.objects.filter(verb="proposal.accepted", by=owner).count() == 1


def test_accepting_twice_is_accepting_once(owner):
    proposal = propose(SupplierFactory(), partner=PartnerFactory())

    assert [actions.accept_proposal(proposal, shares_standing=True, by=owner) for _ in range(2)] == [True, True]
    assert PartnerConsent.objects.count() == 1
    assert AuditEntry.objects.filter(verb="proposal.accepted").count() == 1


def test_nobody_accepts_what_was_sent_to_another_address(zed):
    proposal = propose(SupplierFactory())

    with pytest.raises(RuleBroken, match="sent to another address"):
        actions.accept_proposal(proposal, shares_standing=False, by=zed)

    assert Representative.objects.filter(user=zed).count() == 0


def test_nobody_accepts_by_having_no_address(zed):
    proposal = propose(SupplierFactory(), email="")
    zed.email = ""

    with pytest.raises(RuleBroken, match="sent to another address"):
        actions.accept_proposal(proposal, shares_standing=False, by=zed)


def test_after_its_time_a_proposal_cannot_be_accepted(owner):
    proposal = ProposalFactory(lapsed=True, asked=True, email=OWNER)

    with pytest.raises(RuleBroken, match="time for an answer is over"):
        actions.accept_proposal(proposal, shares_standing=False, by=owner)


def test_a_proposal_that_was_declined_cannot_be_accepted(owner):
    proposal = propose(SupplierFactory())
    actions.decline_proposal(proposal)

    with pytest.raises(RuleBroken, match="no longer there"):
        actions.accept_proposal(proposal, shares_standing=False, by=owner)


def test_where_others_act_already_they_are_asked_and_the_proposal_stays_open(owner):
    proposal = propose(SupplierFactory())
    RepresentativeFactory(organisation=proposal.supplier.organisation, administrator=True)

    assert not actions.accept_proposal(proposal, shares_standing=False, by=owner)

    assert JoinRequest.objects.get().user == owner
    assert Proposal.objects.open().count() == 1
    assert not Representative.objects.filter(user=owner).exists()


def test_whoever_came_to_administer_the_firm_may_accept_too(zed):
    proposal = propose(SupplierFactory())
    RepresentativeFactory(user=zed, organisation=proposal.supplier.organisation, administrator=True)

    assert actions.accept_proposal(proposal, shares_standing=False, by=zed)


def test_a_colleague_without_the_role_may_not_accept(zed):
    proposal = propose(SupplierFactory())
    RepresentativeFactory(organisation=proposal.supplier.organisation, administrator=True)
    RepresentativeFactory(user=zed, organisation=proposal.supplier.organisation, editor=True)

    with pytest.raises(RuleBroken, match="another address"):
        actions.accept_proposal(proposal, shares_standing=False, by=zed)


def test_a_second_person_comes_too_late(owner):
    proposal = propose(SupplierFactory())
    actions.accept_proposal(proposal, shares_standing=False, by=owner)
    other = RepresentativeFactory(organisation=proposal.supplier.organisation, administrator=True).user

    with pytest.raises(RuleBroken, match="accepted already"):
        actions.accept_proposal(proposal, shares_standing=False, by=other)


def test_a_draft_cannot_be_sent_before_it_is_accepted(owner):
    supplier = SupplierFactory(ready=True)
    CapabilityFactory(supplier=supplier)
    proposal = propose(supplier)
    RepresentativeFactory(user=owner, organisation=supplier.organisation, administrator=True)

    def send():
        return submit_supplier(supplier, receipt_text_version=receipts.CURRENT, language="en", by=owner)

    with pytest.raises(RuleBroken, match="Accept it before you send it"):
        send()
    assert what_stands_in_the_way(supplier)

    actions.accept_proposal(proposal, shares_standing=False, by=owner)
    send()
    assert Supplier.objects.get().submitted_at


# --- Decline, report, withdraw ----------------------------------------------------------------------------------


def test_declining_deletes_the_draft_and_all_that_was_known_through_it(mails):
    supplier = SupplierFactory(ready=True)
    Identifier.objects.create(organisation=supplier.organisation, scheme="GB-COH", value="01234567")
    proposal = propose(supplier)

    actions.decline_proposal(proposal)

    assert (Supplier.objects.count(), Organisation.objects.count(), Identifier.objects.count()) == (0, 0, 0)
    assert mails(OWNER) == []
    ended = EndedProposal.objects.get()
    assert (ended.outcome, ended.words) == ("declined", "")
    assert ended.digest == refusal(OWNER, "The members’ list")
    assert OWNER not in str(list(AuditEntry.objects.values()))


def test_declining_a_report_keeps_the_words_for_the_staff():
    actions.decline_proposal(propose(SupplierFactory(), partner=PartnerFactory()), words=" They took my logo. ")

    ended = EndedProposal.objects.reported().get()
    assert ended.words == "They took my logo."
    assert ended.digest == refusal(OWNER)
    assert "logo" not in str(list(AuditEntry.objects.values()))


def test_declining_twice_says_that_it_is_gone():
    proposal = propose(SupplierFactory())
    actions.decline_proposal(proposal)

    with pytest.raises(RuleBroken, match="no longer there"):
        actions.decline_proposal(proposal)


def test_what_was_accepted_cannot_be_declined_or_withdrawn(owner):
    proposal = propose(SupplierFactory(), partner=PartnerFactory())
    actions.accept_proposal(proposal, shares_standing=False, by=owner)

    with pytest.raises(RuleBroken, match="was accepted"):
        actions.decline_proposal(proposal)
    with pytest.raises(RuleBroken, match="theirs now"):
        actions.withdraw_proposal(proposal, by=owner)
    assert Supplier.objects.count() == 1


def test_an_organisation_that_was_there_before_stays():
    supplier = SupplierFactory()

    actions.decline_proposal(propose(supplier, made_organisation=False))

    assert list(Organisation.objects.all()) == [supplier.organisation]
    assert Supplier.objects.count() == 0


def test_an_organisation_with_anything_else_of_its_own_stays():
    asked_for = SupplierFactory()
    JoinRequestFactory(organisation=asked_for.organisation)
    is_partner = PartnerFactory(organisation=SupplierFactory().organisation)

    for supplier in (asked_for, is_partner.organisation.supplier):
        actions.decline_proposal(propose(supplier))

    assert Supplier.objects.count() == 0
    assert set(Organisation.objects.all()) == {asked_for.organisation, is_partner.organisation}


def test_withdrawing_remembers_nobody(omar, partner):
    actions.withdraw_proposal(propose(SupplierFactory(), partner=partner), by=omar)

    ended = EndedProposal.objects.get()
    assert (ended.outcome, ended.digest, ended.partner) == ("withdrawn", "", partner)
    assert propose(SupplierFactory(), partner=partner).asked_at


def test_a_report_is_looked_into_once(stella):
    actions.decline_proposal(propose(SupplierFactory()), words="Wrong firm")
    ended = EndedProposal.objects.get()

    actions.handle_report(ended, by=stella)
    with pytest.raises(RuleBroken, match="done this already"):
        actions.handle_report(ended, by=stella)

    assert ended.handled_by == stella
    assert not EndedProposal.objects.reported().exists()


# --- Sharing ----------------------------------------------------------------------------------------------------


def test_a_yes_to_a_partner_counts_once_and_ends_at_a_word(omar, partner):
    firm = RepresentativeFactory(administrator=True)
    first = actions.share_standing(partner, firm.organisation, way="link", by=firm.user)

    assert actions.share_standing(partner, firm.organisation, way="link", by=firm.user) == first
    for _ in range(2):
        actions.end_sharing(first, by=firm.user)

    assert not PartnerConsent.objects.live().exists()
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == [
        "partner_consent.given",
        "partner_consent.ended",
    ]


def test_a_partner_does_not_bring_itself_in(omar, partner):
    with pytest.raises(RuleBroken, match="cannot bring itself in"):
        actions.share_standing(partner, partner.organisation, way="link", by=omar)


def test_after_an_end_a_firm_may_say_yes_again(omar, partner):
    ended = PartnerConsentFactory(partner=partner, ended_at=timezone.now() + timedelta(seconds=1))

    actions.share_standing(partner, ended.organisation, way="link", by=UserFactory())

    assert PartnerConsent.objects.live().count() == 1
