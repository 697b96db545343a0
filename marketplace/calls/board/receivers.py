"""A changed call changes its row in the same transaction: what is withdrawn is found by nobody on the next request."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from marketplace.accounts.models import Organisation
from marketplace.calls.board import rows
from marketplace.calls.models import Call
from marketplace.calls.signals import calls_changed


@receiver(calls_changed, dispatch_uid="board-rows")
def refresh_rows(calls, **kwargs):
    if calls:
        rows.refresh(calls)


@receiver(post_save, sender=Organisation, dispatch_uid="board-rows-of-organisation")
def refresh_rows_of(instance, created, **kwargs):
    """Name and country are the organisation's, which knows nothing of calls."""
    if not created:
        calls = list(Call.objects.filter(buyer__organisation=instance).values_list("pk", flat=True))
        for part in rows.parts(calls):
            rows.refresh(part)
