import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.backup import media_names
from marketplace.core.files import vault


@pytest.fixture(autouse=True)
def _own_folders(media, settings, tmp_path):
    """The media of one test never meet those of another."""
    settings.VAR = tmp_path


@pytest.fixture
def kept():
    """The names of all private files."""
    return lambda: [name for name in media_names(default_storage) if name.startswith("private/")]


@pytest.fixture
def receive():
    """`with receive(b"...", "name.pdf") as received` is a file that has come."""
    return lambda content, name: vault.received(sent(content, name))


def sent(content, name="specification.pdf"):
    return SimpleUploadedFile(name, content)
