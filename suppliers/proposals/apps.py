from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    name = "suppliers.proposals"
    label = "proposals"
    verbose_name = _("Proposed profiles")

    def ready(self):
        from suppliers.proposals import due, panels, seed  # noqa: F401  (their entries join the registry)
