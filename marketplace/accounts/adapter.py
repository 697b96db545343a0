"""The only module that subclasses allauth: its mails go through the outbox, its users through our fields."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.hashers import make_password
from django.utils import translation

from marketplace.accounts import emails
from marketplace.accounts.models import User
from marketplace.core import outbox

#: allauth's mail -> ours; those not named here are notices of a change, told in one form.
MAILS = {
    "account/email/email_confirmation": "verification_code",
    "account/email/email_confirmation_signup": "verification_code",
    "account/email/password_reset_code": "password_reset_code",
    "account/email/unknown_account": "unknown_account",
    "account/email/account_already_exists": "account_exists",
}
#: The zone somebody most likely lives in who signs up in a language; they can change it.
TIME_ZONES = {"en": "Europe/London", "fr": "Europe/Paris"}


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Post through the outbox: nobody waits for a mail server, and known and unknown addresses take as long.

        Of what allauth offers only the code is kept: neither the address nor the browser of whoever asked.
        """
        language = emails.language_for(email, translation.get_language() or "en")
        mail = MAILS.get(template_prefix)
        if mail is None:
            emails.account_changed(email, what=template_prefix.rpartition("/")[2], language=language)
        elif code := context.get("code"):
            is_reset = mail == "password_reset_code"
            timeout = (
                app_settings.PASSWORD_RESET_BY_CODE_TIMEOUT
                if is_reset
                else app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT
            )
            emails.code_sent(mail, email, code=code, minutes=timeout // 60, language=language)
        else:
            if mail == "account_exists":
                # A new account's password is hashed; a known address would be told apart by the time that saves.
                make_password("as long as a password takes")
            emails.account_hint(mail, email, language=language)

    def save_user(self, request: Any, user: User, form: Any, commit: bool = True) -> User:
        user.email = form.cleaned_data["email"].lower()
        user.full_name = form.cleaned_data.get("full_name", "")
        user.language = translation.get_language() or "en"
        user.time_zone = TIME_ZONES.get(user.language, user.time_zone)
        user.set_password(form.cleaned_data["password1"])
        if commit:
            user.save()
        return user


class MFAAdapter(DefaultMFAAdapter):
    """Keys of second factors are sealed, so that a stolen backup signs nobody in."""

    def encrypt(self, text: str) -> str:
        return outbox.seal({"key": text}).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return outbox.unseal(encrypted_text.encode())["key"]
