"""Which public profiles the sitemap names, in pages by primary key, so that none costs more than its own rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Max
from django.urls import reverse
from django.utils import translation

from marketplace.core import registry
from suppliers.models import Supplier

#: With one address per language this stays far below the 50,000 addresses that a sitemap may hold.
KEYS_ON_A_PAGE = 5_000
#: The list of pages names no firm, so it may be an hour old; the pages themselves are never kept.
KEPT_FOR = 60 * 60


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the site with its address in every language."""

    addresses: list[tuple[str, str]]
    changed_at: datetime


def pages() -> list[tuple[str, datetime]]:
    """The addresses of the pages that hold something, and when something on them last changed."""
    kept: Any = cache.get_or_set("directory.sitemap", _pages, KEPT_FOR)
    return [(reverse("sitemap-page", kwargs={"number": page}), changed) for page, changed in kept]


def _pages() -> list[tuple[int, datetime]]:
    rows = Supplier.objects.public().order_by().values(page=F("pk") / KEYS_ON_A_PAGE)
    return list(rows.annotate(changed=Max("changed_at")).order_by("page").values_list("page", "changed"))


def places(page: int) -> list[Place]:
    first = page * KEYS_ON_A_PAGE
    rows = Supplier.objects.public().filter(pk__range=(first, first + KEYS_ON_A_PAGE - 1)).order_by("pk")
    return in_every_language("supplier-detail", rows.values_list("slug", "changed_at"))


def in_every_language(url_name: str, rows: Iterable[tuple[str, datetime]]) -> list[Place]:
    """A place for each slug and moment of change."""
    patterns = [(code, _pattern(url_name, code)) for code, _name in settings.LANGUAGES]
    return [
        Place([(code, pattern.replace("SLUG", slug)) for code, pattern in patterns], changed) for slug, changed in rows
    ]


def _pattern(url_name: str, language: str) -> str:
    """Reversing ten thousand addresses one by one would take most of the time."""
    with translation.override(language):
        return settings.PUBLIC_URL + reverse(url_name, kwargs={"slug": "SLUG"})


registry.sitemaps.register("suppliers", registry.Sitemap("suppliers", pages))
