from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.accounts import actions
from marketplace.accounts.models import Identifier, Invitation, JoinRequest, Organisation, Representative
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.factories.accounts import (
    InvitationFactory,
    JoinRequestFactory,
    OrganisationFactory,
    RepresentativeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SIREN = {"FR-SIREN": "732829320"}


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def representative_of(user):
    return Representative.objects.get(user=user)


def test_who_registers_an_organisation_becomes_its_administrator(zed):
    organisation = actions.register_organisation(by=zed, name=" Atlas ", country="FR", identifiers=SIREN, town="Lyon")

    assert (organisation.name, organisation.country.code, organisation.town) == ("Atlas", "FR", "Lyon")
    assert representative_of(zed).is_administrator
    assert str(Identifier.objects.get(organisation=organisation)) == "FR-SIREN 732829320"
    assert verbs() == ["organisation.registered"]


def test_the_number_of_another_organisation_cannot_be_registered_again(zed, omar):
    Identifier.objects.create(organisation=omar.organisation, scheme="FR-SIREN", value="732829320")

    with pytest.raises(RuleBroken):
        actions.register_organisation(by=zed, name="Atlas", country="FR", identifiers=SIREN)

    assert Organisation.objects.count() == 1
    assert not Representative.objects.filter(user=zed).exists()


@pytest.mark.parametrize("identifiers", [SIREN, {}])
def test_registering_the_same_twice_gives_the_first_one(zed, identifiers):
    first = actions.register_organisation(by=zed, name="Atlas", country="FR", identifiers=identifiers)
    again = actions.register_organisation(by=zed, name="Atlas", country="FR", identifiers=identifiers)

    assert again == first
    assert Organisation.objects.count() == 1


def test_a_branch_of_the_same_name_is_another_organisation(zed):
    actions.register_organisation(by=zed, name="Atlas", country="FR", identifiers=SIREN)
    actions.register_organisation(by=zed, name="Atlas", country="FR", identifiers={"FR-SIRET": "73282932000074"})

    assert Organisation.objects.filter(name="Atlas").count() == 2


def test_a_change_raises_the_version_and_is_recorded(amina):
    organisation = actions.change_organisation(amina.organisation, version=1, by=amina, town="York")

    assert (organisation.town, organisation.version) == ("York", 2)
    assert AuditEntry.objects.get().data == {"fields": ["town"]}


def test_the_second_of_two_changes_is_refused(amina):
    actions.change_organisation(amina.organisation, version=1, by=amina, town="York")

    with pytest.raises(RuleBroken):
        actions.change_organisation(amina.organisation, version=1, by=amina, town="Hull")

    assert Organisation.objects.get().town == "York"


def test_an_invitation_is_mailed_and_lasts_two_weeks(amina, mails):
    invitation = actions.invite_representative(amina.organisation, email=" New@X.Example ", role="editor", by=amina)

    assert invitation.email == "new@x.example"
    assert timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=14)
    assert [name for name, _ in mails("new@x.example")] == ["invitation_sent"]
    assert verbs() == ["invitation.sent"]


def test_pressing_twice_invites_once(amina, mails):
    for _ in range(2):
        actions.invite_representative(amina.organisation, email="new@x.example", role="editor", by=amina)

    assert Invitation.objects.count() == len(mails("new@x.example")) == 1


def test_inviting_again_later_renews_the_term_and_takes_no_second_seat(amina, mails):
    Organisation.objects.update(seat_limit=2)
    first = actions.invite_representative(amina.organisation, email="new@x.example", role="editor", by=amina)
    Invitation.objects.update(expires_at=first.expires_at - timedelta(hours=1))

    again = actions.invite_representative(amina.organisation, email="new@x.example", role="editor", by=amina)

    assert again.pk == first.pk
    assert again.expires_at >= first.expires_at
    assert len(mails("new@x.example")) == 2


def test_another_role_is_sent_at_once(amina, mails):
    for role in ("editor", "viewer"):
        actions.invite_representative(amina.organisation, email="new@x.example", role=role, by=amina)

    assert Invitation.objects.get().role == "viewer"
    assert len(mails("new@x.example")) == 2


def test_who_acts_already_is_not_invited(amina):
    with pytest.raises(RuleBroken):
        actions.invite_representative(amina.organisation, email=amina.email.upper(), role="viewer", by=amina)


def test_open_invitations_hold_seats(amina):
    Organisation.objects.update(seat_limit=2)
    actions.invite_representative(amina.organisation, email="one@x.example", role="viewer", by=amina)

    with pytest.raises(RuleBroken):
        actions.invite_representative(amina.organisation, email="two@x.example", role="viewer", by=amina)

    assert Invitation.objects.count() == 1


def test_a_lapsed_invitation_frees_its_seat_and_sending_it_again_needs_one(amina):
    Organisation.objects.update(seat_limit=2)
    lapsed = InvitationFactory(organisation=amina.organisation, lapsed=True)
    actions.invite_representative(amina.organisation, email="one@x.example", role="viewer", by=amina)

    with pytest.raises(RuleBroken):
        actions.invite_representative(amina.organisation, email=lapsed.email, role="viewer", by=amina)


def test_an_organisation_cannot_mail_strangers_without_end(amina, monkeypatch):
    monkeypatch.setattr(actions, "INVITATIONS_A_DAY", 1)
    actions.invite_representative(amina.organisation, email="one@x.example", role="viewer", by=amina)

    with pytest.raises(RuleBroken):
        actions.invite_representative(amina.organisation, email="two@x.example", role="viewer", by=amina)


def test_a_withdrawn_invitation_frees_its_seat_and_cannot_be_accepted(amina, zed):
    invitation = InvitationFactory(organisation=amina.organisation, email=zed.email)
    assert actions.seats_used(amina.organisation) == 2

    actions.withdraw_invitation(invitation, by=amina)

    assert actions.seats_used(amina.organisation) == 1
    with pytest.raises(RuleBroken):
        actions.accept_invitation(invitation, by=zed)
    with pytest.raises(RuleBroken):
        actions.withdraw_invitation(invitation, by=amina)


def test_the_invited_person_takes_the_seat_and_the_inviter_hears_of_it(amina, zed, mails):
    Organisation.objects.update(seat_limit=2)
    invitation = InvitationFactory(organisation=amina.organisation, email=zed.email, role="editor", invited_by=amina)

    representative = actions.accept_invitation(invitation, by=zed)

    assert representative.role == "editor"
    assert actions.seats_used(amina.organisation) == 2
    assert [name for name, _ in mails(amina.email)] == ["invitation_accepted"]
    assert verbs() == ["invitation.accepted"]


def test_nobody_else_can_accept(amina, omar):
    invitation = InvitationFactory(organisation=amina.organisation)

    for answer in (actions.accept_invitation, actions.decline_invitation):
        with pytest.raises(RuleBroken):
            answer(invitation, by=omar)

    assert Invitation.objects.get().state() == "open"


@pytest.mark.parametrize("how", [{"lapsed": True}, {"accepted_at": timezone.now()}, {"withdrawn_at": timezone.now()}])
def test_what_is_no_longer_open_cannot_be_accepted(amina, zed, how):
    invitation = InvitationFactory(organisation=amina.organisation, email=zed.email, **how)

    with pytest.raises(RuleBroken):
        actions.accept_invitation(invitation, by=zed)

    assert not Representative.objects.filter(user=zed).exists()


def test_declining_frees_the_seat_and_twice_is_as_good_as_once(amina, zed):
    invitation = InvitationFactory(organisation=amina.organisation, email=zed.email)

    for _ in range(2):
        actions.decline_invitation(invitation, by=zed)

    assert actions.seats_used(amina.organisation) == 1
    assert verbs() == ["invitation.declined"]


def test_accepting_an_invitation_settles_the_request_to_join(amina, zed):
    JoinRequestFactory(organisation=amina.organisation, user=zed)
    invitation = InvitationFactory(organisation=amina.organisation, email=zed.email)

    actions.accept_invitation(invitation, by=zed)

    assert JoinRequest.objects.get().is_accepted


def test_a_role_is_changed_once(amina, zed):
    row = RepresentativeFactory(user=zed, organisation=amina.organisation)

    for _ in range(2):
        actions.change_role(row, role="editor", by=amina)

    assert representative_of(zed).can_edit
    assert verbs() == ["representative.role_changed"]


def test_the_last_administrator_keeps_the_role_and_cannot_leave(amina):
    with pytest.raises(RuleBroken):
        actions.change_role(representative_of(amina), role="viewer", by=amina)
    with pytest.raises(RuleBroken):
        actions.remove_representative(representative_of(amina), by=amina)

    assert representative_of(amina).is_administrator


def test_an_administrator_beside_another_may_leave(amina, mails):
    RepresentativeFactory(organisation=amina.organisation, administrator=True)

    actions.remove_representative(representative_of(amina), by=amina)

    assert not Representative.objects.filter(user=amina).exists()
    assert mails(amina.email) == []


def test_what_was_read_before_the_lock_does_not_decide(amina, zed):
    stale = RepresentativeFactory(user=zed, organisation=amina.organisation)
    actions.change_role(representative_of(zed), role="administrator", by=amina)
    actions.remove_representative(representative_of(amina), by=amina)

    with pytest.raises(RuleBroken):
        actions.remove_representative(stale, by=zed)

    assert representative_of(zed).is_administrator


def test_a_removed_person_is_told_and_keeps_no_open_door(amina, zed, mails):
    row = RepresentativeFactory(user=zed, organisation=amina.organisation)
    way_back = InvitationFactory(organisation=amina.organisation, email=zed.email)

    actions.remove_representative(row, by=amina)

    assert [name for name, _ in mails(zed.email)] == ["representative_removed"]
    with pytest.raises(RuleBroken):
        actions.accept_invitation(way_back, by=zed)
    with pytest.raises(RuleBroken):
        actions.remove_representative(row, by=amina)


def test_a_wish_to_join_goes_to_the_administrators(amina, stella, zed, mails):
    actions.request_to_join(amina.organisation, kind="join", message="Hello", by=zed)

    assert [name for name, _ in mails(amina.email)] == ["join_requested"]
    assert mails(stella.email) == []


def test_a_claim_goes_to_staff_and_not_to_the_administrators(amina, stella, zed, mails):
    actions.request_to_join(amina.organisation, kind="claim", message="", by=zed)

    assert [name for name, _ in mails(stella.email)] == ["join_requested"]
    assert mails(amina.email) == []


def test_a_wish_to_join_a_body_that_nobody_administers_goes_to_staff(stella, zed, mails):
    actions.request_to_join(OrganisationFactory(), kind="join", message="", by=zed)

    assert len(mails(stella.email)) == 1


def test_asking_twice_changes_nothing_and_sends_nothing(amina, zed, mails):
    for _ in range(2):
        actions.request_to_join(amina.organisation, kind="join", message="", by=zed)

    assert JoinRequest.objects.count() == len(mails(amina.email)) == 1


def test_who_acts_already_cannot_ask(amina):
    with pytest.raises(RuleBroken):
        actions.request_to_join(amina.organisation, kind="join", message="", by=amina)


def test_nobody_can_ask_everywhere_at_once(amina, zed, monkeypatch):
    monkeypatch.setattr(actions, "REQUESTS_AT_ONCE", 1)
    JoinRequestFactory(user=zed)

    with pytest.raises(RuleBroken):
        actions.request_to_join(amina.organisation, kind="join", message="", by=zed)


def test_who_was_declined_waits_a_month(amina, zed):
    wish = actions.request_to_join(amina.organisation, kind="join", message="", by=zed)
    actions.decide_join_request(wish, accept=False, by=amina)

    with pytest.raises(RuleBroken):
        actions.request_to_join(amina.organisation, kind="join", message="", by=zed)

    JoinRequest.objects.update(decided_at=timezone.now() - timedelta(days=31))
    actions.request_to_join(amina.organisation, kind="join", message="", by=zed)
    assert JoinRequest.objects.waiting().count() == 1


@pytest.mark.parametrize(("kind", "role"), [("join", "viewer"), ("claim", "administrator")])
def test_an_accepted_request_gives_the_role_of_its_kind(amina, zed, mails, kind, role):
    wish = JoinRequestFactory(organisation=amina.organisation, user=zed, kind=kind)

    actions.decide_join_request(wish, accept=True, by=amina)

    assert representative_of(zed).role == role
    assert mails(zed.email)[0][1]["is_accepted"] is True
    assert verbs() == ["join_request.decided"]


def test_a_declined_request_gives_nothing(amina, zed, mails):
    wish = JoinRequestFactory(organisation=amina.organisation, user=zed)

    actions.decide_join_request(wish, accept=False, by=amina)

    assert not Representative.objects.filter(user=zed).exists()
    assert mails(zed.email)[0][1]["is_accepted"] is False


def test_only_the_first_answer_counts(amina, zed):
    wish = JoinRequestFactory(organisation=amina.organisation, user=zed)
    actions.decide_join_request(wish, accept=False, by=amina)

    with pytest.raises(RuleBroken):
        actions.decide_join_request(wish, accept=True, by=amina)

    assert not Representative.objects.filter(user=zed).exists()


def test_without_a_free_seat_the_request_goes_on_waiting(amina, zed):
    Organisation.objects.update(seat_limit=1)
    wish = JoinRequestFactory(organisation=amina.organisation, user=zed)

    with pytest.raises(RuleBroken):
        actions.decide_join_request(wish, accept=True, by=amina)

    assert JoinRequest.objects.waiting().get() == wish
    assert not OutboxMessage.objects.exists()


def test_an_invitation_to_the_same_person_holds_their_seat(amina, zed):
    Organisation.objects.update(seat_limit=2)
    InvitationFactory(organisation=amina.organisation, email=zed.email)
    wish = JoinRequestFactory(organisation=amina.organisation, user=zed)

    actions.decide_join_request(wish, accept=True, by=amina)

    assert actions.seats_used(amina.organisation) == 2


def test_saying_yes_to_somebody_who_acts_already_takes_no_seat(amina):
    colleague = UserFactory()
    wish = JoinRequestFactory(organisation=amina.organisation, user=colleague)
    RepresentativeFactory(organisation=amina.organisation, user=colleague, editor=True)
    Organisation.objects.update(seat_limit=2)

    actions.decide_join_request(wish, accept=True, by=amina)

    assert representative_of(colleague).role == "editor"
