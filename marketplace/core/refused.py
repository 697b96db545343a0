"""Addresses that receiving servers refuse: whoever writes to them of their own accord waits for a while."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from marketplace.core.models import OutboxMessage

#: So long after a refusal nothing but what people ask for is sent there; then it is tried again.
PAUSE = timedelta(days=7)
FOR_GOOD = r"^5\d\d "


def addresses(asked: Iterable[str], at: datetime | None = None) -> dict[str, datetime]:
    """Those of the addresses where the last mail that had an end was refused for good, each with when that was.

    What nobody may know of, such as a hidden mail, counts for nothing here.
    """
    at = at or timezone.now()
    failed = OutboxMessage.objects.failed().filter(
        to__in=set(asked), hidden_until=None, failed_at__gt=at - PAUSE, failed_at__lte=at, last_error__regex=FOR_GOOD
    )
    found = dict(failed.values("to").annotate(last=Max("failed_at")).values_list("to", "last"))
    if not found:
        return {}
    sent = OutboxMessage.objects.filter(to__in=found, sent_at__gt=min(found.values()))
    arrived = dict(sent.values("to").annotate(last=Max("sent_at")).values_list("to", "last"))
    return {address: last for address, last in found.items() if last > arrived.get(address, last - PAUSE)}
