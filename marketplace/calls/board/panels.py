"""What saved calls add to a call's page and to the workspace."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.calls.board.cards import cards
from marketplace.calls.board.models import SavedCall
from marketplace.calls.board.permissions import reader_of
from marketplace.core import registry

#: In the workspace; the page of saved calls has all.
CLOSING_SHOWN = 5


def save_buttons(calls, request):
    """For each call whether the reader saved it; whoever is not signed in is led to do so."""
    shown = [call for call in calls if call.is_published and not call.withdrawn_at]
    saved = set()
    if request.user.is_authenticated:
        saved = set(SavedCall.objects.of(request.user).filter(call__in=shown).values_list("call", flat=True))
    return {call.pk: button_context(call, is_saved=call.pk in saved) for call in shown}


def button_context(call, *, is_saved, refusal="", is_fresh=False):
    """`is_fresh` says that the person has just pressed it, `refusal` why in vain."""
    return {
        "call": call,
        "is_saved": is_saved,
        "refusal": refusal,
        "is_fresh": is_fresh,
        "save_url": reverse("call-save", kwargs={"slug": call.slug}),
        "calendar_url": reverse("call-calendar", kwargs={"slug": call.slug}),
    }


def closing_soon(organisations, request):
    """For organisations that sell: the person's own saved calls that are still open, the next deadline first."""
    selling = [organisation for organisation in organisations if getattr(organisation, "supplier", None)]
    if not selling:
        return {}
    saved = SavedCall.objects.of(request.user).closing_soonest(timezone.now())
    found = cards(list(saved.values_list("call", flat=True)[:CLOSING_SHOWN]), reader_of(request.user))
    return {organisation.pk: {"cards": found} for organisation in selling}


registry.panels.register("call-save", registry.Panel("call-aside", "calls/save_panel.html", save_buttons, order=5))
registry.panels.register(
    "calls-closing", registry.Panel("workspace", "calls/workspace_panel.html", closing_soon, order=15)
)
registry.workspace.register("saved-calls", registry.Link(_("Saved calls"), "saved-call-list", 35, "bookmark-check"))
