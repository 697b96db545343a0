from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from cms.blocks import HomeBlocks


def _home_in(language):
    with translation.override(language):
        return reverse("wagtail_serve", args=[""])


class SitePage(Page):
    """What our pages share: the language switch leads to the translation, or home where there is none."""

    class Meta:
        abstract = True

    def serve(self, request, *args, **kwargs):
        request.translations = {code: _home_in(code) for code, _name in settings.LANGUAGES}
        for page in self.get_translations().live().select_related("locale"):
            request.translations[page.locale.language_code] = page.get_url(request)
        return super().serve(request, *args, **kwargs)


class HomePage(SitePage):
    """The front door of one language; editors compose it of blocks."""

    body = StreamField(HomeBlocks(), verbose_name=_("blocks"))

    content_panels = [*Page.content_panels, FieldPanel("body")]
    template = "cms/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.StandardPage"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class StandardPageQuerySet(PageQuerySet):
    def at_the_foot(self, language):
        """In the footer of one language, in the order of the page tree."""
        return self.filter(in_footer=True, locale__language_code=language).order_by("path")


class StandardPage(SitePage):
    """A page of plain text: about, privacy, accessibility. It stands directly below a home page."""

    lead = models.TextField(_("first sentence"), max_length=400, blank=True)
    body = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "ul", "ol", "link", "hr"])
    in_footer = models.BooleanField(_("link to it at the foot of every page"), default=False)

    objects = PageManager.from_queryset(StandardPageQuerySet)()

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    promote_panels = [*Page.promote_panels, FieldPanel("in_footer")]
    template = "cms/standard_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")
