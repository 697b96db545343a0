from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from buyers.models import Buyer
from buyers.viewsets import BuyerViewSet
from marketplace.core import registry


@hooks.register("register_admin_viewset")
def staff_screens():
    return BuyerViewSet()


registry.dashboard.register(
    "buyers",
    registry.DashboardTile(
        _("Buyers waiting to be cleared"),
        lambda user: Buyer.objects.waiting_for_clearance().count(),
        lambda: f"{reverse('buyers:index')}?standing=waiting",
        order=33,
    ),
)
