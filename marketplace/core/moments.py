"""Moments that the law knows by their wall time: a day, a time of day and an IANA zone, and the one instant they mean.

Twice a year a wall time does not exist, or exists twice. Then nothing is guessed: whoever typed it is asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


class NoSuchTime(ValueError):
    """The clocks jump over this wall time; `earlier` and `later` are the same time read by the clock before and after
    the jump, as wall times that exist."""

    def __init__(self, earlier: datetime, later: datetime) -> None:
        super().__init__(f"{earlier} or {later}")
        self.earlier, self.later = earlier, later


class TwoSuchTimes(ValueError):
    """The clocks pass this wall time twice; `first` and `second` are the two instants, in UTC."""

    def __init__(self, first: datetime, second: datetime) -> None:
        super().__init__(f"{first} or {second}")
        self.first, self.second = first, second


@dataclass(frozen=True, slots=True)
class Moment:
    """`wall` is naive; `at` is the same instant in UTC."""

    wall: datetime
    zone: str
    at: datetime


def resolve(wall: datetime, zone: str, *, is_second: bool | None = None) -> Moment:
    """The instant of a wall time; of two, the one that `is_second` says.

    Raises NoSuchTime, TwoSuchTimes, or ValueError for a name that is no zone.
    """
    place = find_zone(zone)
    first, second = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return Moment(wall, zone, first)
    if first > second:  # the two readings cross where the clocks jump forward
        raise NoSuchTime(*(at.astimezone(place).replace(tzinfo=None, fold=0) for at in (second, first)))
    if is_second is None:
        raise TwoSuchTimes(first, second)
    return Moment(wall, zone, second if is_second else first)


def find_zone(name: str) -> ZoneInfo:
    """Raises ValueError for a name that is no zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone") from error


@cache
def zones() -> tuple[str, ...]:
    """The names that may be chosen: those of places, in the order of the alphabet."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))
