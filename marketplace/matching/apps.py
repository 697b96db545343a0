from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "marketplace.matching"
    label = "matching"
    verbose_name = _("Matching")

    def ready(self) -> None:
        from marketplace.matching import due, panels  # noqa: F401  (their entries join the registry)
