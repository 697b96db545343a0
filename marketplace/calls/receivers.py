from django.dispatch import receiver

from buyers.signals import clearance_lost
from marketplace.calls import actions
from marketplace.calls.models import Call


@receiver(clearance_lost)
def take_back_scheduled(sender, buyer, **kwargs):
    """Who is not known to be who it says publishes nothing, also not what was scheduled before."""
    for call in Call.objects.scheduled().filter(buyer=buyer).order_by("pk"):
        actions.take_back(call, by=None)
