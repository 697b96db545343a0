from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "suppliers.imports"
    label = "imports"
    verbose_name = _("Import of suppliers")

    def ready(self):
        from suppliers.imports import due  # noqa: F401  (its entries join the registry)
