"""Which change a page of this room is about."""

from django.http import Http404

from marketplace.calls.amendments.models import PendingAmendment
from marketplace.calls.desk import call_on_desk


def call_to_amend(request, slug):
    """The call, if it has been published; a draft has nothing to amend."""
    call = call_on_desk(request, slug)
    if not call.is_published:
        raise Http404
    return call


def pending_on_desk(request, slug):
    """The change that is under way, of which nobody but its buyer knows."""
    call = call_to_amend(request, slug)
    pending = PendingAmendment.objects.filter(call=call).select_related("begun_by").first()
    if pending is None:
        raise Http404
    pending.call = call
    return pending
