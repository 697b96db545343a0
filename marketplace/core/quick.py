"""Templates of what repeats: cards of a list, choices of a facet, the head and foot of every page.

Twenty-five cards made of components cost more than the search that found them, so these are written in Jinja2, under
`templates/quick/`, which compiles them. See docs/decisions/0012-quick-templates.md.
"""

from functools import lru_cache
from typing import Any

from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from jinja2 import Environment, StrictUndefined

from marketplace.core.addresses import address_of
from marketplace.core.templatetags import ui

ENGINE = "quick"


def environment(**options: Any) -> Environment:
    """What such a template may use: icons, mosaics, our mark, days and numbers as all pages write them, `url` and `_`.

    A name that is not there raises, so that a page never shows a hole where a word should be.
    """
    # Not optimized: what is filtered while the template is read would stay in the language of that moment.
    options |= {"autoescape": True, "undefined": StrictUndefined, "optimized": False}
    options |= {"trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options)  # noqa: S701  (autoescape is on, above)
    made.globals.update(icon=ui.icon, mosaic=ui.mosaic, url=address_of, _=said)
    made.globals["mark"] = render_to_string("core/mark.html", using="django")
    made.filters.update(number=ui.number, short_day=ui.short_day)
    return made


def piece(template: str, **given: str | int | None) -> SafeString:
    """A template that shows nothing but what is given, no words of its own: the same again on page after page."""
    return _piece(template, tuple(given.items()))


@lru_cache(10_000)
def _piece(template: str, given: tuple[tuple[str, Any], ...]) -> SafeString:
    return SafeString(get_template(template, using=ENGINE).render(dict(given)))


def said(words: str) -> str:
    """The words in the language in force: a page says the same two score on every visit."""
    return _said(words, get_language() or "")


@lru_cache(5_000)
def _said(words: str, language: str) -> str:
    return gettext(words)
