from django.utils.translation import gettext_lazy as _

from marketplace.core import registry


class ForThoseWhoMayBuy(registry.Link):
    """A firm that sells and has not begun to buy is not led there; the page itself answers it."""

    def is_for(self, request):
        organisation = request.organisation
        sells = getattr(organisation, "supplier", None) is not None
        return organisation is not None and (not sells or getattr(organisation, "buyer", None) is not None)


registry.workspace.register("buying", ForThoseWhoMayBuy(_("Buying side"), "buying", 70, "landmark"))
