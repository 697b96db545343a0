from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from marketplace.accounts.models import Identifier, Organisation
from marketplace.core.errors import RuleBroken
from marketplace.core.models import OutboxMessage
from suppliers.actions import profile_of
from suppliers.models import Supplier
from suppliers.proposals import actions, board, drafts
from suppliers.proposals.models import EndedProposal, Partner, Proposal
from tests.factories.accounts import OrganisationFactory, RepresentativeFactory
from tests.factories.proposals import PartnerConsentFactory, PartnerFactory, ProposalFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
OWNER = "owner@firm.example"
NUMBER = {"FR-SIREN": "732829320"}


def told(**changes):
    return {
        "organisation": {"name": "Baobab Propreté", "town": "Saint-Denis", "website": "", "country": "FR"},
        "profile": {
            "summary": "Nous nettoyons des bureaux.",
            "summary_language": "fr",
            "languages": ["fr", "ar"],
            "regions": ["FR106"],
            "services": [["90911200", "", [], True]],
        },
        "email": OWNER,
        "source": "Our members’ list",
        "language": "fr",
    } | changes


def draft(partner, by, identifiers=NUMBER, **changes):
    return drafts.draft_firm(partner, by=by, identifiers=identifiers, **told(**changes))


def mend(proposal, by, version=None, **changes):
    words = told(**changes)
    words["organisation"] = {name: words["organisation"][name] for name in ("name", "town", "website")}
    version = version or Organisation.objects.get(supplier__proposal=proposal).version
    return drafts.change_draft(proposal, by=by, version=version, **words)


# --- Draft ------------------------------------------------------------------------------------------------------


def test_a_draft_is_an_organisation_a_profile_and_a_question_to_its_owner(partner, omar, mails):
    proposal = draft(partner, omar)

    firm = proposal.supplier.organisation
    assert (firm.name, firm.town, str(firm.country)) == ("Baobab Propreté", "Saint-Denis", "FR")
    assert firm.identifiers.get().value == "732829320"
    assert firm.representatives.count() == 0
    profile = told()["profile"]
    assert profile_of(Supplier.objects.get(), profile) == profile
    (name, mail) = mails(OWNER)[0]
    assert (name, mail["partner"]) == ("proposal_asked", "Atlas Propreté")


def test_a_second_press_makes_no_second_draft(partner, omar):
    assert draft(partner, omar) == draft(partner, omar)
    assert OutboxMessage.objects.count() == 1


def test_namesakes_in_two_towns_are_two_firms(partner, omar):
    elsewhere = told()["organisation"] | {"town": "Lille"}

    draft(partner, omar, identifiers={})
    draft(partner, omar, identifiers={}, organisation=elsewhere)

    assert Proposal.objects.count() == 2


def test_a_number_that_is_here_already_is_refused_and_leaves_nothing_behind(partner, omar):
    Identifier.objects.create(organisation=OrganisationFactory(name="Somebody"), scheme="FR-SIREN", value="732829320")

    with pytest.raises(RuleBroken, match="is here already") as refused:
        draft(partner, omar)

    assert "Somebody" not in str(refused.value)
    assert not Organisation.objects.filter(name="Baobab Propreté").exists()


def test_a_partner_drafts_so_many_a_day(partner, omar, monkeypatch):
    monkeypatch.setattr(drafts, "DRAFTS_A_DAY", 1)
    draft(partner, omar)

    with pytest.raises(RuleBroken, match="enough drafts for one day"):
        draft(partner, omar, identifiers={"FR-SIREN": "552100554"})

    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1)):
        draft(partner, omar, identifiers={"FR-SIREN": "552100554"})


def test_drafts_that_ended_count_for_the_day_too(partner, omar, monkeypatch):
    monkeypatch.setattr(drafts, "DRAFTS_A_DAY", 1)
    actions.withdraw_proposal(draft(partner, omar), by=omar)

    with pytest.raises(RuleBroken, match="enough drafts for one day"):
        draft(partner, omar)


# --- Change, ask again ------------------------------------------------------------------------------------------


def test_the_partner_mends_its_draft_until_the_owner_accepts(partner, omar, owner):
    proposal = draft(partner, omar)
    mend(proposal, omar, organisation=told()["organisation"] | {"name": "Baobab"}, source="A fair")

    proposal.refresh_from_db()
    assert (proposal.name, proposal.source, OutboxMessage.objects.count()) == ("Baobab", "A fair", 1)

    actions.accept_proposal(proposal, shares_standing=True, by=owner)
    with pytest.raises(RuleBroken, match="theirs now"):
        mend(proposal, omar)
    with pytest.raises(RuleBroken, match="theirs now"):
        drafts.ask_again(proposal, by=omar)


def test_a_viewer_and_another_partner_change_nothing(partner, omar, viewer):
    proposal = draft(partner, omar)
    other = RepresentativeFactory(organisation=PartnerFactory().organisation, administrator=True).user

    for person in (viewer, other):
        with pytest.raises(RuleBroken):
            mend(proposal, person)


def test_two_people_who_mend_one_draft_notice_each_other(partner, omar):
    proposal = draft(partner, omar)
    version = proposal.supplier.organisation.version
    mend(proposal, omar, version=version, source="First")

    with pytest.raises(RuleBroken, match="Somebody else changed this draft"):
        mend(proposal, omar, version=version, source="Second")

    proposal.refresh_from_db()
    assert proposal.source == "First"


def test_a_new_address_is_asked_and_the_old_link_is_dead(partner, omar, mails):
    proposal = draft(partner, omar)
    old_key, term = proposal.key, proposal.expires_at

    proposal = mend(proposal, omar, email="right@firm.example")

    assert proposal.key != old_key
    assert proposal.expires_at == term
    assert len(mails("right@firm.example")) == 1


def test_an_address_that_is_taken_away_is_asked_no_more(partner, omar):
    proposal = mend(draft(partner, omar), omar, email="")

    assert (proposal.email, proposal.asked_at) == ("", None)


def test_addresses_cannot_be_tried_out_for_ever(partner, omar):
    proposal = draft(partner, omar)
    for number in range(2):
        mend(proposal, omar, email=f"try{number}@firm.example")

    with pytest.raises(RuleBroken, match="written three times"):
        mend(proposal, omar, email="try9@firm.example")


def test_the_owner_is_asked_again_three_times_in_all_and_three_days_apart(partner, omar, mails):
    proposal = draft(partner, omar)
    term = proposal.expires_at
    with pytest.raises(RuleBroken, match="not three days old"):
        drafts.ask_again(proposal, by=omar)

    for days in (4, 8):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            drafts.ask_again(proposal, by=omar)

    with time_machine.travel(timezone.now() + timedelta(days=12)), pytest.raises(RuleBroken, match="three times"):
        drafts.ask_again(proposal, by=omar)
    proposal.refresh_from_db()
    assert (proposal.expires_at, len(mails(OWNER))) == (term, 3)


def test_without_an_address_nobody_can_be_asked_again(partner, omar):
    with pytest.raises(RuleBroken, match="no address"):
        drafts.ask_again(draft(partner, omar, email=""), by=omar)


def test_after_its_time_nobody_is_asked_again(partner, omar):
    with pytest.raises(RuleBroken, match="time for an answer is over"):
        drafts.ask_again(ProposalFactory(partner=partner, asked=True, lapsed=True), by=omar)


# --- The partner itself -----------------------------------------------------------------------------------------


def test_staff_welcome_an_organisation_as_a_partner_once(stella):
    organisation = OrganisationFactory(name="Réseau des entrepreneurs")

    first = drafts.welcome_partner(organisation, by=stella)

    assert drafts.welcome_partner(organisation, by=stella) == first
    assert (first.slug, first.welcomed_by) == ("reseau-des-entrepreneurs", stella)


def test_two_partners_of_one_name_have_two_addresses(stella):
    slugs = {drafts.welcome_partner(OrganisationFactory(name="Réseau"), by=stella).slug for _ in range(2)}

    assert len(slugs) == 2


def test_a_partner_is_paused_and_goes_on(partner, stella):
    drafts.pause_partner(partner, by=stella)
    with pytest.raises(RuleBroken, match="done this already"):
        drafts.pause_partner(partner, by=stella)
    assert not Partner.objects.active().exists()

    assert drafts.welcome_partner(partner.organisation, by=stella).is_active
    with pytest.raises(RuleBroken, match="done this already"):
        drafts.resume_partner(partner, by=stella)


# --- The board --------------------------------------------------------------------------------------------------


def steps(partner):
    return {firm.shown_name: firm.step for firm in board.firms_of(partner)}


def test_the_board_says_how_far_each_firm_has_come(partner):
    def firm(name, is_shared=True, **supplier):
        made = SupplierFactory(organisation__name=name, **supplier)
        if is_shared:
            PartnerConsentFactory(partner=partner, organisation=made.organisation)
        return made

    ProposalFactory(partner=partner, name="A", supplier__organisation__name="A")
    ProposalFactory(partner=partner, name="B", supplier__organisation__name="B", asked=True)
    ProposalFactory(partner=partner, name="C", accepted=True, supplier=firm("C"))
    ProposalFactory(partner=partner, name="D", accepted=True, supplier=firm("D", waiting=True))
    ProposalFactory(partner=partner, name="E", accepted=True, supplier=firm("E", listed=True))
    firm("F", listed=True)
    PartnerConsentFactory(partner=partner, organisation__name="G")
    ProposalFactory(name="H", asked=True)

    assert steps(partner) == {
        "A": "drafted",
        "B": "asked",
        "C": "accepted",
        "D": "sent",
        "E": "listed",
        "F": "listed",
        "G": "accepted",
    }
    numbers = {code: number for code, _label, number in board.counts(partner)["steps"]}
    assert numbers == {"drafted": 1, "asked": 1, "accepted": 2, "sent": 1, "listed": 2}
    assert all(firm.since for firm in board.firms_of(partner))


@pytest.mark.parametrize("state", ["waiting", "listed", "hidden", "suspended"])
def test_without_the_firms_yes_the_partner_sees_that_it_accepted_and_no_more(partner, state):
    supplier = SupplierFactory(organisation__name="A new name", **{state: True})
    ProposalFactory(partner=partner, name="As drafted", accepted=True, supplier=supplier)

    assert steps(partner) == {"As drafted": "accepted"}


@pytest.mark.parametrize("state", ["hidden", "suspended"])
def test_a_firm_that_is_off_show_is_not_told_apart_from_one_that_only_accepted(partner, state):
    consent = PartnerConsentFactory(partner=partner, organisation__name="Firm")
    SupplierFactory(organisation=consent.organisation, **{state: True})

    assert steps(partner) == {"Firm": "accepted"}


def test_a_firm_that_ended_its_yes_is_gone_from_the_board(partner):
    consent = PartnerConsentFactory(partner=partner)
    SupplierFactory(organisation=consent.organisation, listed=True)
    actions.end_sharing(consent, by=None)

    assert steps(partner) == {}


def test_what_ended_is_counted_and_never_named(partner, omar):
    draft(partner, omar)
    actions.decline_proposal(Proposal.objects.get())

    assert steps(partner) == {}
    assert ("declined", 1) in [(code, number) for code, _label, number in board.counts(partner)["endings"]]
    assert "Baobab" not in str(EndedProposal.objects.values().get())
