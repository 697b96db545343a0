"""What changes is matched again after the commit; what is over is in no list any more on the next request."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from marketplace.accounts.models import Organisation
from marketplace.calls.models import Call
from marketplace.calls.signals import calls_changed
from marketplace.matching.matches import keeping, waiting
from suppliers.signals import suppliers_changed


@receiver(calls_changed, dispatch_uid="matches-of-calls")
def match_calls(calls, **kwargs):
    """Also heard when one comes on show: whoever announces it says first that it has changed."""
    if calls:
        keeping.drop_ended(calls)
        waiting.ask(calls=calls)


@receiver(suppliers_changed, dispatch_uid="matches-of-suppliers")
def match_suppliers(suppliers, **kwargs):
    if suppliers:
        waiting.ask(suppliers=suppliers)
        keeping.drop_unlisted(suppliers)


@receiver(post_save, sender=Organisation, dispatch_uid="matches-of-organisation")
def match_calls_of(instance, created, **kwargs):
    """A lot that says nothing of regions is where its buyer is, and that is the organisation's to say."""
    if not created:
        waiting.ask(calls=list(Call.objects.open().filter(buyer__organisation=instance).values_list("pk", flat=True)))
