"""The clauses of a call on its public page and on the buyer's desk; one query each for all calls, two with readings."""

from django.db.models import Prefetch

from marketplace.calls.clauses.models import ChosenClause, Reading
from marketplace.core import registry


def _by_call(rows):
    found = {}
    for row in rows:
        found.setdefault(row.call_id, []).append(row)
    return found


def on_show(calls, request):
    """Those that the call has, with what they showed after the award."""
    rows = ChosenClause.objects.filter(call__in=calls).select_related("clause__jurisdiction")
    readings = Prefetch("readings", Reading.objects.order_by("-period_from", "-recorded_at"))
    languages = {call.pk: call.language for call in calls}
    return {
        pk: {"clauses": clauses, "language": languages[pk]}
        for pk, clauses in _by_call(rows.prefetch_related(readings)).items()
    }


def on_desk(calls, request):
    """How many a call has, and after the award those that are watched; every call of a desk has the panel."""
    found = _by_call(ChosenClause.objects.filter(call__in=calls).select_related("clause__jurisdiction"))
    return {call.pk: {"call": call, "clauses": found.get(call.pk, [])} for call in calls}


registry.panels.register("call-clauses", registry.Panel("call", "clauses/call_panel.html", on_show, order=10))
registry.panels.register("call-desk-clauses", registry.Panel("call-desk", "clauses/desk_panel.html", on_desk, order=10))
