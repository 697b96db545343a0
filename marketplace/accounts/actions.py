"""What people do with organisations and seats. The caller has checked who asks; these check whether it may be."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import emails
from marketplace.accounts.models import Identifier, Invitation, JoinRequest, Organisation, Representative, Role, User
from marketplace.core import audit
from marketplace.core.errors import RuleBroken

#: A second press of the button within this time sends no second mail.
SAME_WISH = timedelta(minutes=1)
#: So that nobody mails strangers through us.
INVITATIONS_A_DAY = 250
REQUESTS_AT_ONCE = 10
#: Who was refused may ask again after this time.
REFUSED_FOR = timedelta(days=30)


@transaction.atomic
def register_organisation(
    *, by: User, name: str, country: str, identifiers: dict[str, str] | None = None, **details: Any
) -> Organisation:
    """A new legal body with `by` as its administrator; the same person sending the same again gets the first one.

    Raises RuleBroken when a register's number is here already.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    name, identifiers = name.strip(), identifiers or {}
    if twin := _twin(by, identifiers, name=name, country=country, **details):
        return twin
    organisation = Organisation.objects.create(name=name, country=country, **details)
    try:
        # Its own savepoint: another person may commit the same number between our look and our write.
        with transaction.atomic():
            Identifier.objects.bulk_create(
                Identifier(organisation=organisation, scheme=scheme, value=value)
                for scheme, value in identifiers.items()
            )
    except IntegrityError as error:
        raise RuleBroken(
            _("An organisation with this number is registered already. You can ask to join it.")
        ) from error
    Representative.objects.create(user=by, organisation=organisation, role=Role.ADMINISTRATOR)
    audit.record("organisation.registered", organisation, by=by)
    return organisation


def _twin(by: User, identifiers: dict[str, str], **details: Any) -> Organisation | None:
    for organisation in Organisation.objects.acted_for_by(by).filter(**details).prefetch_related("identifiers"):
        if {row.scheme: row.value for row in organisation.identifiers.all()} == identifiers:
            return organisation
    return None


@transaction.atomic
def change_organisation(organisation: Organisation, *, version: int, by: User, **details: Any) -> Organisation:
    """Change the details; refused when somebody else changed them since `version` was read."""
    changed = Organisation.objects.filter(pk=organisation.pk, version=version).update(
        **details, version=F("version") + 1
    )
    if not changed:
        raise RuleBroken(_("Somebody else changed this organisation while you were editing. Look at it again."))
    organisation.refresh_from_db()
    audit.record("organisation.changed", organisation, by=by, fields=sorted(details))
    return organisation


def seats_used(organisation: Organisation, at: datetime | None = None) -> int:
    """Representatives and open invitations; a lapsed invitation holds none."""
    return organisation.representatives.count() + organisation.invitations.open(at).count()


def _locked(organisation: Organisation) -> Organisation:
    """One organisation's seats and roles change one at a time: lock first, then count."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _require_seat(organisation: Organisation, at: datetime | None = None) -> None:
    if organisation.seat_limit is not None and seats_used(organisation, at) >= organisation.seat_limit:
        raise RuleBroken(_("All %(seats)s seats are taken.") % {"seats": organisation.seat_limit})


@transaction.atomic
def invite_representative(organisation: Organisation, *, email: str, role: str, by: User) -> Invitation:
    """Invite an address; asking again renews the term and sends the mail again, but takes no second seat.

    The same wish within a minute is a double press: it changes nothing and sends nothing.
    """
    organisation = _locked(organisation)
    email = email.strip().lower()
    if organisation.representatives.filter(user__email=email).exists():
        raise RuleBroken(_("This person acts for the organisation already."))
    now = timezone.now()
    invitation = organisation.invitations.unanswered().filter(email=email).first() or Invitation(
        organisation=organisation, email=email, created_at=now, expires_at=now
    )
    lifetime = settings.INVITATION_LIFETIME
    if invitation.is_open(now) and invitation.role == role and invitation.expires_at > now + lifetime - SAME_WISH:
        return invitation
    if not invitation.is_open(now):
        _require_seat(organisation, now)
        _require_restraint(organisation, now)
    invitation.role, invitation.invited_by = role, by
    invitation.expires_at = now + lifetime
    invitation.save()
    audit.record("invitation.sent", invitation, by=by, organisation=organisation.pk, role=role)
    emails.invitation_sent(invitation)
    return invitation


def _require_restraint(organisation: Organisation, now: datetime) -> None:
    if organisation.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise RuleBroken(_("That is enough invitations for one day. Send the others tomorrow."))


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Its link stops working and its seat is free; one that has lapsed can be cleared away too."""
    if not Invitation.objects.unanswered().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
        raise RuleBroken(_("This invitation is no longer open."))
    audit.record("invitation.withdrawn", invitation, by=by)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Representative:
    """Take the offered seat; only the invited address may, and only once."""
    organisation = _locked(invitation.organisation)
    _require_addressee(invitation, by)
    if not Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=timezone.now()):
        raise RuleBroken(_("This invitation is no longer open. Ask for a new one."))
    representative, _created = Representative.objects.get_or_create(
        user=by, organisation=organisation, defaults={"role": invitation.role}
    )
    waiting = JoinRequest.objects.waiting().filter(organisation=organisation, user=by)
    waiting.update(decided_at=timezone.now(), is_accepted=True)
    audit.record("invitation.accepted", invitation, by=by, organisation=organisation.pk)
    emails.invitation_accepted(invitation, by)
    return representative


@transaction.atomic
def decline_invitation(invitation: Invitation, *, by: User) -> None:
    """Say no to the offered seat, which is free again; a second no changes nothing."""
    _require_addressee(invitation, by)
    if Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
        audit.record("invitation.declined", invitation, by=by, organisation=invitation.organisation_id)


def _require_addressee(invitation: Invitation, person: User) -> None:
    if person.email != invitation.email:
        raise RuleBroken(_("This invitation was sent to another address. Sign in with that address."))


@transaction.atomic
def change_role(representative: Representative, *, role: str, by: User) -> None:
    """Give another role; the last administrator keeps theirs."""
    organisation = _locked(representative.organisation)
    current = _still_there(representative)
    if current.role == role:
        return
    _require_another_administrator(organisation, current)
    Representative.objects.filter(pk=current.pk).update(role=role)
    representative.role = role
    audit.record("representative.role_changed", current, by=by, organisation=organisation.pk, role=role)


@transaction.atomic
def remove_representative(representative: Representative, *, by: User) -> None:
    """End a person's standing, also one's own, and every open way back; the last administrator cannot leave."""
    organisation = _locked(representative.organisation)
    current = _still_there(representative)
    _require_another_administrator(organisation, current)
    audit.record("representative.removed", organisation, by=by, user=current.user_id)
    Representative.objects.filter(pk=current.pk).delete()
    ways_back = organisation.invitations.unanswered().filter(email=current.user.email)
    ways_back.update(withdrawn_at=timezone.now())
    if current.user_id != by.pk:
        emails.representative_removed(organisation, current.user)


def _still_there(representative: Representative) -> Representative:
    """The row as it is now that the organisation is locked; what was read before may be out of date."""
    current = Representative.objects.select_related("user").filter(pk=representative.pk).first()
    if current is None:
        raise RuleBroken(_("This person no longer acts for the organisation."))
    return current


def _require_another_administrator(organisation: Organisation, leaving: Representative) -> None:
    others = organisation.representatives.administrators().exclude(pk=leaving.pk)
    if leaving.role == Role.ADMINISTRATOR and not others.exists():
        raise RuleBroken(_("An organisation needs an administrator: name another one first."))


@transaction.atomic
def request_to_join(organisation: Organisation, *, kind: str, message: str, by: User) -> JoinRequest:
    """Ask to join or claim; asking again while one waits changes nothing and sends nothing."""
    organisation = _locked(organisation)
    if organisation.representatives.filter(user=by).exists():
        raise RuleBroken(_("You act for this organisation already."))
    waiting = JoinRequest.objects.waiting().filter(organisation=organisation, user=by).first()
    if waiting:
        return waiting
    _require_patience(organisation, kind, by)
    join_request = JoinRequest.objects.create(organisation=organisation, kind=kind, message=message, user=by)
    audit.record(f"join_request.{kind}", join_request, by=by, organisation=organisation.pk)
    emails.join_requested(join_request)
    return join_request


def _require_patience(organisation: Organisation, kind: str, person: User) -> None:
    mine = JoinRequest.objects.filter(user=person)
    if mine.waiting().count() >= REQUESTS_AT_ONCE:
        raise RuleBroken(_("You have asked many organisations already. Wait for their answers first."))
    since = timezone.now() - REFUSED_FOR
    if mine.filter(organisation=organisation, kind=kind, is_accepted=False, decided_at__gt=since).exists():
        raise RuleBroken(_("Your last request was declined. You can ask again 30 days after the answer."))


@transaction.atomic
def decide_join_request(join_request: JoinRequest, *, accept: bool, by: User) -> None:
    """Answer a request; only the first answer counts, and a seat must be free to say yes.

    An accepted claim makes an administrator, an accepted wish to join a viewer, whom an administrator may raise.
    """
    organisation = _locked(join_request.organisation)
    waiting = JoinRequest.objects.waiting().filter(pk=join_request.pk)
    if not waiting.update(decided_at=timezone.now(), decided_by=by, is_accepted=accept):
        raise RuleBroken(_("This request has been answered already."))
    if accept and not organisation.representatives.filter(user=join_request.user).exists():
        # An invitation under way to the same person holds the seat already.
        invited = organisation.invitations.open().filter(email=join_request.user.email)
        invited.update(accepted_at=timezone.now())
        _require_seat(organisation)
        is_claim = join_request.kind == JoinRequest.Kind.CLAIM
        Representative.objects.create(
            user=join_request.user,
            organisation=organisation,
            role=Role.ADMINISTRATOR if is_claim else Role.VIEWER,
        )
    join_request.refresh_from_db()
    audit.record("join_request.decided", join_request, by=by, organisation=organisation.pk, accept=accept)
    emails.join_decided(join_request)
