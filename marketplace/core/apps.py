from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "marketplace.core"
    label = "core"
    verbose_name = _("Ground floor")

    def ready(self) -> None:
        from marketplace.core import due  # noqa: F401  (its entries join the registry)
