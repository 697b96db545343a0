"""What questions ask of the clock, whom they concern, and what always holds."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from marketplace.accounts.models import Representative, User
from marketplace.calls import concerned
from marketplace.calls.models import Call
from marketplace.calls.questions import emails
from marketplace.calls.questions.models import Question
from marketplace.core import registry

#: Before the deadline of the responses, so that an answer can still be of use.
AHEAD = timedelta(days=2)


def remind_to_answer(at: datetime) -> int:
    """One reminder per call and deadline to its buyer, if questions wait; returns how many calls it was about."""
    calls = Call.objects.open(at).filter(response_deadline__lte=at + AHEAD)
    return sum(_remind(call) for call in calls.filter(Exists(_waiting(OuterRef("pk")))))


def _waiting(call):
    """Those of which the buyer has not been reminded for this deadline."""
    return Question.objects.unanswered().filter(
        Q(reminded_for=None) | ~Q(reminded_for=F("call__response_deadline")), call=call
    )


@transaction.atomic
def _remind(call):
    if not _waiting(call.pk).update(reminded_for=call.response_deadline):
        return 0
    emails.questions_wait(call, number=call.questions.unanswered().count())
    return 1


def askers(call, lot):
    """Those who asked, as long as they act for whom they asked."""
    asked = Question.objects.filter(call=call, asked_by=OuterRef("pk"))
    if lot is not None:
        asked = asked.filter(Q(lot=None) | Q(lot=lot))
    acts = Representative.objects.filter(organisation=OuterRef("asked_for"), user=OuterRef("asked_by"))
    return User.objects.filter(Exists(asked.filter(Exists(acts))), is_active=True)


# A secret: a list of mails that named them would say who asked.
concerned.concerns.register("askers", concerned.Concern("askers", askers, is_sealed=True))
registry.due.register("questions-waiting", registry.Due("questions_waiting", remind_to_answer, order=45))
registry.invariants.register(
    "questions-in-time",
    registry.Invariant(
        "no question was asked at or after its deadline",
        """
        SELECT q.id FROM questions_question q JOIN calls_call c ON c.id = q.call_id
        WHERE q.asked_at >= coalesce(c.question_deadline, c.response_deadline)
        """,
    ),
)
