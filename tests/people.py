"""Who recurs in the tests: amina buys for Leeds Council, omar owns a firm, stella is staff, zed is a stranger."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

PASSWORD = "mosaic-tile-and-trade"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def person(email, name, **fields):
    from marketplace.accounts.models import User

    user = User.objects.create_user(email, PASSWORD, full_name=name, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def acts_for(user, name, *, role="administrator", country="GB", **fields):
    """The organisation of that name, with `user` acting for it."""
    from marketplace.accounts.models import Organisation, Representative

    organisation, _ = Organisation.objects.get_or_create(name=name, country=country, defaults=fields)
    Representative.objects.create(user=user, organisation=organisation, role=role)
    return organisation


def make_amina():
    user = person("amina@leeds.example", "Amina Diallo")
    user.organisation = acts_for(user, "Leeds Council", town="Leeds")
    return user


def make_omar():
    user = person("omar@atlas.example", "Omar Haddad", language="fr", time_zone="Europe/Paris")
    user.organisation = acts_for(user, "Atlas Propreté", country="FR", town="Villeurbanne")
    return user


def make_stella():
    from allauth.mfa.totp.internal.auth import TOTP

    user = person("stella@tessera.example", "Stella Marsh", is_staff=True, is_superuser=True)
    TOTP.activate(user, TOTP_SECRET)
    return user


def make_zed():
    return person("zed@elsewhere.example", "Zed Novak")


def sign_in(user):
    """A client signed in as that person; staff count as having given their second factor."""
    from django.test import Client

    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = browser.session
    records = [{"method": "password", "at": 0, "email": user.email}]
    if Authenticator.objects.filter(user=user).exists():
        records.append({"method": "mfa", "at": 0, "type": "totp"})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return browser


@pytest.fixture
def amina(db):
    return make_amina()


@pytest.fixture
def omar(db):
    return make_omar()


@pytest.fixture
def stella(db):
    return make_stella()


@pytest.fixture
def zed(db):
    return make_zed()


@pytest.fixture
def as_user(client):
    """`as_user(amina)` is a client signed in as that person."""
    return sign_in
