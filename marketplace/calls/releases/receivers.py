from django.db.models.signals import post_save
from django.dispatch import receiver

from marketplace.calls.amendments.models import Amendment
from marketplace.calls.releases.recording import record
from marketplace.calls.signals import calls_changed


@receiver(calls_changed, dispatch_uid="releases-of-calls")
def calls_have_changed(calls, **kwargs):
    record(calls)


@receiver(post_save, sender=Amendment, dispatch_uid="releases-of-amendments")
def call_was_amended(instance, created, **kwargs):
    """The record of an amendment is written last: until then the call says half of it."""
    if created:
        record([instance.call_id])
