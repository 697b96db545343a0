"""Which calls the sitemap names: those on show to everybody, in pages by primary key."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.core import registry
from suppliers.directory.sitemap import KEPT_FOR, KEYS_ON_A_PAGE, Place, in_every_language


def pages() -> list[tuple[str, datetime]]:
    """The addresses of the pages that hold something, and when something on them last changed."""
    kept: Any = cache.get_or_set("calls.sitemap", _pages, KEPT_FOR)
    return [(reverse("call-sitemap-page", kwargs={"number": page}), changed) for page, changed in kept]


def _pages() -> list[tuple[int, datetime]]:
    rows = Call.objects.public(timezone.now()).order_by().values(page=F("pk") / KEYS_ON_A_PAGE)
    return list(rows.annotate(changed=Max("changed_at")).order_by("page").values_list("page", "changed"))


def places(page: int) -> list[Place]:
    first = page * KEYS_ON_A_PAGE
    rows = Call.objects.public(timezone.now()).filter(pk__range=(first, first + KEYS_ON_A_PAGE - 1)).order_by("pk")
    return in_every_language("call-detail", rows.values_list("slug", "changed_at"))


registry.sitemaps.register("calls", registry.Sitemap("calls", pages))
