from django.utils.translation import gettext_lazy as _

from marketplace.core import registry


class ForSellers(registry.Link):
    """Cities and companies that only buy have no profile in the directory."""

    def is_for(self, request):
        organisation = request.organisation
        is_buyer = getattr(organisation, "buyer", None) is not None
        return not is_buyer or getattr(organisation, "supplier", None) is not None


registry.workspace.register("profile", ForSellers(_("Profile"), "profile", 20, "store"))
