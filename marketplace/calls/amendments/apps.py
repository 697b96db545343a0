from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AmendmentsConfig(AppConfig):
    name = "marketplace.calls.amendments"
    label = "amendments"
    verbose_name = _("Amendments")

    def ready(self):
        from marketplace.calls.amendments import holdings, panels, receivers, seed  # noqa: F401  (they join the registry)
