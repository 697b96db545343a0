from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "marketplace.calls.releases"
    label = "releases"
    verbose_name = _("Open data of calls")

    def ready(self):
        from marketplace.calls.releases import due, panels, receivers  # noqa: F401  (their entries join the registry)
