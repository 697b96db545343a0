from django.db.models.signals import post_delete
from django.dispatch import receiver

from marketplace.calls.amendments.actions import keep_pace
from marketplace.calls.amendments.models import PendingAmendment, PendingDocument
from marketplace.calls.papers.models import CallDocument
from marketplace.calls.signals import calls_changed
from marketplace.core.files import vault


@receiver(calls_changed, dispatch_uid="amendments-under-way")
def call_changed(calls, **kwargs):
    """What is written aside never brings back a lot that was cancelled meanwhile."""
    for pending in PendingAmendment.objects.filter(call__in=calls).select_related("call"):
        keep_pace(pending)


@receiver(post_delete, sender=PendingDocument, dispatch_uid="amendments-files")
def forget_files(instance, **kwargs):
    """Of what was taken out or discarded; what has been published is a document of the call by now."""
    if not CallDocument.objects.filter(stored_as=instance.stored_as).exists():
        vault.forget_after_commit(instance.file_names)
