"""What was changed since publication, on the public page and on the buyer's desk."""

from marketplace.calls.amendments import reading
from marketplace.calls.amendments.models import Amendment, PendingAmendment
from marketplace.core import registry


def history(calls, request):
    """Every amendment of the calls, the latest first, as groups of changes; two queries for all calls."""
    rows = list(Amendment.objects.filter(call__in=calls).select_related("call").order_by("-number"))
    said = reading.of_amendments(rows)
    found = {}
    for row in rows:
        entry = {"amendment": row, "groups": reading.groups(said[row.pk])}
        found.setdefault(row.call_id, {"call": row.call, "history": []})["history"].append(entry)
    return found


def on_desk(calls, request):
    """Whether a change is under way, for each call that is on show."""
    pending = {row.call_id: row for row in PendingAmendment.objects.filter(call__in=calls).select_related("begun_by")}
    return {call.pk: {"call": call, "pending": pending.get(call.pk)} for call in calls if call.is_published}


registry.panels.register("call-amendments", registry.Panel("call", "amendments/call_panel.html", history, order=40))
registry.panels.register(
    "call-desk-amendments", registry.Panel("call-desk", "amendments/desk_panel.html", on_desk, order=40)
)
