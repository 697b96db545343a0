import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.contrib.auth.models import Group

from tests.factories.accounts import UserFactory


@pytest.fixture
def nora(db):
    """Works for the organisation without being a superuser."""
    user = UserFactory(email="nora@tessera.example", full_name="Nora Lind", is_staff=True, totp=True)
    user.groups.add(Group.objects.get(name="Staff"))
    return user


@pytest.fixture
def at_desk(as_user):
    """A client signed in with a second factor that counts."""

    def sign_in(user):
        browser = as_user(user)
        session = browser.session
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session.save()
        return browser

    return sign_in


@pytest.fixture
def desk(at_desk, nora):
    return at_desk(nora)
