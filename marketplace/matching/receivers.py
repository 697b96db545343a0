"""What saved searches hear of: calls that come on show and were matched, firms that are listed, people who move."""

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.calls.signals import call_announced
from marketplace.matching import instant, standing
from marketplace.matching.matches.signals import call_matched
from marketplace.matching.models import NewCall, SavedSearch
from marketplace.matching.rhythms import next_moment
from suppliers.signals import suppliers_changed


@receiver(call_announced, dispatch_uid="searches-new-call")
def note_call(call, **kwargs):
    NewCall.objects.get_or_create(call=call, defaults={"shown_at": call.announced_at or timezone.now()})


@receiver(call_matched, dispatch_uid="searches-call-matched")
def begin_to_tell(call, **kwargs):
    instant.begin(call, timezone.now())


@receiver(suppliers_changed, dispatch_uid="searches-of-new-suppliers")
def start_standing_searches(suppliers, **kwargs):
    if suppliers:
        standing.start(suppliers)


@receiver(post_save, sender=User, dispatch_uid="searches-follow-the-zone")
def follow_zone(instance, created, update_fields, **kwargs):
    """In another zone the morning is at another moment."""
    if created or (update_fields is not None and "time_zone" not in update_fields):
        return
    now = timezone.now()
    for search in SavedSearch.objects.with_mails().filter(owner=instance, next_at__gt=now):
        moment = next_moment(search.alert, instance.time_zone, now)
        if moment != search.next_at:
            SavedSearch.objects.filter(pk=search.pk, alert=search.alert).update(next_at=moment)
