from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    name = "marketplace.calls.papers"
    label = "papers"
    verbose_name = _("Documents of calls")

    def ready(self):
        from marketplace.calls.papers import holdings, panels, receivers  # noqa: F401  (they join the registry)
