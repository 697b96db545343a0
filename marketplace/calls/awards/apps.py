from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "marketplace.calls.awards"
    label = "awards"
    verbose_name = _("Awards")

    def ready(self):
        from marketplace.calls.awards import due, panels, seed  # noqa: F401  (their entries join the registry)
