"""The documents on the page of a call."""

from marketplace.calls.papers.models import CallDocument
from marketplace.core import registry


def documents(calls, request):
    """Those that are current, whole call first, then lot by lot; one query for all calls."""
    rows = CallDocument.objects.current().filter(call__in=calls).select_related("call", "lot")
    found = {}
    for row in sorted(rows, key=lambda row: (row.lot.number if row.lot else 0, row.title, row.pk)):
        found.setdefault(row.call_id, {"documents": []})["documents"].append(row)
    return found


registry.panels.register("call-documents", registry.Panel("call", "papers/call_documents.html", documents, order=20))
