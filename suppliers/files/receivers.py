"""Files follow their row, also when it goes with its supplier."""

from django.db.models.signals import post_delete
from django.dispatch import receiver

from marketplace.core.files import vault
from suppliers.files.models import Document, Picture


@receiver(post_delete, sender=Document)
@receiver(post_delete, sender=Picture)
def forget_files(sender, instance, **kwargs):
    vault.forget_after_commit(instance.file_names)
