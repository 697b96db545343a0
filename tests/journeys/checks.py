"""What every page must pass in a real browser."""

import gzip

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PAGE_LIMIT = 100 * 1024
#: WCAG 2.2 AA and what axe calls best practice.
AXE_OPTIONS = {"resultTypes": ["violations"]}


class Look:
    """Opens pages in fresh contexts and closes them all; a script error or a third-party request fails the test."""

    def __init__(self, chromium, site):
        self.chromium, self.site = chromium, site
        self.contexts, self.troubles = [], []

    def open(self, size, *, language="en", scheme="light", **options):
        context = self.chromium.new_context(
            viewport=size, locale=language, color_scheme=scheme, base_url=self.site, reduced_motion="reduce", **options
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("request", self._note_stranger)
        page.on("console", self._note_policy_breach)
        return page

    def phone(self, **options):
        return self.open(PHONE, has_touch=True, is_mobile=True, **options)

    def desk(self, **options):
        return self.open(DESK, **options)

    def _note_stranger(self, request):
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.troubles.append(f"third-party request: {request.url}")

    def _note_policy_breach(self, message):
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.troubles.append(message.text)

    def pictures(self, folder):
        """Paths of a picture of each open page, with its address."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=folder / f"{number}.png", full_page=True)
        return [f"{folder / f'{number}.png'}: {page.url}" for number, page in enumerate(pages)]

    def close(self):
        for context in self.contexts:
            context.close()
        assert not self.troubles, self.troubles


def assert_accessible(page):
    results = Axe().run(page, options=AXE_OPTIONS)
    found = [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:3]}"
        for violation in results.response["violations"]
    ]
    assert not found, f"{page.url}: " + "\n".join(found)


def assert_fits(page):
    """Nothing makes the page scroll sideways."""
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px too wide at {page.viewport_size['width']} px"


def looked_at(page):
    assert_accessible(page)
    assert_fits(page)


def page_weight(page, path):
    """Compressed bytes of the page with its styles and scripts, without pictures."""
    weights = {}

    def note(response):
        if response.request.resource_type in {"document", "stylesheet", "script"} and response.ok:
            weights[response.url] = len(gzip.compress(response.body(), 6))

    page.on("response", note)
    page.goto(path, wait_until="load")
    page.remove_listener("response", note)
    return sum(weights.values())
