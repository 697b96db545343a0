from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AmendmentsConfig(AppConfig):
    name = "marketplace.calls.amendments"
    label = "amendments"
    verbose_name = _("Amendments")

    def ready(self):
        from marketplace.calls.amendments import panels, receivers, seed  # noqa: F401  (their entries join the registry)
