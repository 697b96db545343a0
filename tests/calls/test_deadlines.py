"""The deadline matrix: what had arrived before the deadline is taken, what had not is not, whatever the clocks do."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.calls.models import Call
from marketplace.calls.questions.actions import ask_question
from marketplace.calls.responses import actions
from marketplace.calls.responses.models import Submission
from marketplace.core.errors import RuleBroken
from marketplace.core.moments import resolve
from tests.factories.accounts import RepresentativeFactory
from tests.factories.calls import CallFactory
from tests.factories.responses import ResponseFactory, SubmissionFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db

ZONES = ("Europe/London", "Europe/Paris", "Europe/Istanbul", "America/New_York")
wall = datetime.fromisoformat
#: Wall times, and of two equal ones which; the nights are those on which the clocks of any of the zones change.
WALLS = [
    (wall("2027-06-15 12:00"), None),
    (wall("2027-12-31 23:59:59"), None),
    (wall("2028-01-01 00:00"), None),
    # The leap day, its last second, and what follows it.
    (wall("2028-02-29 12:00"), None),
    (wall("2028-02-29 23:59:59"), None),
    (wall("2028-03-01 00:00"), None),
    # Around the jump forward: the last hour before, the first after.
    (wall("2027-03-28 00:59:59"), None),
    (wall("2027-03-28 03:00"), None),
    (wall("2027-03-14 03:00"), None),
    # The jump back: each of the two equal times.
    (wall("2027-10-31 01:30"), False),
    (wall("2027-10-31 01:30"), True),
    (wall("2027-10-31 02:30"), False),
    (wall("2027-10-31 02:30"), True),
    (wall("2027-11-07 01:30"), False),
    (wall("2027-11-07 01:30"), True),
]  # fmt: skip
OFFSETS = {
    "an hour before": timedelta(hours=-1),
    "a second before": timedelta(seconds=-1),
    "a millisecond before": timedelta(milliseconds=-1),
    "a microsecond before": timedelta(microseconds=-1),
    "at it": timedelta(0),
    "a microsecond after": timedelta(microseconds=1),
    "a millisecond after": timedelta(milliseconds=1),
    "an hour after": timedelta(hours=1),
}
CASES = [
    pytest.param(zone, day, is_second, offset, id=f"{zone} {day:%Y-%m-%d %H:%M} {is_second or ''} {name}")
    for (zone, (day, is_second), (name, offset)) in product(ZONES, WALLS, OFFSETS.items())
]
#: Every wall time in one zone, a millisecond on each side, through the whole of the product.
SAMPLE = [
    pytest.param(day, is_second, offset, id=f"{day:%Y-%m-%d %H:%M} {is_second or ''} {name}")
    for ((day, is_second), (name, offset)) in product(WALLS, OFFSETS.items())
    if "millisecond" in name
]


def call_due(day, zone, is_second, **more):
    """Open since a month before; the database itself checks that wall time, zone and instant are one."""
    moment = resolve(day, zone, is_second=is_second)
    call = CallFactory(publish_at=moment.at - timedelta(days=30), zone=zone, response_deadline=moment.at, **more)
    assert (call.response_due_on, call.response_due_time) == (day.date(), day.time())
    return call


def submit(response, at):
    return actions.submit_response(response, expected=(response.message, response.price), received_at=at, by=None)


def test_there_are_at_least_four_hundred_cases():
    assert len(CASES) >= 400
    assert len(SAMPLE) >= 24


@pytest.mark.parametrize(("zone", "day", "is_second", "offset"), CASES)
def test_a_response_counts_only_if_it_had_arrived_before_the_deadline(zone, day, is_second, offset):
    call = call_due(day, zone, is_second)
    response = ResponseFactory(lot=call.lots.get())
    arrived = call.response_deadline + offset

    if offset < timedelta(0):
        assert submit(response, arrived).received_at == arrived
    else:
        with pytest.raises(RuleBroken, match="Too late"):
            submit(response, arrived)
        assert not Submission.objects.exists()


@pytest.mark.parametrize(("day", "is_second", "offset"), SAMPLE)
def test_the_same_holds_over_http(day, is_second, offset, as_user, omar, monkeypatch):
    call = call_due(day, "Europe/Paris", is_second)
    SupplierFactory(organisation=omar.organisation)
    arrived = call.response_deadline + offset
    monkeypatch.setattr("django.utils.timezone.now", lambda: arrived)
    answer = as_user(omar).post(f"/calls/{call.slug}/lots/1/response/", {"message": "We clean.", "do": "submit"})

    assert answer.status_code == (302 if offset < timedelta(0) else 422)
    assert [row.received_at for row in Submission.objects.all()] == ([arrived] if offset < timedelta(0) else [])


@pytest.mark.parametrize("what", ["withdraw", "confirm", "replace"])
@pytest.mark.parametrize("offset", [timedelta(milliseconds=-1), timedelta(0), timedelta(milliseconds=1)])
def test_taking_back_confirming_and_replacing_end_at_the_same_moment(what, offset):
    call = call_due(wall("2027-10-31 01:30"), "Europe/London", True)
    response = ResponseFactory(lot=call.lots.get())
    submit(response, call.response_deadline - timedelta(hours=1))
    Call.objects.filter(pk=call.pk).update(amendment_number=1, material_number=1)
    if what == "replace":
        response.message = "Cheaper."
        response.save()
    act = {
        "withdraw": lambda at: actions.withdraw_submission(response, received_at=at),
        "confirm": lambda at: actions.confirm_submission(response, received_at=at),
        "replace": lambda at: submit(response, at),
    }[what]

    if offset < timedelta(0):
        act(call.response_deadline + offset)
    else:
        with pytest.raises(RuleBroken, match="Too late"):
            act(call.response_deadline + offset)
        assert Submission.objects.get().is_standing
        assert Submission.objects.get().confirmed_for == 0


@pytest.mark.parametrize("day_and_second", WALLS[9:13])
@pytest.mark.parametrize("offset", [timedelta(milliseconds=-1), timedelta(0), timedelta(milliseconds=1)])
def test_questions_end_with_their_own_deadline(day_and_second, offset, omar):
    day, is_second = day_and_second
    at = resolve(day, "Europe/Paris", is_second=is_second).at
    call = CallFactory(
        publish_at=at - timedelta(days=30),
        zone="Europe/Paris",
        question_deadline=at,
        response_deadline=at + timedelta(days=10),
    )
    RepresentativeFactory(organisation=call.buyer.organisation)

    if offset < timedelta(0):
        assert ask_question(call, omar.organisation, text="When?", language="en", by=omar, at=at + offset).pk
    else:
        with pytest.raises(RuleBroken, match="time for questions ended"):
            ask_question(call, omar.organisation, text="When?", language="en", by=omar, at=at + offset)


# --- With the guards off --------------------------------------------------------------------------------------------


def late(call):
    return SubmissionFactory(
        response=ResponseFactory(lot=call.lots.get()), received_at=call.response_deadline + timedelta(milliseconds=1)
    )


def test_the_database_refuses_a_late_one_by_itself():
    call = call_due(wall("2027-06-15 12:00"), "Europe/Paris", None)

    with pytest.raises(IntegrityError, match="submission comes before the deadline"), transaction.atomic():
        late(call)


def test_without_its_trigger_it_would_take_it():
    call = call_due(wall("2027-06-15 12:00"), "Europe/Paris", None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE responses_submission DISABLE TRIGGER submission_holds")
    late(call)

    assert Submission.objects.get().received_at > call.response_deadline


def test_without_the_rule_of_the_action_the_trigger_still_stands(monkeypatch):
    call = call_due(wall("2027-06-15 12:00"), "Europe/Paris", None)
    response = ResponseFactory(lot=call.lots.get())
    monkeypatch.setattr(actions, "_require_open", lambda *given: None)

    with pytest.raises(IntegrityError, match="submission comes before the deadline"), transaction.atomic():
        submit(response, call.response_deadline)
