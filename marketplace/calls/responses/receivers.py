"""Files follow their row."""

from django.db.models.signals import post_delete
from django.dispatch import receiver

from marketplace.calls.responses.models import ResponseFile
from marketplace.core.files import vault


@receiver(post_delete, sender=ResponseFile)
def forget_files(sender, instance, **kwargs):
    vault.forget_after_commit(instance.file_names)
