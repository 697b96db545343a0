"""What responses add to the page of a call for a firm, to the buyer's overview, and to the workspace."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.calls.models import Lot
from marketplace.calls.responses.actions import of_call, opening_at
from marketplace.calls.responses.models import Interest
from marketplace.calls.responses.permissions import can_respond, supplier_for
from marketplace.calls.responses.standing import responses_of, standing
from marketplace.core import registry


def own_standing(calls, request):
    """For a firm: lot by lot how far its response is and whether it has shown interest. Nobody else sees any of it."""
    found = {}
    for call in calls:
        supplier = supplier_for(request.organisation, call) if call.is_published else None
        if supplier is None or not can_respond(request.user, supplier):
            continue
        mine = {response.lot_id: response for response in responses_of(supplier).filter(lot__call=call)}
        wanted = set(Interest.objects.filter(supplier=supplier, lot__call=call).values_list("lot_id", flat=True))
        lots = [
            (lot, standing(mine.get(lot.pk), call, lot), lot.pk in wanted, lot.pk in mine)
            for lot in Lot.objects.filter(call=call).order_by("number")
        ]
        found[call.pk] = {"lots": lots, "is_open": call.is_open(), "is_here": call.is_answered_here, "firm": supplier}
    return found


def seal(calls, request):
    """For the buyer: sealed until when, and once opened how many. Before, nothing here depends on there being any."""
    return {
        call.pk: {
            "opening_at": opening_at(call),
            "is_open": call.is_open(),
            "count": of_call(call).count() if call.opened_at else None,
            "url": reverse("call-responses", kwargs={"slug": call.slug}),
        }
        for call in calls
        if call.is_published and call.is_answered_here and not call.withdrawn_at
    }


class ForSellers(registry.Link):
    def is_for(self, request):
        return getattr(request.organisation, "supplier", None) is not None


registry.panels.register("call-responses", registry.Panel("call", "responses/call_panel.html", own_standing, order=50))
registry.panels.register("desk-responses", registry.Panel("call-desk", "responses/desk_panel.html", seal, order=50))
registry.workspace.register("responses", ForSellers(_("Responses"), "response-list", 45, "send"))
