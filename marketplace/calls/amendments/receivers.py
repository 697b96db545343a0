from django.dispatch import receiver

from marketplace.calls.amendments.actions import keep_pace
from marketplace.calls.amendments.models import PendingAmendment
from marketplace.calls.signals import calls_changed


@receiver(calls_changed, dispatch_uid="amendments-under-way")
def call_changed(calls, **kwargs):
    """What is written aside never brings back a lot that was cancelled meanwhile."""
    for pending in PendingAmendment.objects.filter(call__in=calls).select_related("call"):
        keep_pace(pending)
