"""What questions add to the page of a call and to the buyer's overview."""

from django.urls import reverse

from marketplace.calls.questions.models import Question
from marketplace.calls.questions.permissions import answerable, can_ask
from marketplace.core import registry


def answers(calls, request):
    """What was asked and answered, and the way to ask; the same two queries however many there are."""
    found = {}
    for question in Question.objects.answered().filter(call__in=calls).select_related("lot").order_by("answered_at"):
        found.setdefault(question.call_id, []).append(question)
    open_to = {call.pk for call in answerable(calls) if call.takes_questions()}
    return {
        call.pk: {
            "questions": found.get(call.pk, []),
            "takes_questions": call.pk in open_to,
            "ask_url": reverse("call-questions", kwargs={"slug": call.slug}),
            "is_buyer": bool(request.organisation) and request.organisation.pk == call.buyer.organisation_id,
            "may_ask": bool(request.organisation) and can_ask(request.user, call, request.organisation),
        }
        for call in calls
        if call.is_published and (call.pk in found or call.pk in open_to)
    }


def waiting(calls, request):
    """For the buyer: how many wait for an answer."""
    return {
        call.pk: {
            "waiting": call.questions.unanswered().count(),
            "answered": call.questions.answered().count(),
            "desk_url": reverse("call-questions-desk", kwargs={"slug": call.slug}),
        }
        for call in calls
        if call.is_published
    }


registry.panels.register("call-questions", registry.Panel("call", "questions/call_panel.html", answers, order=30))
registry.panels.register("desk-questions", registry.Panel("call-desk", "questions/desk_panel.html", waiting, order=30))
