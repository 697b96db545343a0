import shutil
from pathlib import Path

import pytest

from tests import peers
from tests.peers.mail import mail_peer

__all__ = ["mail_peer"]


@pytest.fixture
def letter(settings, tmp_path):
    """The name of a mail template that shows `subject`, `name`, `words` and `code`; its files are the test's own."""
    shutil.copytree(Path(peers.__file__).parent / "templates", tmp_path / "templates")
    engine = dict(settings.TEMPLATES[0])
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], tmp_path / "templates"]}]
    return "tests/email/letter"
