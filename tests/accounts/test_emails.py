import re

import pytest
from django.core import mail
from django.utils import timezone

from marketplace.accounts import emails
from marketplace.core import delivery, outbox
from marketplace.core.models import OutboxMessage
from tests.factories.accounts import InvitationFactory, JoinRequestFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
NAME = "O'Neill & <Söhne>"
CHANGES = [
    "password_changed",
    "password_set",
    "password_reset",
    "email_changed",
    "email_confirm",
    "email_deleted",
    "totp_activated",
    "totp_deactivated",
    "recovery_codes_generated",
    "webauthn_added",
    "webauthn_removed",
]


def the_mail():
    return delivery.compose(OutboxMessage.objects.latest("pk"))


def an_invitation(**fields):
    return InvitationFactory(organisation=OrganisationFactory(name=NAME), invited_by=UserFactory(), **fields)


def a_request(**fields):
    UserFactory(staff=True)
    return JoinRequestFactory(organisation=OrganisationFactory(name=NAME), message="Hello <b>there</b>", **fields)


POSTS = {
    "invitation_sent": lambda: emails.invitation_sent(an_invitation()),
    "invitation_accepted": lambda: emails.invitation_accepted(an_invitation(), UserFactory()),
    "representative_removed": lambda: emails.representative_removed(OrganisationFactory(name=NAME), UserFactory()),
    "join_requested": lambda: emails.join_requested(a_request()),
    "claim_requested": lambda: emails.join_requested(a_request(claim=True)),
    "join_accepted": lambda: emails.join_decided(a_request(decided_at=timezone.now(), is_accepted=True)),
    "join_declined": lambda: emails.join_decided(a_request(decided_at=timezone.now(), is_accepted=False)),
    "verification_code": lambda: emails.code_sent(
        "verification_code", "a@x.example", code="ABCD-EFGH", minutes=15, language="en"
    ),
    "password_reset_code": lambda: emails.code_sent(
        "password_reset_code", "a@x.example", code="ABCD-EFGH", minutes=15, language="fr"
    ),
    "unknown_account": lambda: emails.account_hint("unknown_account", "a@x.example", language="en"),
    "account_exists": lambda: emails.account_hint("account_exists", "a@x.example", language="en"),
} | {what: lambda what=what: emails.account_changed("a@x.example", what=what, language="en") for what in CHANGES}


@pytest.mark.parametrize("post", POSTS)
def test_every_mail_reads_as_text_and_fetches_nothing(post, settings):
    POSTS[post]()
    written = the_mail()
    html = written.alternatives[0][0]

    assert written.subject
    assert "\n" not in written.subject
    assert not re.search(r"&#x?\d|&amp;|&lt;|\{[{%]", written.subject + written.body)
    assert "\n\n\n" not in written.body
    assert not re.search(r"<img|<script|<link|@import|url\(", html)
    linked = set(re.findall(r'href="([^"]+)"', html))
    assert linked
    assert all(address.startswith(settings.PUBLIC_URL) for address in linked)


@pytest.mark.parametrize("post", POSTS)
def test_every_mail_has_its_links_on_lines_of_their_own_and_at_most_one_action(post, settings):
    POSTS[post]()
    lines = [line for line in the_mail().body.splitlines() if settings.PUBLIC_URL in line]

    assert all(re.fullmatch(r"http\S+", line) for line in lines)
    assert lines[-1] == settings.PUBLIC_URL
    assert len(lines) <= 2


@pytest.mark.parametrize("post", POSTS)
def test_every_mail_says_why_it_was_sent(post):
    POSTS[post]()

    assert re.search(r"\n--\n\S+.*\n", the_mail().body)


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_has_a_sentence_of_its_own(what):
    emails.account_changed("a@x.example", what=what, language="en")

    assert "Something about how you sign in was changed." not in the_mail().body


def test_a_change_without_a_sentence_is_told_all_the_same():
    emails.account_changed("a@x.example", what="something_new", language="en")

    assert "Something about how you sign in was changed." in the_mail().body


def test_names_are_safe_in_html_and_plain_in_text():
    POSTS["invitation_sent"]()
    written = the_mail()

    assert NAME in written.subject
    assert NAME in written.body
    assert "<Söhne>" not in written.alternatives[0][0]


def test_an_invitation_speaks_the_language_of_the_invited_and_else_of_the_inviter():
    UserFactory(email="here@x.example", french=True)
    emails.invitation_sent(an_invitation(email="here@x.example"))
    assert OutboxMessage.objects.latest("pk").language == "fr"

    InvitationFactory(email="new@x.example")
    invitation = InvitationFactory(email="other@x.example", invited_by=UserFactory(french=True))
    emails.invitation_sent(invitation)
    assert OutboxMessage.objects.latest("pk").language == "fr"
    assert "/fr/account/invitations/" in outbox.unseal(OutboxMessage.objects.latest("pk").sealed)["link"]


def test_links_and_codes_are_never_stored_readable():
    POSTS["invitation_sent"]()
    POSTS["verification_code"]()

    for message in OutboxMessage.objects.all():
        stored = f"{message.context} {bytes(message.sealed)!r}"
        assert "ABCD-EFGH" not in stored
        assert "/invitations/" not in stored


def test_nobody_hears_of_an_acceptance_when_the_inviter_is_gone():
    emails.invitation_accepted(InvitationFactory(), UserFactory())

    assert not OutboxMessage.objects.exists()


def test_inactive_administrators_and_staff_are_not_written_to():
    UserFactory(staff=True, is_active=False)
    emails.join_requested(JoinRequestFactory())

    assert not OutboxMessage.objects.exists()


def test_a_header_cannot_be_smuggled_in_by_a_name():
    invitation = InvitationFactory(organisation=OrganisationFactory(name="A\r\nBcc: all@x.example"))
    emails.invitation_sent(invitation)

    the_mail().send()

    assert mail.outbox[0].recipients() == [invitation.email]
    assert "Bcc" not in dict(mail.outbox[0].message().items())
