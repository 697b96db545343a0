from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationConfig(AppConfig):
    name = "suppliers.registration"
    label = "registration"
    verbose_name = _("Listing a firm")

    def ready(self):
        from suppliers.registration import links  # noqa: F401  (the workspace's link joins the registry)
