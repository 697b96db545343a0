from django.urls import reverse
from django.utils.translation import get_language

from cms.pages import StandardPage
from marketplace.core import registry


def footer_links(request):
    """The standard pages that editors put at the foot, in the language of the page."""
    pages = StandardPage.objects.live().at_the_foot(get_language()).values_list("title", "slug")
    return [(title, reverse("wagtail_serve", args=[f"{slug}/"])) for title, slug in pages]


registry.footer.register("pages", registry.Footer(footer_links))
