"""Mails that came back: what they told of was not heard, so it counts as not told, and waits like everything else."""

from datetime import datetime

from django.db import transaction

from marketplace.core.models import OutboxMessage
from marketplace.core.refused import PAUSE
from marketplace.matching.emails import ROOM
from marketplace.matching.models import SavedSearch, Told

AT_ONCE = 200


def take_back(at: datetime) -> int:
    """Each mail of alerts that failed for good is taken back once; returns how many there were."""
    failed = OutboxMessage.objects.failed().filter(failed_at__gt=at - PAUSE, template__startswith=f"{ROOM}alert_")
    fresh = failed.exclude(context__has_key="is_taken_back").order_by("failed_at")
    return sum(_take_back(pk) for pk in list(fresh.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _take_back(pk: int) -> bool:
    message = OutboxMessage.objects.select_for_update().get(pk=pk)
    if "is_taken_back" in message.context:
        return False
    told = message.context["told"]
    since = datetime.fromisoformat(told["since"])
    Told.objects.filter(person=told["person"], at=datetime.fromisoformat(told["at"])).delete()
    SavedSearch.objects.filter(pk__in=told["searches"], seen_until__gt=since).update(seen_until=since)
    OutboxMessage.objects.filter(pk=pk).update(context=message.context | {"is_taken_back": True})
    return True
