from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.calls.clauses.models import Clause
from marketplace.calls.clauses.viewsets import ClauseViewSet
from marketplace.core import registry


@hooks.register("register_admin_viewset")
def staff_screens():
    return ClauseViewSet()


registry.dashboard.register(
    "clauses-unread",
    registry.DashboardTile(
        _("Clauses that no lawyer has read"),
        lambda user: Clause.objects.offered().filter(reviewed_on=None).count(),
        lambda: f"{reverse('clauses:index')}?state=unread",
        order=55,
    ),
)
