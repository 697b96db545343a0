from functools import cache, lru_cache

from django.db import connection
from django.urls import reverse
from django.utils.translation import get_language

from cms.pages import StandardPage
from marketplace.core import registry


def footer_links(request):
    """The standard pages that editors put at the foot, in the language of the page."""
    with connection.cursor() as cursor:
        cursor.execute(*_question(get_language()))
        return [(title, _address(slug, get_language())) for title, slug in cursor.fetchall()]


@lru_cache(1_000)
def _address(slug, language):
    return reverse("wagtail_serve", args=[f"{slug}/"])


@cache
def _question(language):
    """The statement and its parameters, put together once per language: every page asks it."""
    pages = StandardPage.objects.live().at_the_foot(language)
    return pages.values_list("title", "slug").query.sql_with_params()


registry.footer.register("pages", registry.Footer(footer_links))
