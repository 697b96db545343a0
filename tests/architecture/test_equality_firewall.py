"""No room of suppliers, and neither matching nor introductions, can reach what owners say of themselves."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import ROOT

PACKAGES = ("marketplace", "suppliers", "buyers", "cms")
CONTRACT = "What owners say of themselves"


@pytest.fixture
def house(tmp_path):
    """A copy of the sources with a room for equality data in it."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("data", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    room = tmp_path / "marketplace" / "equality"
    room.mkdir(exist_ok=True)
    for name in ("__init__.py", "models.py"):
        (room / name).touch()
    return tmp_path


def verdict(house):
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    said = subprocess.run(
        command, cwd=house, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=300
    )
    words = " ".join(said.stdout.split())
    assert CONTRACT in words, said.stdout + said.stderr
    after = words[words.index(CONTRACT) :]
    return min(("KEPT", "BROKEN"), key=lambda word: after.find(word) if word in after else len(after))


def test_the_contract_is_kept_while_nobody_reaches_it(house):
    assert verdict(house) == "KEPT"


@pytest.mark.parametrize(
    "module",
    [
        "suppliers/directory/search.py",
        "suppliers/imports/writing.py",
        "suppliers/views.py",
        "marketplace/matching/news.py",
    ],
)
def test_one_import_of_it_breaks_the_contract(house, module):
    with (house / module).open("a") as file:
        file.write("\nfrom marketplace.equality import models as answers  # noqa\n")

    assert verdict(house) == "BROKEN"
