from datetime import UTC, datetime

import pytest

from marketplace.matching.rhythms import next_moment


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("alert", "zone", "after", "expected"),
    [
        ("daily", "Europe/Paris", "2026-11-22T05:59:59", "2026-11-22T06:00:00"),
        ("daily", "Europe/Paris", "2026-11-22T06:00:00", "2026-11-23T06:00:00"),
        ("instant", "Europe/London", "2026-11-22T06:59:59", "2026-11-22T07:00:00"),
        ("weekly", "Europe/London", "2026-11-22T12:00:00", "2026-11-23T07:00:00"),
        ("weekly", "Europe/London", "2026-11-23T06:59:59", "2026-11-23T07:00:00"),
        ("weekly", "Europe/London", "2026-11-23T07:00:00", "2026-11-30T07:00:00"),
        # Where it is Monday already.
        ("weekly", "Pacific/Auckland", "2026-11-22T17:00:00", "2026-11-22T18:00:00"),
        # The night in which the clocks go back, and that in which they go forward.
        ("daily", "Europe/Paris", "2026-10-24T12:00:00", "2026-10-25T06:00:00"),
        ("daily", "Europe/Paris", "2026-03-28T12:00:00", "2026-03-29T05:00:00"),
        ("weekly", "Europe/Paris", "2026-03-23T07:00:00", "2026-03-30T05:00:00"),
        ("daily", "No/Such_Place", "2026-11-22T12:00:00", "2026-11-23T07:00:00"),
    ],
)
def test_the_next_morning_is_that_of_the_person(alert, zone, after, expected):
    assert next_moment(alert, zone, moment(after)) == moment(expected)


def test_without_mails_there_is_no_next_moment():
    assert next_moment("none", "Europe/Paris", moment("2026-11-22T12:00:00")) is None
