from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.bulk_action import BulkAction

from marketplace.accounts import bounces
from marketplace.accounts.models import User
from marketplace.accounts.viewsets import JoinRequestViewSet, OrganisationViewSet, for_staff
from marketplace.core import registry


@hooks.register("register_admin_viewset")
def staff_screens() -> list:
    """People are registered by `cms.apps.StaffUsersConfig`, in the place of Wagtail's own users."""
    return [OrganisationViewSet(), JoinRequestViewSet()]


class NoBulkAction(BulkAction):
    """Wagtail would change and delete people in bulk, past our actions and their audit."""

    models = [User]
    display_name = aria_label = action_type = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


for name in ("delete", "assign_role", "set_active_state"):
    # Later than Wagtail's own of the same name, so in their place.
    hooks.register("register_bulk_action", type("NoBulkAction", (NoBulkAction,), {"action_type": name}), order=1000)


registry.dashboard.register(
    "mail-bounced",
    registry.DashboardTile(
        _("Organisations that a hidden message did not reach"),
        lambda user: bounces.organisations().count(),
        lambda: f"{reverse('organisations:index')}?mail=bounced",
        order=3,
    ),
)
registry.dashboard.register(
    "requests",
    registry.DashboardTile(
        _("Requests to act for an organisation"),
        lambda user: for_staff().count(),
        lambda: f"{reverse('requests:index')}?state=staff",
        order=20,
    ),
)
