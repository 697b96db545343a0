from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.accounts.models import Identifier, Invitation, JoinRequest, Organisation, Representative, User
from tests.factories.accounts import (
    InvitationFactory,
    JoinRequestFactory,
    OrganisationFactory,
    RepresentativeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def break_once(constraint, break_it):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        break_it()


def identified(scheme, value):
    Identifier.objects.create(organisation=OrganisationFactory(), scheme=scheme, value=value)


def invited_twice():
    first = InvitationFactory()
    InvitationFactory(organisation=first.organisation, email=first.email)


def acts_twice():
    first = RepresentativeFactory()
    RepresentativeFactory(organisation=first.organisation, user=first.user)


def asks_twice():
    first = JoinRequestFactory()
    JoinRequestFactory(organisation=first.organisation, user=first.user, kind="claim")


BREACHES = {
    "user_email_is_lower_case": lambda: UserFactory(email="Big@example.org"),
    "organisation_has_a_name": lambda: OrganisationFactory(name=""),
    "organisation_has_a_country": lambda: OrganisationFactory(country=""),
    "organisation_has_at_least_one_seat": lambda: OrganisationFactory(seat_limit=0),
    "identifier_names_one_organisation": lambda: [identified("GB-COH", "01234567") for _ in range(2)],
    "identifier_has_scheme_and_value": lambda: identified("GB-COH", ""),
    "representative_once_per_organisation": acts_twice,
    "representative_has_a_known_role": lambda: RepresentativeFactory(role="owner"),
    "invitation_waits_once_per_address": invited_twice,
    "invitation_email_is_lower_case": lambda: InvitationFactory(email="Big@example.org"),
    "invitation_has_a_known_role": lambda: InvitationFactory(role="owner"),
    "invitation_accepted_or_withdrawn_not_both": lambda: InvitationFactory(
        accepted_at=timezone.now(), withdrawn_at=timezone.now()
    ),
    "invitation_lasts_a_while": lambda: InvitationFactory(expires_at=timezone.now() - timedelta(days=1)),
    "join_request_waits_once_per_person": asks_twice,
    "join_request_has_a_known_kind": lambda: JoinRequestFactory(kind="take"),
    "join_request_decision_is_whole": lambda: JoinRequestFactory(is_accepted=True),
}


@pytest.mark.parametrize("constraint", BREACHES)
def test_the_database_refuses_what_can_never_be(constraint):
    break_once(constraint, BREACHES[constraint])


def test_every_constraint_is_broken_here():
    models = (User, Organisation, Identifier, Representative, Invitation, JoinRequest)

    assert {constraint.name for model in models for constraint in model._meta.constraints} == BREACHES.keys()


def test_an_identifier_needs_a_scheme():
    break_once("identifier_has_scheme_and_value", lambda: identified("", "01234567"))


def test_addresses_are_stored_in_lower_case_and_found_in_any():
    user = User.objects.create_user(" Amina@Leeds.Example ", "mosaic-tile-and-trade")

    assert user.email == "amina@leeds.example"
    assert User.objects.get_by_natural_key("AMINA@leeds.example") == user


def test_likely_names_are_found_without_accents_capitals_or_a_slip():
    here = OrganisationFactory(name="Société Générale d'Entretien", country="FR")
    OrganisationFactory(name="Société Générale d'Entretien", country="BE")
    OrganisationFactory(name="Boulangerie Traoré", country="FR")

    assert list(Organisation.objects.named_like("SOCIETE GENERALE D'ENTRETEIN", "FR")) == [here]
    assert list(Organisation.objects.named_like("Garage du Port", "FR")) == []


def test_likely_names_are_found_by_the_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Organisation.objects.named_like("Traoré", "FR").order_by().explain()

    assert "organisation_name_likeness" in plan


def test_names_are_sorted_without_regard_to_accents_and_capitals():
    for name in ("Zebra", "éclair", "Alpha", "Écluse", "beta"):
        OrganisationFactory(name=name)

    assert [row.name for row in Organisation.objects.by_name()] == ["Alpha", "beta", "éclair", "Écluse", "Zebra"]


def test_people_see_what_they_act_for_and_staff_see_all(amina, omar, stella, zed):
    def seen(user):
        return set(Organisation.objects.visible_to(user))

    assert seen(amina) == {amina.organisation}
    assert seen(stella) == {amina.organisation, omar.organisation}
    assert seen(zed) == seen(AnonymousUser()) == set()


def test_people_see_the_representatives_beside_them(amina, omar, stella, zed):
    def seen(user):
        return {row.user for row in Representative.objects.visible_to(user)}

    assert seen(amina) == {amina}
    assert seen(stella) == {amina, omar}
    assert seen(zed) == seen(AnonymousUser()) == set()


def test_a_viewer_sees_no_invitation(amina, zed, stella):
    invitation = InvitationFactory(organisation=amina.organisation)
    RepresentativeFactory(user=zed, organisation=amina.organisation)

    assert list(Invitation.objects.visible_to(amina)) == list(Invitation.objects.visible_to(stella)) == [invitation]
    assert not Invitation.objects.visible_to(zed).exists()
    assert not Invitation.objects.visible_to(AnonymousUser()).exists()


def test_a_claim_is_seen_and_decided_by_staff_alone(amina, stella, zed):
    wish = JoinRequestFactory(organisation=amina.organisation)
    claim = JoinRequestFactory(organisation=amina.organisation, claim=True)

    assert list(JoinRequest.objects.decidable_by(amina)) == list(JoinRequest.objects.visible_to(amina)) == [wish]
    assert set(JoinRequest.objects.decidable_by(stella)) == {wish, claim}
    assert not JoinRequest.objects.decidable_by(zed).exists()
    assert not JoinRequest.objects.decidable_by(AnonymousUser()).exists()


def test_an_invitation_knows_how_it_stands():
    now = timezone.now()

    assert InvitationFactory().state() == "open"
    assert InvitationFactory(lapsed=True).state() == "lapsed"
    assert InvitationFactory(accepted_at=now).state() == "accepted"
    assert InvitationFactory(withdrawn_at=now).state() == "withdrawn"
    assert InvitationFactory().state(at=now + timedelta(days=15)) == "lapsed"


def test_rows_read_well(amina):
    representative = Representative.objects.get(user=amina)

    assert str(representative) == "Amina Diallo for Leeds Council"
    assert str(Identifier(scheme="GB-COH", value="01234567")) == "GB-COH 01234567"
    assert str(InvitationFactory(organisation=amina.organisation, email="b@example.org")) == (
        "b@example.org to Leeds Council"
    )
    assert str(JoinRequestFactory(organisation=amina.organisation, user=amina)) == (
        "Amina Diallo asks to join Leeds Council"
    )
    assert (amina.get_short_name(), str(User(email="x@example.org"))) == ("Amina", "x@example.org")
