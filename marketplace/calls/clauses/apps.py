from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClausesConfig(AppConfig):
    name = "marketplace.calls.clauses"
    label = "clauses"
    verbose_name = _("Equality clauses")
