"""What matching adds to a call's page, to the buyer's desk and to the workspace."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.core import registry
from marketplace.matching.matches import could_serve, for_you
from marketplace.matching.matches.permissions import can_set_aside, is_of_another, may_meet_names, selling_side
from marketplace.matching.matches.standing import standing_of
from suppliers.directory.permissions import viewer_of


def why(calls: Any, request: Any) -> dict[int, dict[str, Any]]:
    """For a firm on the page of an open call: how well they suit one another and why, or why not."""
    supplier = selling_side(request.organisation) if request.user.is_authenticated else None
    if supplier is None:
        return {}
    meets_evidence = viewer_of(request.user, request.organisation).meets_evidence
    return {
        call.pk: {
            "standing": standing_of(call, supplier, meets_evidence=meets_evidence),
            "can_set_aside": can_set_aside(request.representative),
        }
        for call in calls
        if call.is_open() and is_of_another(request.organisation, call)
    }


def who_could_serve(calls: Any, request: Any) -> dict[int, dict[str, Any]]:
    """For the buyer of an open call: how many firms, and where the rest is told."""
    return {
        call.pk: {
            "numbers": could_serve.numbers(call),
            "url": reverse("call-suppliers", kwargs={"slug": call.slug}),
            "with_names": may_meet_names(call),
        }
        for call in calls
        if call.is_open()
    }


def best_calls(organisations: Any, request: Any) -> dict[int, dict[str, Any]]:
    """For organisations that sell and are listed: the calls that suit them best."""
    found = {}
    for organisation in organisations:
        supplier = selling_side(organisation)
        if supplier and supplier.is_listed:
            shown, total = for_you.best(supplier, request.user)
            found[organisation.pk] = {"calls": shown, "total": total}
    return found


class ForSellers(registry.Link):
    """Whoever only buys is matched with no call."""

    def is_for(self, request: Any) -> bool:
        return getattr(request.organisation, "supplier", None) is not None


registry.panels.register("call-why", registry.Panel("call-aside", "matches/why_panel.html", why, order=3))
registry.panels.register(
    "desk-suppliers", registry.Panel("call-desk", "matches/desk_panel.html", who_could_serve, order=20)
)
registry.panels.register(
    "calls-for-you", registry.Panel("workspace", "matches/workspace_panel.html", best_calls, order=12)
)
registry.workspace.register("calls-for-you", ForSellers(_("Calls for you"), "calls-for-you", 22, "target"))
