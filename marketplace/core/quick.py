"""Templates of what repeats: cards of a list, choices of a facet, the head and foot of every page.

Twenty-five cards made of components cost more than the search that found them, so these are written in Jinja2, under
`templates/quick/`, which compiles them. See docs/decisions/0012-quick-templates.md.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext
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
    made.globals.update(icon=ui.icon, mosaic=ui.mosaic, url=address_of, _=gettext)
    made.globals["mark"] = render_to_string("core/mark.html", using="django")
    made.filters.update(number=ui.number, short_day=ui.short_day)
    return made
