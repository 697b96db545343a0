import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.utils import timezone

from marketplace.accounts.middleware import ACTING_FOR, OrganisationMiddleware
from marketplace.accounts.models import Representative
from tests.accounts.codes import totp_code
from tests.factories.accounts import OrganisationFactory, RepresentativeFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(sign_in, client, user):
    """Staff after the password and the code of their app."""
    sign_in(user)
    return client.post("/account/2fa/authenticate/", {"code": totp_code()})


def test_the_back_office_asks_a_visitor_to_sign_in(client):
    response = client.get("/staff/reports/")

    assert response.status_code == 302
    assert response.url == "/account/login/?next=/staff/reports/"


def test_to_everybody_else_the_back_office_does_not_exist(as_user, amina, zed):
    for person in (amina, zed):
        assert as_user(person).get("/staff/").status_code == 404


def test_the_back_office_has_one_address(client, sign_in, stella):
    assert client.get("/fr/staff/").status_code == 404
    signed_in(sign_in, client, stella)
    assert client.get("/fr/staff/").status_code == 404


def test_the_code_of_an_app_opens_the_back_office(client, sign_in, stella):
    response = sign_in(stella, next="/staff/")
    assert response.url.startswith("/account/2fa/authenticate/")
    assert client.get("/staff/").status_code == 302

    client.post("/account/2fa/authenticate/", {"code": totp_code()})

    assert client.get("/staff/").status_code == 200


def test_a_recovery_code_opens_the_back_office(client, sign_in, stella):
    codes = RecoveryCodes.activate(stella).get_unused_codes()
    sign_in(stella)

    client.post("/account/2fa/authenticate/", {"code": codes[0]})

    assert client.get("/staff/").status_code == 200


def test_a_passkey_opens_the_back_office(client, stella):
    """Signs in as allauth does after it has checked a passkey's signature; the browser's part is a journey."""
    from allauth.account.internal.flows.login import perform_login
    from allauth.account.models import Login
    from allauth.core import context
    from allauth.mfa.base.internal.flows import post_authentication

    passkey = Authenticator.objects.create(user=stella, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    request = client.get("/account/login/").wsgi_request
    with context.request_context(request):
        perform_login(request, Login(user=stella, email=stella.email))
        post_authentication(request, passkey, passwordless=True)
        perform_login(request, Login(user=stella, email=stella.email))
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key

    assert client.get("/staff/").status_code == 200


def test_a_password_alone_never_opens_the_back_office(client, stella):
    client.force_login(stella, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.get("/staff/")

    assert response.url == "/account/2fa/reauthenticate/?next=/staff/"


def test_staff_without_a_second_factor_are_led_to_make_one_and_see_nothing_else(client, sign_in):
    newcomer = UserFactory(staff=True)
    sign_in(newcomer)

    for path in ("/staff/", "/workspace/", "/workspace/requests/", "/fr/workspace/"):
        assert client.get(path).headers["Location"].endswith("/account/2fa/"), path
    assert client.get("/account/2fa/").status_code == 200
    assert client.get("/account/").status_code == 200


def test_staff_without_their_second_factor_decide_nothing(client, stella):
    client.force_login(stella, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/workspace/requests/1/", {"decision": "accept"}).status_code == 302
    assert client.get("/workspace/requests/").url.startswith("/account/2fa/reauthenticate/")


def test_who_loses_the_last_factor_is_out_with_the_next_request(client, sign_in, stella):
    signed_in(sign_in, client, stella)
    assert client.get("/staff/").status_code == 200

    Authenticator.objects.filter(user=stella).delete()

    assert client.get("/staff/").url == "/account/2fa/"


def test_who_leaves_the_staff_or_is_deactivated_is_out_with_the_next_request(client, sign_in, stella):
    signed_in(sign_in, client, stella)
    type(stella).objects.update(is_staff=False)
    assert client.get("/staff/").status_code == 404

    type(stella).objects.update(is_staff=True, is_active=False)
    assert client.get("/staff/").url.startswith("/account/login/")


def test_another_persons_second_factor_does_not_count(client, sign_in, stella):
    signed_in(sign_in, client, stella)
    other = UserFactory(staff=True, totp=True)
    session = client.session
    records = session["account_authentication_methods"]
    client.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = records
    session.save()

    assert client.get("/staff/").status_code == 302


def test_public_pages_allow_no_inline_script_while_the_back_office_does(client, sign_in, stella):
    assert "unsafe-inline" not in client.get("/account/login/").headers["Content-Security-Policy"]
    signed_in(sign_in, client, stella)

    policy = client.get("/staff/").headers["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "nonce-" not in policy


def test_a_request_acts_for_the_first_organisation_by_name_until_another_is_chosen(as_user, zed):
    for name in ("Zebra", "Alpha"):
        RepresentativeFactory(user=zed, organisation=OrganisationFactory(name=name))
    browser = as_user(zed)

    assert str(browser.get("/workspace/").wsgi_request.organisation) == "Alpha"
    session = browser.session
    session[ACTING_FOR] = zed.representations.get(organisation__name="Zebra").organisation_id
    session.save()
    assert str(browser.get("/workspace/").wsgi_request.organisation) == "Zebra"


def test_a_standing_that_was_taken_away_ends_with_the_next_request(as_user, omar):
    browser = as_user(omar)
    assert browser.get("/workspace/people/").status_code == 200

    Representative.objects.filter(user=omar).delete()

    assert browser.get("/workspace/people/").status_code == 404


def test_pages_are_in_the_time_zone_of_whoever_is_signed_in(rf, omar, zed):
    seen = []
    middleware = OrganisationMiddleware(lambda request: seen.append(timezone.get_current_timezone_name()))
    zed.time_zone = "Mars/Olympus"
    for user in (omar, zed):
        request = rf.get("/")
        request.user, request.COOKIES["sessionid"] = user, "any"
        middleware(request)
    visitor = rf.get("/")
    middleware(visitor)

    assert seen == ["Europe/Paris", "UTC", "UTC"]


def test_a_visitors_page_does_not_depend_on_the_session(db):
    response = Client().get("/healthz")

    assert "Cookie" not in response.headers.get("Vary", "")
