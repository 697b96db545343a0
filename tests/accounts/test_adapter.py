"""Signing up, in and back in over HTTP, and that none of it tells who has an account."""

import re
import statistics
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from marketplace.accounts.adapter import AccountAdapter, MFAAdapter
from marketplace.accounts.models import User
from marketplace.core.models import OutboxMessage
from tests.accounts.codes import totp_code
from tests.factories.accounts import UserFactory
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def sign_up(client, email, prefix=""):
    return client.post(
        f"{prefix}/account/signup/", {"full_name": "Noor Amari", "email": email, "password1": "mosaic-tile-and-trade"}
    )


def confirm_password(client):
    return client.post("/account/reauthenticate/", {"password": PASSWORD})


def page(response, *private):
    """The words of a page without what the visitor typed and without tokens."""
    text = re.sub(r'value="[^"]*"|nonce="[^"]*"|<[^>]+>', " ", response.content.decode())
    for typed in private:
        text = text.replace(typed, "TYPED")
    return " ".join(text.split())


def test_sign_up_leads_over_a_code_to_the_workspace(client, mails):
    assert sign_up(client, "Noor@Example.org", prefix="/fr").url == "/fr/account/confirm-email/"
    assert client.get("/fr/workspace/").status_code == 302
    ((name, context),) = mails("noor@example.org")
    assert name == "verification_code"

    response = client.post("/fr/account/confirm-email/", {"code": context["code"]})

    assert response.url == "/fr/workspace/"
    assert client.get(response.url).status_code == 200
    user = User.objects.get(email="noor@example.org")
    assert (user.full_name, user.language, user.time_zone) == ("Noor Amari", "fr", "Europe/Paris")
    assert EmailAddress.objects.get(user=user).verified


def test_a_wrong_code_verifies_nothing(client):
    sign_up(client, "noor@example.org")

    client.post("/account/confirm-email/", {"code": "WRONG-CODE"})

    assert not EmailAddress.objects.get().verified
    assert client.get("/workspace/").status_code == 302


def test_a_name_that_is_a_lure_is_refused(client):
    response = client.post(
        "/account/signup/",
        {"full_name": "Win at www.x.example", "email": "noor@example.org", "password1": "mosaic-tile-and-trade"},
    )

    assert "cannot hold a web address" in page(response)
    assert not User.objects.exists()


def test_a_forgotten_password_is_replaced_by_code(client, amina, mails):
    asked = client.post("/account/password/reset/", {"email": amina.email})
    ((name, context),) = mails(amina.email)
    assert name == "password_reset_code"

    step = client.post(asked.url, {"code": context["code"]})
    client.post(step.url, {"password1": "another-mosaic-tile", "password2": "another-mosaic-tile"})

    amina.refresh_from_db()
    assert amina.check_password("another-mosaic-tile")
    assert mails(amina.email)[-1] == ("account_changed", mails(amina.email)[-1][1])
    assert mails(amina.email)[-1][1]["what"] == "password_reset"


def test_a_new_password_signs_out_every_other_device(client, as_user, amina):
    elsewhere = as_user(amina)
    assert elsewhere.get("/account/").status_code == 200

    amina.set_password("another-mosaic-tile")
    amina.save()

    assert elsewhere.get("/account/").status_code == 302


def test_an_app_is_added_as_second_factor_and_asked_for_from_then_on(
    client, sign_in, amina, mails, django_capture_on_commit_callbacks
):
    sign_in(amina)
    confirm_password(client)
    shown = client.get("/account/2fa/totp/activate/")
    secret = shown.context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/2fa/totp/activate/", {"code": totp_code(secret)})

    assert Authenticator.objects.filter(user=amina, type="totp").exists()
    assert [context["what"] for name, context in mails(amina.email) if name == "account_changed"] == ["totp_activated"]
    later = Client()
    assert sign_in(amina, later).url.startswith("/account/2fa/authenticate/")
    assert later.get("/account/").status_code == 302
    later.post("/account/2fa/authenticate/", {"code": totp_code(secret)})
    assert later.get("/account/").status_code == 200


def test_what_guards_the_account_asks_for_the_password_again(client, amina):
    client.force_login(amina, backend="allauth.account.auth_backends.AuthenticationBackend")

    for path in ("/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"):
        assert client.get(path).url.startswith("/account/reauthenticate/"), path
    changed = client.post("/account/email/", {"email": "new@example.org", "action_add": ""})
    assert changed.url.startswith("/account/reauthenticate/")

    confirm_password(client)
    assert client.get("/account/2fa/totp/activate/").status_code == 200


def test_the_devices_are_listed_and_the_others_signed_out(client, sign_in, amina):
    elsewhere = Client(headers={"user-agent": "Elsewhere"})
    for browser in (client, elsewhere):
        sign_in(amina, browser)
        browser.get("/account/")

    assert "Elsewhere" in client.get("/account/sessions/").content.decode()
    client.post("/account/sessions/")

    assert elsewhere.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


PAGES = [
    "email/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
    "logout/",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_every_page_about_signing_in_stands_in_our_frame(client, sign_in, amina, prefix, path):
    sign_in(amina)
    confirm_password(client)

    response = client.get(f"{prefix}/account/{path}")

    assert response.status_code == 200
    assert "css/site.css" in response.content.decode()


@pytest.mark.parametrize("path", ["login/", "signup/", "password/reset/"])
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_every_entrance_stands_in_our_frame(client, prefix, path):
    response = client.get(f"{prefix}/account/{path}")

    assert response.status_code == 200
    assert "css/site.css" in response.content.decode()


# --- Nobody learns who has an account ---------------------------------------------------------------------------


def answers(known, unknown, ask):
    """What two fresh visitors are told who type a known and an unknown address."""
    told = []
    for email in (known, unknown):
        browser = Client()
        response = ask(browser, email)
        final = browser.get(response.url) if response.status_code == 302 else response
        sent = OutboxMessage.objects.filter(to=email).count()
        told.append((response.status_code, response.headers.get("Location"), page(final, email), sent))
    return told


def test_sign_up_answers_alike(amina, mails):
    known, unknown = answers(amina.email, "nobody@example.org", sign_up)

    assert known == unknown
    assert (mails(amina.email)[0][0], mails("nobody@example.org")[0][0]) == ("account_exists", "verification_code")


def test_asking_for_a_new_password_answers_alike(amina, mails):
    known, unknown = answers(
        amina.email,
        "nobody@example.org",
        lambda browser, email: browser.post("/account/password/reset/", {"email": email}),
    )

    assert known == unknown
    assert (mails(amina.email)[0][0], mails("nobody@example.org")[0][0]) == ("password_reset_code", "unknown_account")


def test_signing_in_answers_alike(amina):
    known, unknown = answers(
        amina.email,
        "nobody@example.org",
        lambda browser, email: browser.post("/account/login/", {"login": email, "password": "wrong-wrong-wrong"}),
    )

    assert known == unknown
    assert known[3] == 0


def test_a_wrong_code_answers_alike(amina):
    def ask(browser, email):
        browser.post("/account/password/reset/", {"email": email})
        return browser.post("/account/password/reset/confirm-code/", {"code": "WRONG-CODE"})

    known, unknown = answers(amina.email, "nobody@example.org", ask)

    assert known == unknown


ASKING = {
    "sign-up": sign_up,
    "sign-in": lambda browser, email: browser.post("/account/login/", {"login": email, "password": "wrong-wrong"}),
    "reset": lambda browser, email: browser.post("/account/password/reset/", {"email": email}),
}


def medians(ask, known, tries):
    """Milliseconds for a known and for an unknown address, asked in turn; the clock counts this process alone."""
    spent = ([], [])
    for number in range(tries):
        for times, email in zip(spent, (known, f"nobody{number}@example.org"), strict=True):
            browser = Client()
            started = time.process_time()
            ask(browser, email)
            times.append((time.process_time() - started) * 1000)
    return [statistics.median(times) for times in spent]


@pytest.fixture
def real_hashes(settings, amina):
    """The other tests hash cheaply; here the cost of a hash is the point."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    amina.set_password(PASSWORD)
    amina.save()


@pytest.mark.parametrize("what", ASKING)
def test_the_time_an_answer_takes_tells_nothing(what, amina, real_hashes, settings, prove, proof):
    settings.ACCOUNT_RATE_LIMITS = False
    medians(ASKING[what], amina.email, 1)

    known, unknown = medians(ASKING[what], amina.email, 200 if prove else 7)

    proof.record(what, known_ms=round(known, 1), unknown_ms=round(unknown, 1))
    assert abs(known - unknown) < max(known, unknown) * (0.1 if prove else 0.25)


def test_without_a_hash_for_known_addresses_the_time_would_tell(amina, real_hashes, settings, monkeypatch):
    settings.ACCOUNT_RATE_LIMITS = False
    monkeypatch.setattr("marketplace.accounts.adapter.make_password", lambda password: None)
    medians(sign_up, amina.email, 1)

    known, unknown = medians(sign_up, amina.email, 5)

    assert unknown - known > unknown * 0.25


# --- Limits and secrets -----------------------------------------------------------------------------------------


def test_guessing_a_password_is_stopped(client, amina, sign_in):
    for _ in range(6):
        sign_in(amina, password="wrong-wrong-wrong")

    assert "Too many failed" in page(sign_in(amina))
    assert client.get("/account/").status_code == 302


def test_limits_count_in_the_cache_that_all_processes_share(amina, sign_in, client, settings):
    from django.core.cache import cache

    assert "redis" in settings.CACHES["default"]["BACKEND"]
    for _ in range(6):
        sign_in(amina, password="wrong-wrong-wrong")
    cache.clear()

    assert sign_in(amina).status_code == 302


def test_of_a_change_neither_address_nor_browser_is_kept(client, sign_in, amina):
    browser = Client(headers={"user-agent": "TellTale/1.0"}, REMOTE_ADDR="203.0.113.7")
    sign_in(amina, browser)
    browser.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-mosaic-tile", "password2": "another-mosaic-tile"},
    )

    message = OutboxMessage.objects.get(to=amina.email)

    assert message.context["what"] == "password_changed"
    assert "TellTale" not in str(message.context)
    assert "203.0.113.7" not in str(message.context)


def test_an_unverified_address_signs_nobody_in(client, sign_in):
    user = UserFactory(verified=False)

    assert sign_in(user).url == "/account/confirm-email/"
    assert client.get("/workspace/").status_code == 302


def test_the_key_of_a_second_factor_is_stored_sealed():
    sealed = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert MFAAdapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"


def test_an_unknown_notice_is_sent_as_a_change(rf, amina, mails):
    AccountAdapter(rf.get("/")).send_mail("account/email/phone_changed", amina.email, {"ip": "203.0.113.7"})

    assert [(name, context["what"]) for name, context in mails(amina.email)] == [("account_changed", "phone_changed")]
