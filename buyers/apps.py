from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuyersConfig(AppConfig):
    name = "buyers"
    verbose_name = _("Buyers")

    def ready(self):
        from buyers import links, seed  # noqa: F401  (the workspace's link and a part of the demo join the registry)
