from django.utils.translation import gettext_lazy as _

from marketplace.core import registry


class ForBuyers(registry.Link):
    """Firms that only sell write no calls."""

    def is_for(self, request):
        return getattr(request.organisation, "buyer", None) is not None


registry.workspace.register("calls", ForBuyers(_("Your calls"), "call-desk-list", 28, "megaphone"))
