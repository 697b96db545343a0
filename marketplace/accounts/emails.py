"""The mails of accounts: who gets which words. Links and codes are sealed, never stored readable."""

from datetime import UTC, datetime

from django.conf import settings
from django.core.signing import TimestampSigner
from django.urls import reverse
from django.utils import formats, translation

from marketplace.accounts.models import Invitation, JoinRequest, Organisation, User
from marketplace.core import outbox

INVITATION_SIGNER = TimestampSigner(salt="tessera.invitation")


def address_of(url_name: str, language: str, **kwargs: object) -> str:
    """The full address of a page in a language."""
    with translation.override(language):
        return settings.PUBLIC_URL + reverse(url_name, kwargs=kwargs)


def language_for(email: str, fallback: str) -> str:
    """The language an address has chosen, if it has an account, else `fallback`."""
    return User.objects.filter(email=email).values_list("language", flat=True).first() or fallback


def _moment(at: datetime, language: str) -> str:
    with translation.override(language):
        return formats.date_format(at.astimezone(UTC), "j F Y, H:i") + " UTC"


def invitation_sent(invitation: Invitation) -> None:
    inviter = invitation.invited_by
    language = language_for(invitation.email, inviter.language if inviter else settings.LANGUAGE_CODE)
    token = INVITATION_SIGNER.sign(str(invitation.pk))
    outbox.post(
        "accounts/email/invitation_sent",
        to=invitation.email,
        about=[invitation.organisation],
        language=language,
        sealed={"link": address_of("invitation-answer", language, token=token)},
        organisation=invitation.organisation.name,
        inviter=str(inviter) if inviter else "",
        role=invitation.role,
        until=_moment(invitation.expires_at, language),
    )


def invitation_accepted(invitation: Invitation, user: User) -> None:
    """Tells the person who invited, while they still have an account."""
    if inviter := invitation.invited_by:
        outbox.post(
            "accounts/email/invitation_accepted",
            to=inviter.email,
            about=[invitation.organisation],
            language=inviter.language,
            organisation=invitation.organisation.name,
            person=str(user),
            link=address_of("representative-list", inviter.language),
        )


def representative_removed(organisation: Organisation, user: User) -> None:
    outbox.post(
        "accounts/email/representative_removed",
        to=user.email,
        about=[organisation],
        language=user.language,
        organisation=organisation.name,
        link=address_of("account", user.language),
    )


def join_requested(join_request: JoinRequest) -> None:
    """A wish to join goes to the administrators; a claim, or a body that nobody acts for, to staff."""
    organisation = join_request.organisation
    receivers = list(User.objects.filter(is_active=True, is_staff=True))
    if join_request.kind == JoinRequest.Kind.JOIN:
        administrators = organisation.representatives.administrators().filter(user__is_active=True)
        receivers = [row.user for row in administrators.select_related("user")] or receivers
    for receiver in receivers:
        outbox.post(
            "accounts/email/join_requested",
            to=receiver.email,
            about=[organisation],
            language=receiver.language,
            organisation=organisation.name,
            person=str(join_request.user),
            email=join_request.user.email,
            message=join_request.message,
            kind=join_request.kind,
            is_staff=receiver.is_staff,
            link=address_of("join-request-list", receiver.language),
        )


def join_decided(join_request: JoinRequest) -> None:
    user = join_request.user
    outbox.post(
        "accounts/email/join_decided",
        to=user.email,
        about=[join_request.organisation],
        language=user.language,
        organisation=join_request.organisation.name,
        is_accepted=bool(join_request.is_accepted),
        link=address_of("workspace" if join_request.is_accepted else "account", user.language),
    )


def code_sent(name: str, email: str, *, code: str, minutes: int, language: str) -> None:
    """The code that proves an address, for an account or for a new password."""
    outbox.post(f"accounts/email/{name}", to=email, language=language, sealed={"code": code}, minutes=minutes)


def account_hint(name: str, email: str, *, language: str) -> None:
    """Tells the owner of an address, and nobody else, that it has an account already, or none."""
    outbox.post(
        f"accounts/email/{name}",
        to=email,
        language=language,
        signup_link=address_of("account_signup", language),
        login_link=address_of("account_login", language),
        reset_link=address_of("account_reset_password", language),
    )


def account_changed(email: str, *, what: str, language: str) -> None:
    """Says what was changed and what to do if it was somebody else; `what` is allauth's name of the change."""
    outbox.post(
        "accounts/email/account_changed",
        to=email,
        language=language,
        what=what,
        reset_link=address_of("account_reset_password", language),
    )
