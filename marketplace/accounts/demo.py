"""The page of the demo that says whom one can sign in as; outside the demo it does not exist."""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.accounts.models import User
from marketplace.core import demo
from marketplace.core.ui import render


@require_safe
@never_cache
def sign_in_list(request: HttpRequest) -> HttpResponse:
    """Addresses, the password, and for staff the code of this moment."""
    if not settings.DEMO:
        raise Http404
    addresses = [person.email for person in demo.sign_ins]
    known = set(User.objects.filter(email__in=addresses).values_list("email", flat=True))
    people = [person for person in demo.sign_ins if person.email in known]
    context = {
        "people": [{"person": person, "code": code_of(person.email)} for person in people],
        "password": demo.PASSWORD,
        "seconds": int(app_settings.TOTP_PERIOD - time.time() % app_settings.TOTP_PERIOD),
    }
    return render(request, "accounts/demo_sign_ins.html", context)


def code_of(email: str) -> str:
    """The six digits that an app would show now; empty for people without one."""
    row = Authenticator.objects.filter(user__email=email, type=Authenticator.Type.TOTP).first()
    if row is None:
        return ""
    now = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(decrypt(row.data["secret"]), now[len(now) // 2]))
