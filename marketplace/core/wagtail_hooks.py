"""The back office wears our colours and begins with what needs somebody now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSetGroup

from marketplace.core import health, registry
from marketplace.core.models import Heartbeat, OutboxMessage
from marketplace.core.viewsets import AuditViewSet, MailViewSet


class NeedsPanel(Component):
    """What needs whoever looks, alarms first; a part that is at zero is not shown."""

    template_name = "wagtailadmin/staff/needs.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        counted = [(tile, tile.count(user)) for tile in registry.dashboard]
        needs = [{"tile": tile, "count": count, "url": tile.url()} for tile, count in counted if count]
        return {"needs": sorted(needs, key=lambda need: not need["tile"].is_alarm)}


@hooks.register("construct_homepage_panels", order=1000)
def needs_come_first(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, NeedsPanel())


@hooks.register("construct_main_menu")
def no_help_of_others(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's own help leads out of the house."""
    items[:] = [item for item in items if item.name != "help"]


@hooks.register("insert_global_admin_css")
def our_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/staff.css"))


def machine_room(request: HttpRequest) -> HttpResponse:
    """Whether worker, queue and mail work, in sentences."""
    context = {
        "page_title": _("Machinery"),
        "header_icon": "cogs",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Machinery")},
        ],
        "stalls": health.stalls(timezone.now()),
        "problems": health.unready(),
        "heartbeats": Heartbeat.objects.order_by("name"),
    }
    return TemplateResponse(request, "wagtailadmin/staff/machinery.html", context)


@hooks.register("register_admin_urls")
def machine_room_address() -> list[Any]:
    return [path("machinery/", machine_room, name="staff-machinery")]


class MachineryGroup(ViewSetGroup):
    menu_label = _("Mails and audit")
    menu_icon = "cogs"
    menu_order = 900
    items = (MailViewSet, AuditViewSet)


@hooks.register("register_admin_viewset")
def machinery() -> MachineryGroup:
    return MachineryGroup()


def mails(state: str) -> str:
    return f"{reverse('mails:index')}?state={state}"


registry.dashboard.register(
    "stalls",
    registry.DashboardTile(
        _("Parts of the machinery that have stalled"),
        lambda user: len(health.stalls(timezone.now())),
        lambda: reverse("staff-machinery"),
        order=1,
        is_alarm=True,
    ),
)
registry.dashboard.register(
    "mails-failed",
    registry.DashboardTile(
        _("Mails that failed for good"),
        lambda user: OutboxMessage.objects.known().failed().count(),
        lambda: mails("failed"),
        order=2,
        is_alarm=True,
    ),
)
registry.dashboard.register(
    "mails-waiting",
    registry.DashboardTile(
        _("Mails waiting to be tried again"),
        lambda user: OutboxMessage.objects.known().waiting().exclude(last_error="").count(),
        lambda: mails("waiting"),
        order=60,
    ),
)
