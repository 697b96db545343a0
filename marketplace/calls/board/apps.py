from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoardConfig(AppConfig):
    name = "marketplace.calls.board"
    label = "board"
    verbose_name = _("Public list of calls")

    def ready(self):
        from marketplace.calls.board import due, panels, receivers, saving  # noqa: F401  (they join the registry)
        from marketplace.core import registry

        registry.navigation.register("calls", registry.Link(_("Calls"), "call-list", order=20))
