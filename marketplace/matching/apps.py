from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "marketplace.matching"
    label = "matching"
    verbose_name = _("Matching")

    def ready(self) -> None:
        # Their entries join the registries.
        from marketplace.matching import calls, carry, due, firms, panels, receivers, seed  # noqa: F401
