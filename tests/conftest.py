import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase, client
from django.test.utils import ContextList
from django.utils import translation

from marketplace.core import memory
from tests import databases, harness

# A password of a test need not cost what a real one must.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]

pytest_plugins = ["tests.people", "tests.proof"]


def pytest_collection_finish():
    """As where pages are served: what is loaded for good is not looked through for circles again and again."""
    memory.settle()


def _store_rendered_templates(store, signal, sender, template, context, **kwargs):
    """Django would copy the context of each part of a page, which takes as long as the page; nobody changes it."""
    store.setdefault("templates", []).append(template)
    store.setdefault("context", ContextList()).append(context)


client.store_rendered_templates = _store_rendered_templates


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A clone of the template under this worker's name; child processes find it through DATABASE_URL."""
    name = f"tessera_test_{harness.WORKER}"
    default = connections["default"]
    with django_db_blocker.unblock():
        databases.ensure_template()
        default.close()
        databases.clone(name)
        default.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        default.close()
        databases.drop(name)


def _clone_again(self):
    """Django would flush here, which removes the root page and the vocabularies; a clone brings all of it back."""
    default = connections["default"]
    connections.close_all()
    databases.clone(default.settings_dict["NAME"])


TransactionTestCase._fixture_teardown = _clone_again


@pytest.fixture(autouse=True)
def _fresh_cache(request):
    """Rate limits and cached figures of one test never reach the next."""
    if "django_db_setup" in request.fixturenames or "db" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True)
def _english():
    """The test client leaves the thread in the language of the last page."""
    with translation.override("en"):
        yield


@pytest.fixture
def prove(request) -> bool:
    return request.config.getoption("--prove")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real notices and code lists beside the checkout; its tests skip where it is not."""
    from pathlib import Path

    folder = Path(os.environ.get("TESSERA_SHARED_DATA", harness.ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return folder
