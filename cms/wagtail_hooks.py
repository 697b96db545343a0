from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.site_details import still_to_fill_in
from marketplace.core import registry

registry.dashboard.register(
    "site-details",
    registry.DashboardTile(
        _("Example address in the privacy and accessibility statements: say who runs this site"),
        still_to_fill_in,
        lambda: reverse("wagtailsettings:edit", args=["cms", "sitedetails"]),
        order=5,
    ),
)
