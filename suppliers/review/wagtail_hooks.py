from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.core import registry
from suppliers.review.models import PageReport
from suppliers.review.viewsets import PageReportViewSet

LATE = timedelta(days=5)


@hooks.register("register_admin_viewset")
def staff_screens():
    return PageReportViewSet()


def waiting_reports():
    return f"{reverse('page-reports:index')}?state=waiting"


registry.dashboard.register(
    "page-reports",
    registry.DashboardTile(
        _("Reports of pages to answer"),
        lambda user: PageReport.objects.waiting().filter(created_at__gt=timezone.now() - LATE).count(),
        waiting_reports,
        order=32,
    ),
)
registry.dashboard.register(
    "page-reports-late",
    registry.DashboardTile(
        _("Reports of pages that have waited for over five days"),
        lambda user: PageReport.objects.waiting().filter(created_at__lte=timezone.now() - LATE).count(),
        waiting_reports,
        order=12,
        is_alarm=True,
    ),
)
