"""What calls ask of the clock."""

from datetime import datetime

from marketplace.calls import actions
from marketplace.calls.models import Call
from marketplace.core import registry

#: Each minute: many calls that come on show at one moment are announced over some of them.
AT_ONCE = 200


def announce_calls(at: datetime) -> int:
    """Those that have come on show are announced, each by itself and once."""
    due = Call.objects.to_be_announced(at).select_related("buyer__organisation").order_by("publish_at", "pk")
    return sum(actions.announce(call, at=at) for call in due[:AT_ONCE])


registry.due.register("announce-calls", registry.Due("calls_announced", announce_calls, order=20))
