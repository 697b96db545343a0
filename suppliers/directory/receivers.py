"""A changed profile changes its row in the same transaction: what is hidden is found by nobody on the next request."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from marketplace.accounts.models import Organisation
from suppliers.directory import rows
from suppliers.models import Supplier
from suppliers.signals import suppliers_changed


@receiver(suppliers_changed, dispatch_uid="directory-rows")
def refresh_rows(suppliers, **kwargs):
    if suppliers:
        rows.refresh(suppliers)


@receiver(post_save, sender=Organisation, dispatch_uid="directory-rows-of-organisation")
def refresh_row_of(instance, created, **kwargs):
    """Name and country are the organisation's, which knows nothing of suppliers."""
    if not created:
        refresh_rows(list(Supplier.objects.filter(organisation=instance).values_list("pk", flat=True)))
