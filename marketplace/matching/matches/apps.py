from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchesConfig(AppConfig):
    name = "marketplace.matching.matches"
    label = "matches"
    verbose_name = _("Matches")

    def ready(self):
        from marketplace.matching.matches import due, invariants, panels, receivers, seed  # noqa: F401  (join in)
