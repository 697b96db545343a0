"""What responses ask of the clock, whom they concern, and what always holds."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from marketplace.accounts.models import Representative, Role, User
from marketplace.calls import concerned
from marketplace.calls.models import Call
from marketplace.calls.responses import emails
from marketplace.calls.responses.actions import PAUSE, tell_lapsed
from marketplace.calls.responses.models import Interest, Response, Submission
from marketplace.core import registry

AHEAD = timedelta(days=1)
AT_ONCE = 500


def remind_firms(at: datetime) -> int:
    """One reminder per deadline to firms whose submission nobody has confirmed or whose draft was never sent."""
    soon = Call.objects.open(at).filter(response_deadline__lte=at + AHEAD)
    unsent = Response.objects.filter(lot__call__in=soon, lot__cancelled_at=None).filter(
        Q(reminded_for=None) | ~Q(reminded_for=F("lot__call__response_deadline"))
    )
    any_of_it = Submission.objects.filter(response=OuterRef("pk"))
    waiting = Exists(any_of_it.waiting_for_confirmation())
    # A firm that took its response back needs no reminder.
    rows = unsent.filter(waiting | ~Exists(any_of_it)).select_related("lot__call__buyer__organisation")
    rows = rows.select_related("supplier__organisation").annotate(waits=waiting).order_by("pk")[:AT_ONCE]
    return sum(_remind(response) for response in rows)


@transaction.atomic
def _remind(response):
    deadline = response.lot.call.response_deadline
    fresh = Response.objects.filter(pk=response.pk).filter(Q(reminded_for=None) | ~Q(reminded_for=deadline))
    if not fresh.update(reminded_for=deadline):
        return 0
    emails.response_unfinished(response, is_confirmation=response.waits)
    return 1


def tell_all_lapsed(at: datetime) -> int:
    """After the deadline each firm whose submission was never confirmed hears that it did not count."""
    lapsed = Submission.objects.waiting_for_confirmation().filter(
        response__lot__call=OuterRef("pk"), response__lot__cancelled_at=None, lapse_told_at=None
    )
    over = Call.objects.published(at).filter(withdrawn_at=None, cancelled_at=None, response_deadline__lte=at - PAUSE)
    return sum(tell_lapsed(call, at=at) for call in over.filter(Exists(lapsed)).order_by("pk")[:AT_ONCE])


def _who_write_for(rows, call, lot):
    """Those who write for the firms of these rows."""
    rows = rows.filter(lot=lot) if lot is not None else rows.filter(lot__call=call)
    writes = Representative.objects.exclude(role=Role.VIEWER).filter(
        user=OuterRef("pk"), organisation__supplier__in=rows.values("supplier")
    )
    return User.objects.filter(Exists(writes), is_active=True).order_by("pk")


def interested(call, lot):
    return _who_write_for(Interest.objects.all(), call, lot)


def responders(call, lot):
    """Of firms that have begun to respond, whether or not they have handed anything over."""
    return _who_write_for(Response.objects.all(), call, lot)


concerned.concerns.register("interested", concerned.Concern("interested", interested, is_sealed=True))
concerned.concerns.register("responders", concerned.Concern("responders", responders, is_sealed=True))
registry.due.register("responses-unfinished", registry.Due("responses_unfinished", remind_firms, order=46))
registry.due.register("responses-lapsed", registry.Due("responses_lapsed", tell_all_lapsed, order=47))
registry.invariants.register(
    "responses-whole",
    registry.Invariant(
        "every submission has the files that it was handed over with",
        """
        SELECT s.id FROM responses_submission s WHERE s.file_count <> (
            SELECT count(*) FROM responses_submission_files f WHERE f.submission_id = s.id
        )
        """,
    ),
)
registry.invariants.register(
    "responses-opened",
    registry.Invariant(
        "no call is opened before its deadline, or after it was withdrawn or cancelled",
        """
        SELECT id FROM calls_call WHERE opened_at IS NOT NULL AND (
            opened_at < response_deadline OR withdrawn_at < opened_at OR cancelled_at < opened_at)
        """,
    ),
)
