"""Promises about the project's own files."""

import re
import subprocess

import pytest

from tests.harness import ROOT


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).exists()]


def test_lock_files_carry_hashes_and_no_addresses():
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()

        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text
        assert "find-links" not in text


def test_templates_hold_no_inline_style_or_script():
    inline = re.compile(r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*(?:src=|nonce=|application/))""")
    offenders = [
        path for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))
    ]

    assert offenders == []


def test_the_inline_check_finds_what_it_looks_for():
    inline = re.compile(r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*(?:src=|nonce=|application/))""")

    assert inline.search('<p style="color: red">')
    assert inline.search('<a onclick="go()">')
    assert inline.search("<script>go()</script>")


def test_no_migration_is_missing(db):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_french_catalogue_is_complete():
    from marketplace.core import translations

    missing = [message.id for language in translations.languages() for message in translations.untranslated(language)]

    assert missing == []
