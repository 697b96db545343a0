from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "marketplace.calls.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self):
        from marketplace.calls.notices import due, invariants, panels  # noqa: F401  (their entries join the registry)
