from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResponsesConfig(AppConfig):
    name = "marketplace.calls.responses"
    label = "responses"
    verbose_name = _("Responses to calls")

    def ready(self):
        from marketplace.calls.responses import due, holdings, panels, receivers  # noqa: F401  (they join the registry)
