from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "marketplace.calls"
    verbose_name = _("Calls")

    def ready(self):
        from marketplace.calls import due, invariants, receivers, seed  # noqa: F401  (they join registry and signals)
