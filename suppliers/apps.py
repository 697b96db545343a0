from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    name = "suppliers"
    verbose_name = _("Suppliers")

    def ready(self):
        from marketplace.core import registry
        from suppliers import panels, seed  # noqa: F401  (their entries join the registry)

        registry.navigation.register("suppliers", registry.Link(_("Suppliers"), "supplier-list", order=10))
