"""What the selling side adds to pages of lower floors."""

from marketplace.core import registry
from suppliers.models import Supplier


def profiles(organisations, request):
    """For each organisation of the page that has one, its profile as supplier."""
    rows = Supplier.objects.filter(organisation__in=organisations).select_related("organisation")
    return {supplier.organisation_id: {"supplier": supplier} for supplier in rows}


registry.panels.register(
    "supplier-profile", registry.Panel("workspace", "suppliers/workspace_panel.html", profiles, order=10)
)
