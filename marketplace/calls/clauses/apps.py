from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClausesConfig(AppConfig):
    name = "marketplace.calls.clauses"
    label = "clauses"
    verbose_name = _("Equality clauses")

    def ready(self):
        from marketplace.calls.clauses import panels, seed  # noqa: F401  (their entries join the registry)
