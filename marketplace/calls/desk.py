"""Which call a page of the buyer's desk is about, for every room that has such pages."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from marketplace.calls.models import Call


def call_on_desk(request, slug, *, writes=True):
    """A call of the organisation one acts for now: to strangers it is missing, and viewers of it may not write.

    Staff and those who act for another buyer have no desk here: the firewall goes by whom one acts for.
    """
    if not request.organisation:
        raise Http404
    rows = Call.objects.select_related("buyer__organisation", "jurisdiction")
    call = get_object_or_404(rows, slug=slug, buyer__organisation=request.organisation)
    if writes and not request.representative.can_edit:
        raise PermissionDenied
    return call
