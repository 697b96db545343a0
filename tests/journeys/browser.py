"""A real Chromium: where it is, and how it is started without reaching out."""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
]


def executable() -> str | None:
    """The configured Chromium, else one on PATH, else Playwright's own."""
    configured = os.environ.get("TESSERA_CHROMIUM")
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    found = [configured, *(shutil.which(name) for name in NAMES), *(str(path) for path in own)]
    return next((path for path in found if path and Path(path).exists()), None)


def launch(playwright):
    """A headless browser; without one the journey is skipped with the reason, and under CI it fails."""
    path = executable()
    if path is None:
        reason = "no Chromium found: install the package chromium, or set TESSERA_CHROMIUM"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    as_root = ["--no-sandbox"] if os.getuid() == 0 else []
    return playwright.chromium.launch(executable_path=path, args=QUIET + as_root)
