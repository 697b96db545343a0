"""Hidden mails that failed for good: whom somebody has to help may be told, once a seal no longer keeps even that.

What they say and what they are about is told to nobody.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from marketplace.core import registry
from marketplace.core.models import OutboxMessage


def messages(at: datetime | None = None) -> Any:
    """Those of which one may know at that moment that they did not arrive."""
    at = at or timezone.now()
    failed = OutboxMessage.objects.failed().filter(hidden_until__gt=at).exclude(seal="")
    kept = list(failed.values_list("seal", flat=True).distinct())
    broken: list[str] = []
    for seal in registry.seals:
        keys = [int(label.partition(":")[2]) for label in kept if label.partition(":")[0] == seal.label]
        broken += [f"{seal.label}:{key}" for key in seal.broken(keys, at)] if keys else []
    return failed.filter(seal__in=broken)
