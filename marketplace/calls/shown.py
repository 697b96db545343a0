"""Which call a page for firms is about, for every room that has such pages."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from marketplace.calls.models import Call


def call_on_show(request, slug):
    """A published call that this person may see and that was not taken back; any other is missing."""
    rows = Call.objects.visible_to(request.user).published().select_related("buyer__organisation", "jurisdiction")
    call = get_object_or_404(rows, slug=slug)
    if call.withdrawn_at:
        raise Http404
    return call
