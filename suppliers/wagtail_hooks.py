from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.core import registry
from suppliers.models import Supplier
from suppliers.review.models import Verdict
from suppliers.review.promise import overdue
from suppliers.viewsets import SupplierViewSet


@hooks.register("register_admin_viewset")
def staff_screens():
    return SupplierViewSet()


def profiles(standing):
    return f"{reverse('supplier-review:index')}?standing={standing}"


registry.dashboard.register(
    "suppliers",
    registry.DashboardTile(
        _("Suppliers waiting for their review"),
        lambda user: Supplier.objects.waiting_for_review().count(),
        lambda: profiles("waiting"),
        order=30,
    ),
)
registry.dashboard.register(
    "suppliers-wrote-back",
    registry.DashboardTile(
        _("Firms that were taken off and wrote back"),
        lambda user: Verdict.objects.appeals().filter(supplier__suspended_at__isnull=False).count(),
        lambda: profiles("answered"),
        order=31,
    ),
)
registry.dashboard.register(
    "suppliers-overdue",
    registry.DashboardTile(
        _("Suppliers whose review is overdue"),
        lambda user: overdue(Supplier.objects.waiting_for_review(), timezone.now()).count(),
        lambda: profiles("overdue"),
        order=10,
        is_alarm=True,
    ),
)
