from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "marketplace.billing"
    label = "billing"
    verbose_name = _("Memberships and money")

    def ready(self):
        from marketplace.billing import seed  # noqa: F401  (its part of the demo joins the registry)
