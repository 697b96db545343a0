import pytest
from django.contrib.auth.models import Group

from tests.factories.accounts import UserFactory


@pytest.fixture
def nora(db):
    """Works for the organisation without being a superuser."""
    user = UserFactory(email="nora@tessera.example", full_name="Nora Lind", is_staff=True, totp=True)
    user.groups.add(Group.objects.get(name="Staff"))
    return user


@pytest.fixture
def desk(as_user, nora):
    """A client of hers."""
    return as_user(nora)
