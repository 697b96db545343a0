"""Takes the pictures of the documentation from a running `make demo`: `make screenshots`."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.browser import launch

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PAGES = {"home": "/", "suppliers": "/suppliers/", "sign-in": "/account/login/"}
SIZES = {390: 844, 1280: 900}
LANGUAGES = {"en": "", "fr": "/fr"}


def main() -> None:
    base = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, path in PAGES.items():
            for language, prefix in LANGUAGES.items():
                for width, height in SIZES.items():
                    page = browser.new_page(viewport={"width": width, "height": height}, locale=language)
                    page.goto(base + prefix + path)
                    page.screenshot(path=FOLDER / f"{name}-{language}-{width}.png")
                    page.close()
                    sys.stdout.write(f"{name} {language} {width}\n")
        browser.close()


if __name__ == "__main__":
    main()
