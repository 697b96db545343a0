from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from marketplace.calls.law.models import Jurisdiction, Reservation, Threshold
from marketplace.calls.law.viewsets import LawGroup
from marketplace.core import registry


@hooks.register("register_admin_viewset")
def staff_screens():
    return LawGroup()


def overdue(model):
    """How many records of that kind in force nobody has read again in time."""
    return lambda user: model.objects.in_force().to_be_reviewed().count()


for model, name, label, order in (
    (Jurisdiction, "jurisdictions", _("Jurisdictions whose source has to be read again"), 52),
    (Threshold, "thresholds", _("Thresholds whose source has to be read again"), 53),
    (Reservation, "reservations", _("Reservations whose source has to be read again"), 54),
):
    registry.dashboard.register(
        f"{name}-overdue",
        registry.DashboardTile(
            label, overdue(model), lambda name=name: f"{reverse(f'{name}:index')}?review=overdue", order=order
        ),
    )
