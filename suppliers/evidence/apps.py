from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "suppliers.evidence"
    label = "evidence"
    verbose_name = _("Evidence")

    def ready(self):
        from suppliers.evidence import seed  # noqa: F401  (its part of the demo joins the registry)
