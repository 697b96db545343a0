from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from marketplace.calls import actions
from marketplace.calls.facts import facts_of
from marketplace.calls.models import Call
from marketplace.calls.writing.times import WhenForm
from marketplace.core.moments import find_zone
from tests.calls.writing.conftest import sent
from tests.factories.accounts import UserFactory
from tests.factories.calls import CallFactory, minute

pytestmark = pytest.mark.django_db
#: A zone, a wall time that is not or is twice, and both readings in UTC.
SKIPPED = [
    ("Europe/London", "2027-03-28 01:30", ("00:30", "01:30")),
    ("Europe/Paris", "2027-03-28 02:30", ("00:30", "01:30")),
    ("Europe/Athens", "2027-03-28 03:00", ("00:00", "01:00")),
    ("Atlantic/Azores", "2027-03-28 00:15", ("00:15", "01:15")),
]
TWICE = [
    ("Europe/London", "2027-10-31 01:30", ("00:30", "01:30")),
    ("Europe/Paris", "2027-10-31 02:30", ("00:30", "01:30")),
    ("Europe/Athens", "2027-10-31 03:00", ("00:00", "01:00")),
    ("Atlantic/Azores", "2027-10-31 00:15", ("00:15", "01:15")),
]


def when(call, wall, *, zone="Europe/Paris", name="response", **more):
    day, clock = wall.split()
    fields = {"zone": zone, f"{name}_on": day, f"{name}_time": clock} | more
    return WhenForm(sent(**fields), facts=facts_of(call), call=call)


@pytest.fixture
def call():
    return CallFactory(response_deadline=None, zone="")


def test_a_day_and_a_time_become_one_instant_of_the_zone(call):
    form = when(call, "2027-07-01 12:00")

    assert form.is_valid(), form.errors
    actions.change_draft(call, form.facts_after(), by=None)
    call = Call.objects.get()
    assert (call.zone, str(call.response_due_on), str(call.response_due_time)) == (
        "Europe/Paris",
        "2027-07-01",
        "12:00:00",
    )
    assert call.response_deadline.isoformat() == "2027-07-01T10:00:00+00:00"
    assert facts_of(call) == form.facts_after()


@pytest.mark.parametrize(("zone", "wall", "utc"), [*SKIPPED, *TWICE])
def test_a_time_that_the_clocks_skip_or_pass_twice_is_asked_about_and_never_shifted(call, zone, wall, utc):
    form = when(call, wall, zone=zone)

    assert not form.is_valid()
    assert list(form.errors) == ["response_reading"]
    choices = form.fields["response_reading"].choices
    assert [value[11:16] for value, _words in choices] == list(utc)
    assert all(f"which is {time} UTC" in words for (_value, words), time in zip(choices, utc, strict=True))
    html = str(form["response_reading"])
    assert html.count('type="radio"') == 2
    assert "checked" not in html


@pytest.mark.parametrize(("zone", "wall", "utc"), [*SKIPPED, *TWICE])
@pytest.mark.parametrize("place", [0, 1])
def test_the_reading_that_was_chosen_is_stored_as_a_time_that_exists(call, zone, wall, utc, place):
    reading = [value for value, _words in _choices(when(call, wall, zone=zone))][place]

    form = when(call, wall, zone=zone, response_reading=reading)

    assert form.is_valid(), form.errors
    actions.change_draft(call, form.facts_after(), by=None)
    call = Call.objects.get()
    assert call.response_deadline == datetime.fromisoformat(reading)
    local = call.response_deadline.astimezone(find_zone(zone)).replace(tzinfo=None, fold=0)
    assert datetime.combine(call.response_due_on, call.response_due_time) == local
    assert facts_of(call) == form.facts_after()


def _choices(form):
    assert not form.is_valid()
    return form.fields["response_reading"].choices


def test_a_stored_time_that_comes_twice_is_not_asked_about_again(call):
    second = _choices(when(call, "2027-10-31 02:30"))[1][0]
    form = when(call, "2027-10-31 02:30", response_reading=second)
    assert form.is_valid()
    actions.change_draft(call, form.facts_after(), by=None)
    call = Call.objects.get()

    shown = WhenForm(facts=facts_of(call), call=call)

    assert shown["response_reading"].value() == second
    again = when(call, "2027-10-31 02:30", response_reading=second)
    assert again.is_valid()
    assert again.facts_after() == facts_of(call)


@pytest.mark.parametrize("forged", ["", "first", "2027-10-31T05:30:00+00:00", "2027-03-28T00:30:00+00:00", "x" * 5000])
def test_a_reading_that_was_not_offered_is_asked_about(call, forged):
    form = when(call, "2027-10-31 02:30", response_reading=forged)

    assert not form.is_valid()
    assert "comes twice" in str(form.errors["response_reading"])


def test_a_reading_left_over_from_another_time_means_nothing(call):
    form = when(call, "2027-07-01 12:00", response_reading="2027-10-31T01:30:00+00:00")

    assert form.is_valid()
    assert form.facts_after()["response_deadline"] == "2027-07-01T10:00:00+00:00"


def test_questions_have_their_own_reading(call):
    form = when(call, "2027-10-31 02:30", name="question", response_on="2027-11-20", response_time="12:00")

    assert not form.is_valid()
    assert list(form.errors) == ["question_reading"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"response_on": "2027-07-01"}, "response_time"),
        ({"response_time": "12:00"}, "response_on"),
        ({"response_on": "2020-07-01", "response_time": "12:00"}, "response_on"),
        ({"response_on": "9999-12-31", "response_time": "23:59"}, "response_on"),
        ({"response_on": "0001-01-01", "response_time": "00:00"}, "response_on"),
        ({"response_on": "2027-02-30", "response_time": "12:00"}, "response_on"),
        ({"response_on": "2027-07-01", "response_time": "25:00"}, "response_time"),
        ({"question_on": "2027-07-01", "question_time": "12:00"}, "response_on"),
        ({"starts_on": "2027-07-01", "ends_on": "2027-06-30"}, "ends_on"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": "UTC"}, "zone"),
        (
            {
                "question_on": "2027-07-02",
                "question_time": "12:00",
                "response_on": "2027-07-01",
                "response_time": "12:00",
            },
            "question_on",
        ),
    ],
)
def test_what_cannot_be_a_deadline_is_refused_where_it_stands(call, fields, wrong):
    form = WhenForm(sent(**{"zone": "Europe/Paris"} | fields), facts=facts_of(call), call=call)

    assert not form.is_valid()
    assert wrong in form.errors


def test_questions_may_end_with_the_responses(call):
    form = when(call, "2027-07-01 12:00", question_on="2027-07-01", question_time="12:00")

    assert form.is_valid(), form.errors


def test_a_deadline_that_has_passed_may_stand_where_it_stood():
    call = CallFactory(question_deadline=minute(days=-1))
    shown = WhenForm(facts=facts_of(call), call=call)
    fields = {name: shown.get_initial_for_field(field, name) for name, field in shown.fields.items()}
    form = WhenForm(sent(**{name: value for name, value in fields.items() if value}), facts=facts_of(call), call=call)

    assert call.question_deadline < timezone.now() - timedelta(hours=1)
    assert form.is_valid(), form.errors


def test_the_zone_of_whoever_writes_is_proposed(call):
    form = WhenForm(facts=facts_of(call), call=call, person=UserFactory(time_zone="Europe/Lisbon"))

    assert form["zone"].value() == "Europe/Lisbon"
