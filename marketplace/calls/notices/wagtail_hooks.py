from datetime import timedelta

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.calls.notices import views
from marketplace.calls.notices.models import NoticeSource, Run
from marketplace.calls.notices.viewsets import (
    NoticesGroup,
    NoticeSourceViewSet,
    NoticeViewSet,
    RunViewSet,
    UnclaimedBuyerViewSet,
)
from marketplace.core import registry

#: An import that left something to look at stays among what needs somebody for so long.
FRESH = timedelta(days=7)


class RunScreens(RunViewSet):
    """The list and the page of a run, and the pages that lead to one and out of it."""

    def get_urlpatterns(self):
        own = [path("new/", views.run_new, name="new"), path("<int:pk>/lines.csv", views.run_lines, name="lines")]
        return [*own, *super().get_urlpatterns()]


class NoticesScreens(NoticesGroup):
    items = (RunScreens, NoticeViewSet, UnclaimedBuyerViewSet, NoticeSourceViewSet)


@hooks.register("register_admin_viewset")
def staff_screens():
    return NoticesScreens()


registry.dashboard.register(
    "notice-runs",
    registry.DashboardTile(
        _("Imports of notices of this week with notices to look at"),
        lambda user: Run.objects.filter(reported__gt=0, began_at__gt=timezone.now() - FRESH).count(),
        lambda: reverse("notice-runs:index"),
        order=56,
    ),
)
registry.dashboard.register(
    "notice-sources",
    registry.DashboardTile(
        _("Sources of notices from which nothing comes"),
        lambda user: NoticeSource.objects.failing().count(),
        lambda: reverse("notice-sources:index"),
        order=57,
        is_alarm=True,
    ),
)
