from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.core import registry
from suppliers.models import Supplier
from suppliers.viewsets import SupplierViewSet


@hooks.register("register_admin_viewset")
def staff_screens():
    return SupplierViewSet()


registry.dashboard.register(
    "suppliers",
    registry.DashboardTile(
        _("Suppliers waiting for their review"),
        lambda user: Supplier.objects.waiting_for_review().count(),
        lambda: f"{reverse('supplier-review:index')}?standing=waiting",
        order=30,
    ),
)
