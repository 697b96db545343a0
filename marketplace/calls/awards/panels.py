"""What decisions add to the page of a call, to the buyer's overview, and to the pages of one response."""

from django.urls import reverse
from django.utils import timezone

from marketplace.calls.awards.models import Award, Feedback
from marketplace.calls.models import Lot
from marketplace.core import registry


def decisions(calls, request):
    """Who was chosen, for what and why, lot by lot."""
    found = {}
    awards = Award.objects.filter(lot__call__in=calls).select_related("lot").order_by("lot__number", "pk")
    for award in awards:
        found.setdefault(award.lot.call_id, []).append(award)
    return {call.pk: {"awards": found[call.pk]} for call in calls if call.pk in found}


def to_decide(calls, request):
    """For the buyer: the lots after the deadline, decided or not."""
    return {
        call.pk: {"lots": _lots(call), "is_sealed": call.is_answered_here and call.opened_at is None}
        for call in calls
        if call.is_published and not call.withdrawn_at and call.response_deadline <= timezone.now()
    }


def _lots(call):
    rows = Lot.objects.filter(call=call).order_by("number")
    return [(lot, reverse("lot-award", kwargs={"slug": call.slug, "number": lot.number})) for lot in rows]


def outcomes(responses, request):
    """For those who may see the response: whether it was chosen, or what its firm was told."""
    keys = [response.pk for response in responses]
    awards = {award.response_id: award for award in Award.objects.filter(response__in=keys)}
    told = Feedback.objects.visible_to(request.user).filter(response__in=keys, response__lot__in=Lot.objects.decided())
    words = {feedback.response_id: feedback.words for feedback in told}
    return {pk: {"award": awards.get(pk), "words": words.get(pk, "")} for pk in keys if pk in awards or pk in words}


def way_to_decide(responses, request):
    """From one response to the decision on its lot."""
    found = outcomes(responses, request)
    for response in responses:
        lot = response.lot
        url = reverse("lot-award", kwargs={"slug": lot.call.slug, "number": lot.number})
        found.setdefault(response.pk, {"award": None, "words": ""})["url"] = "" if lot.is_decided else url
    return found


registry.panels.register("call-awards", registry.Panel("call", "awards/call_panel.html", decisions, order=60))
registry.panels.register("desk-awards", registry.Panel("call-desk", "awards/desk_panel.html", to_decide, order=60))
registry.panels.register("response-outcome", registry.Panel("response", "awards/outcome.html", outcomes, order=60))
registry.panels.register("response-row", registry.Panel("response-row", "awards/outcome_row.html", outcomes, order=60))
registry.panels.register(
    "response-desk", registry.Panel("response-desk", "awards/way_to_decide.html", way_to_decide, order=60)
)
