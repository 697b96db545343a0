"""What shortlists add to the cards and profiles of the directory, and to the workspace."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.core import registry
from marketplace.introductions.models import ShortlistEntry
from marketplace.introductions.permissions import can_change_shortlists, keeping_buyer


def buttons(suppliers, request):
    """For each supplier the lists it stands on and the one it could go to; nothing for whoever keeps no lists."""
    if not request.user.is_authenticated:
        return {}
    buyer = keeping_buyer(request.organisation)
    return button_contexts(suppliers, buyer, request, here=request.get_full_path()) if buyer else {}


def button_contexts(suppliers, buyer, request, *, here, is_fresh=False):
    """`here` is the page to come back to; `is_fresh` says that the person has just put the firm on a list."""
    entries = ShortlistEntry.objects.filter(shortlist__buyer=buyer, supplier__in=[row.pk for row in suppliers])
    on = {supplier.pk: [] for supplier in suppliers}
    for entry in entries.select_related("shortlist").order_by("shortlist__name", "pk"):
        on[entry.supplier_id].append(entry.shortlist)
    can_change = can_change_shortlists(request.representative)
    latest = buyer.shortlists.latest_first().first() if can_change else None
    return {
        supplier.pk: {
            "supplier": supplier,
            "on": on[supplier.pk],
            "latest": latest,
            "can_change": can_change,
            "here": here,
            "add_url": (add_url := reverse("shortlist-add", kwargs={"slug": supplier.slug})),
            "choose_url": f"{add_url}?{urlencode({'next': here})}",
            "is_fresh": is_fresh,
        }
        for supplier in suppliers
        if can_change or on[supplier.pk]
    }


registry.panels.register(
    "shortlist-card", registry.Panel("supplier-card", "introductions/shortlist_button.html", buttons, order=20)
)
registry.panels.register(
    "shortlist-profile", registry.Panel("profile-aside", "introductions/shortlist_panel.html", buttons, order=5)
)


class ForBuyers(registry.Link):
    """Firms that only sell keep no shortlists."""

    def is_for(self, request):
        return getattr(request.organisation, "buyer", None) is not None


registry.workspace.register("shortlists", ForBuyers(_("Shortlists"), "shortlist-list", 30, "bookmark"))
