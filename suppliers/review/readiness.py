"""What a profile still lacks before it can be sent, and what else stands in its way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.core.registry import Point


@dataclass(frozen=True)
class Lack:
    """In words, and the address of the page where it is mended."""

    words: str
    url: str


#: Rooms above say here why a profile cannot be sent yet: a function from the supplier to a sentence, or to "".
obstacles: Point[Callable[[Any], str]] = Point(lambda obstacle: obstacle.__qualname__)


def what_is_missing(supplier):
    """Empty when the profile can be sent. Nothing here asks who owns the firm, and nothing ever may."""
    facts = [
        (supplier.summary, _("Say what your firm does."), "profile-step", "what-we-do"),
        (supplier.capabilities.exists(), _("Name at least one service."), "profile-step", "services"),
        (
            supplier.regions or supplier.serves_europe,
            _("Choose a region that you serve, or all of Europe."),
            "profile-step",
            "where",
        ),
        (supplier.languages, _("Name a language that you work in."), "profile-step", "about"),
        (supplier.organisation.town, _("Add the town where you are."), "organisation-edit", ""),
    ]
    return [Lack(words, reverse(name, args=[step] if step else [])) for there, words, name, step in facts if not there]


def what_stands_in_the_way(supplier):
    return [words for obstacle in obstacles if (words := obstacle(supplier))]
