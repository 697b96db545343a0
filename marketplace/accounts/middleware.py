from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from csp.constants import SELF, UNSAFE_INLINE
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from marketplace.accounts.models import Representative

#: The session's key for the organisation one acts for.
ACTING_FOR = "acting_for"
STAFF_PATH = "/staff/"


def _acting(request):
    """The representative row that this request acts by: the chosen one, else the first by name, else None."""
    if not request.user.is_authenticated:
        return None
    mine = list(Representative.objects.for_user(request.user))
    chosen = request.session.get(ACTING_FOR)
    request.representations = mine
    return next((row for row in mine if row.organisation_id == chosen), mine[0] if mine else None)


class OrganisationMiddleware:
    """Sets `request.representative` and `request.organisation`, each lazy and each None for whoever acts for nobody.

    A standing that was taken away ends with the next request, whatever the session says.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.representative = SimpleLazyObject(lambda: _acting(request))
        request.organisation = SimpleLazyObject(
            lambda: request.representative.organisation if request.representative else None
        )
        with timezone.override(_own_zone(request)):
            return self.get_response(request)


def _own_zone(request):
    """The zone of whoever is signed in; a visitor's request is not even asked who it is, so that it stays cacheable."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        try:
            return ZoneInfo(request.user.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            # The zone database drops names now and then.
            return timezone.get_default_timezone()
    return timezone.get_default_timezone()


class StaffMiddleware:
    """The back office opens only to staff who signed in with a second factor; to others it does not exist.

    Staff may look into every organisation, so without their second factor they get no further than their own account.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_back_office = request.path.startswith(STAFF_PATH)
        if not is_back_office and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        user = request.user
        if is_back_office and not user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if is_back_office and not user.is_staff:
            raise Http404
        if user.is_authenticated and user.is_staff and not _is_own_account(request):
            if not is_mfa_enabled(user):
                messages.info(request, _("Your work needs a second factor: add an app or a passkey first."))
                return redirect("mfa_index")
            if not any(record["method"] == "mfa" for record in get_authentication_records(request, user)):
                messages.info(request, _("Confirm your second factor to go on."))
                return redirect_to_login(request.get_full_path(), reverse("mfa_reauthenticate"))
        if not is_back_office:
            return self.get_response(request)
        # The back office has no address per language: it speaks the language that the person has chosen.
        with translation.override(user.language):
            response = self.get_response(request)
            if hasattr(response, "render"):
                response = response.render()
            # Wagtail's own screens carry inline styles and scripts; public and member pages never do. Replaced, not
            # added to: beside a nonce, browsers pass over 'unsafe-inline'.
            response._csp_replace = {"script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}
        return response


def _is_own_account(request):
    return request.path.startswith(reverse("account"))
