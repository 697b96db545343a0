from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

EXAMPLE_EMAIL = "hello@tessera.example"


@register_setting(icon="home")
class SiteDetails(BaseSiteSetting):
    """Who runs this site and how to reach them; shown below every standard page."""

    name = models.CharField(_("organisation that runs this site"), max_length=200, default="Tessera")
    email = models.EmailField(_("e-mail address for questions"), default=EXAMPLE_EMAIL)
    postal_address = models.TextField(_("postal address"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("who runs this site")


def still_to_fill_in(user):
    """1 while the details are those of the example; the demo is one."""
    if settings.DEMO:
        return 0
    return 0 if SiteDetails.objects.exclude(email=EXAMPLE_EMAIL).exists() else 1
