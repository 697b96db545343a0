"""What saved searches ask of the clock, and what they promise always holds."""

from datetime import datetime, timedelta

from django.db import transaction

from marketplace.core import registry
from marketplace.matching import instant, returned
from marketplace.matching.alerts import send_alerts
from marketplace.matching.models import NewCall, Told

#: A call that has been over for so long is told to nobody any more, so that it needs no mark.
KEPT = timedelta(days=30)
FORGOTTEN_AT_ONCE = 20
LATE = timedelta(hours=1)


def forget(at: datetime) -> int:
    """Marks of calls that are long over, of a bounded number of calls a minute."""
    over = at - KEPT
    old = NewCall.objects.filter(shown_at__lt=over, call__response_deadline__lt=over)
    calls = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    with transaction.atomic():
        forgotten, _by_model = Told.objects.filter(call__in=calls).delete()
        NewCall.objects.filter(pk__in=calls).delete()
    return forgotten


registry.due.register("alerts-at-once", registry.Due("alerts_at_once", instant.go_on, order=55))
# Before the searches, so that what came back is seen by them.
registry.due.register("alerts-returned", registry.Due("alerts_returned", returned.take_back, order=56))
registry.due.register("saved-searches", registry.Due("saved-searches", send_alerts, order=60))
registry.due.register("alerts-forget", registry.Due("alerts_forget", forget, order=62))
registry.invariants.register(
    "alerts-on-time",
    registry.Invariant(
        "no saved search of somebody who can be written to waits for over an hour after its moment",
        """
        SELECT search.id FROM matching_savedsearch AS search
        JOIN accounts_user AS owner ON owner.id = search.owner_id AND owner.is_active
        JOIN accounts_representative AS acts
            ON acts.user_id = search.owner_id AND acts.organisation_id = search.organisation_id
        JOIN account_emailaddress AS address
            ON address.user_id = owner.id AND address.email = owner.email AND address.verified
        WHERE search.next_at < %(limit)s
        """,
        lambda at: {"limit": at - LATE},
    ),
)
registry.invariants.register(
    "alerts-at-once",
    registry.Invariant(
        "whoever wants to hear of a new call at once has been told within an hour after it was matched",
        "SELECT call_id FROM matching_newcall WHERE finished_at IS NULL AND matched_at < %(limit)s",
        lambda at: {"limit": at - LATE},
    ),
)
registry.invariants.register(
    "alerts-once",
    registry.Invariant(
        "nobody is told of a call twice",
        "SELECT min(id) FROM matching_told GROUP BY person_id, call_id HAVING count(*) > 1",
    ),
)
