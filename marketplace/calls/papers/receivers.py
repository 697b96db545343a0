from django.db.models.signals import post_delete
from django.dispatch import receiver

from marketplace.calls.papers.models import CallDocument
from marketplace.core.files import vault


@receiver(post_delete, sender=CallDocument)
def forget_files(instance, **kwargs):
    """Also when the row goes with its call."""
    vault.forget_after_commit(instance.file_names)
