"""What the selling side adds to pages of lower floors."""

from marketplace.core import registry
from suppliers.models import Supplier
from suppliers.registration.standing import standing_of


def profiles(organisations, request):
    """For each organisation of the page its profile as supplier and where that stands, or that it has none."""
    rows = Supplier.objects.filter(organisation__in=organisations).select_related("organisation")
    found = {supplier.organisation_id: supplier for supplier in rows}
    return {
        organisation.pk: {
            "supplier": found.get(organisation.pk),
            "standing": standing_of(found.get(organisation.pk)),
        }
        for organisation in organisations
    }


registry.panels.register(
    "supplier-profile", registry.Panel("workspace", "suppliers/workspace_panel.html", profiles, order=10)
)
