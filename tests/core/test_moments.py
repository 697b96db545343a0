from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.core import moments
from marketplace.core.moments import NoSuchTime, TwoSuchTimes, resolve

wall = datetime.fromisoformat
#: Zones whose clocks change, on different days and by different amounts, and some whose never do.
ZONES = (
    "Europe/London", "Europe/Paris", "Europe/Athens", "Europe/Dublin", "Atlantic/Azores", "America/New_York",
    "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tokyo", "Asia/Kathmandu", "Pacific/Apia",
)  # fmt: skip
SPRING = wall("2026-03-29T02:30")
AUTUMN = wall("2026-10-25T02:30")
walls = st.datetimes(min_value=wall("2015-01-01T00:00"), max_value=wall("2036-12-31T00:00"))


def read_back(at, zone):
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def test_a_plain_wall_time_is_one_moment():
    moment = resolve(wall("2026-12-03T17:00"), "Europe/Paris")

    assert moment.at == datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
    assert (moment.wall, moment.zone) == (wall("2026-12-03T17:00"), "Europe/Paris")


@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Berlin", "Europe/Warsaw"])
def test_half_past_two_in_spring_does_not_exist_and_is_asked_about(zone):
    with pytest.raises(NoSuchTime) as asked:
        resolve(SPRING, zone)

    assert asked.value.earlier == wall("2026-03-29T01:30")
    assert asked.value.later == wall("2026-03-29T03:30")
    for each in (asked.value.earlier, asked.value.later):
        assert read_back(resolve(each, zone).at, zone) == each


def test_london_jumps_an_hour_before_the_mainland():
    assert resolve(SPRING, "Europe/London").at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    with pytest.raises(NoSuchTime):
        resolve(wall("2026-03-29T01:30"), "Europe/London")


def test_half_past_two_in_autumn_comes_twice_and_is_asked_about():
    with pytest.raises(TwoSuchTimes) as asked:
        resolve(AUTUMN, "Europe/Paris")

    assert asked.value.first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert asked.value.second == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert resolve(AUTUMN, "Europe/Paris", is_second=False).at == asked.value.first
    assert resolve(AUTUMN, "Europe/Paris", is_second=True).at == asked.value.second


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        (wall("2026-03-29T01:59:59"), datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)),
        (wall("2026-03-29T03:00"), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (wall("2026-10-25T01:59:59"), datetime(2026, 10, 24, 23, 59, 59, tzinfo=UTC)),
        (wall("2026-10-25T03:00"), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_the_second_before_and_the_one_after_a_change_are_plain(typed, at):
    assert resolve(typed, "Europe/Paris").at == at


def test_the_twenty_ninth_of_february_is_a_day_like_any_other():
    assert resolve(wall("2028-02-29T23:59"), "Europe/London").at == datetime(2028, 2, 29, 23, 59, tzinfo=UTC)
    assert resolve(wall("2028-03-01T00:00"), "Europe/Paris").at == datetime(2028, 2, 29, 23, 0, tzinfo=UTC)


def test_a_day_that_a_country_left_out_does_not_exist():
    """Samoa went from the 29th to the 31st of December 2011."""
    with pytest.raises(NoSuchTime) as asked:
        resolve(wall("2011-12-30T12:00"), "Pacific/Apia")

    assert asked.value.earlier.date() == date(2011, 12, 29)
    assert asked.value.later.date() == date(2011, 12, 31)


@pytest.mark.parametrize(
    "name", ["", "Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe/Paris\0", "CET CET"]
)
def test_a_name_that_is_no_zone_is_refused(name):
    with pytest.raises(ValueError, match="is no time zone"):
        moments.find_zone(name)


def test_zones_to_choose_are_places_in_the_order_of_the_alphabet():
    names = moments.zones()

    assert {"Europe/London", "Europe/Paris", "America/New_York"} <= set(names)
    assert list(names) == sorted(names)
    assert not [name for name in names if name.startswith("Etc/") or "/" not in name]


@settings(max_examples=400, deadline=None)
@given(typed=walls, zone=st.sampled_from(ZONES))
@example(typed=SPRING, zone="Europe/Paris")
@example(typed=AUTUMN, zone="Europe/Paris")
@example(typed=wall("2026-10-04T02:15"), zone="Australia/Lord_Howe")
@example(typed=wall("2026-04-05T01:45"), zone="Australia/Lord_Howe")
@example(typed=wall("2028-02-29T12:00"), zone="Pacific/Apia")
def test_what_is_resolved_reads_back_as_it_was_typed_and_nothing_is_ever_shifted(typed, zone):
    """With a fixed offset, or by taking the first reading, the examples above would read back wrong."""
    moment = asked = None
    try:
        moment = resolve(typed, zone)
    except (NoSuchTime, TwoSuchTimes) as question:
        asked = question

    if moment:
        assert read_back(moment.at, zone) == typed
    elif isinstance(asked, NoSuchTime):
        assert asked.earlier < typed < asked.later
        assert not [at for at in around(typed) if read_back(at, zone) == typed]
    else:
        assert asked.first < asked.second
        assert [read_back(at, zone) for at in (asked.first, asked.second)] == [typed, typed]


def around(typed):
    """Every quarter of an hour, and the wall's own seconds, within a day on each side, in UTC."""
    middle = typed.replace(tzinfo=UTC)
    return [middle + timedelta(minutes=15 * step) for step in range(-100, 101)]


@settings(max_examples=200, deadline=None)
@given(day=st.dates(min_value=date(2015, 1, 1), max_value=date(2036, 12, 31)), zone=st.sampled_from(ZONES))
def test_moments_of_one_day_come_in_the_order_of_the_clock_unless_it_is_set_back(day, zone):
    plain = []
    for hour in range(24):
        try:
            plain.append(resolve(datetime.combine(day, time(hour)), zone).at)
        except (NoSuchTime, TwoSuchTimes):
            continue
    assert plain == sorted(plain)
