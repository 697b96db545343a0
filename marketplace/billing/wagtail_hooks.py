from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.billing.models import Grant
from marketplace.billing.viewsets import GrantViewSet
from marketplace.core import registry


@hooks.register("register_admin_viewset")
def staff_screens():
    return GrantViewSet()


registry.dashboard.register(
    "grants-ending",
    registry.DashboardTile(
        _("Grants that end within 28 days"),
        lambda user: Grant.objects.ending().count(),
        lambda: f"{reverse('grants:index')}?standing=ending",
        order=70,
    ),
)
