from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.core import registry
from suppliers.proposals.models import EndedProposal
from suppliers.proposals.viewsets import PartnerViewSet, ReportViewSet


@hooks.register("register_admin_viewset")
def staff_screens():
    return [PartnerViewSet(), ReportViewSet()]


registry.dashboard.register(
    "draft-reports",
    registry.DashboardTile(
        _("Reports about drafted profiles"),
        lambda user: EndedProposal.objects.reported().count(),
        lambda: f"{reverse('draft-reports:index')}?state=waiting",
        order=35,
    ),
)
