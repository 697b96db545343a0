from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "marketplace.calls"
    verbose_name = _("Calls")

    def ready(self):
        from marketplace.calls import due, invariants, receivers, seal, seed  # noqa: F401  (registry and signals)
