"""What the open data asks of the clock, and what always holds of it."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from marketplace.calls.awards.models import Award
from marketplace.calls.models import Call
from marketplace.calls.releases import recording
from marketplace.calls.releases.models import Release
from marketplace.core import registry

#: In one transaction, and each minute; the rest waits for the next one.
AT_ONCE, A_MINUTE = 200, 2_000


def record_due(at: datetime) -> int:
    """Calls that were published past the actions, and awards whose standstill is over."""
    calls = list(waiting(at).order_by("pk").values_list("pk", flat=True)[:A_MINUTE])
    parts = (calls[first : first + AT_ONCE] for first in range(0, len(calls), AT_ONCE))
    return sum(recording.record(part, at=at) for part in parts)


def waiting(at: datetime):
    mine = Release.objects.filter(call=OuterRef("pk"))
    ended = Award.objects.filter(lot__call=OuterRef("pk"), standstill_until__lt=at.date())
    unsaid = ended.filter(~Exists(mine.filter(released_at__date__gt=OuterRef("standstill_until"))))
    rows = Call.objects.public(at).filter(announced_at__isnull=False, cancelled_at=None)
    return rows.filter(~Exists(mine) | Exists(unsaid)).exclude(notices__source__licence="")


registry.due.register("open-data", registry.Due("releases", record_due, order=22))
registry.invariants.register(
    "release-without-gap",
    registry.Invariant(
        "the releases of a call are numbered without a gap and have one ocid",
        "SELECT call_id FROM releases_release GROUP BY call_id"
        " HAVING count(*) <> max(number) OR count(DISTINCT ocid) <> 1",
    ),
)
registry.invariants.register(
    "release-for-everybody",
    registry.Invariant(
        "no release is of a call that is for members alone",
        "SELECT releases_release.id FROM releases_release JOIN calls_call ON calls_call.id = call_id"
        " WHERE audience <> 'everybody'",
    ),
)
