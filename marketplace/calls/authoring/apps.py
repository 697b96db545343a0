from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthoringConfig(AppConfig):
    name = "marketplace.calls.authoring"
    label = "authoring"
    verbose_name = _("Writing of calls")

    def ready(self):
        from marketplace.calls.authoring import links  # noqa: F401  (the workspace's link joins the registry)
