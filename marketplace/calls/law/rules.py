"""What the law on record asks for on a day: the value below which responses may be taken here, and the standstill.

Where the law leaves room, the reading that waits longer or asks for the official portal is taken.
"""

from datetime import date, timedelta
from functools import cache

from marketplace.calls.law.models import Threshold

SATURDAY = 5
#: The four bank holidays of the United Kingdom that move to the next free day when they fall on a weekend.
DAYS_THAT_MOVE_ON = ((1, 1), (1, 2), (12, 25), (12, 26))


def threshold_for(jurisdiction, is_central, contract, on=None):
    """The lowest threshold in force that fits such an authority and contract, or None: then nothing is below it."""
    rows = Threshold.objects.in_force(on).applying_to(jurisdiction, is_central=is_central, contract=contract)
    return rows.order_by("amount").first()


def standstill_until(jurisdiction, day):
    """The last day of the standstill after suppliers were told on `day`; the contract may be signed on the next.

    The day of telling never counts; a period that would end on a day off lasts through the next working day.
    """
    last = day
    if jurisdiction.is_standstill_in_working_days:
        for _each in range(jurisdiction.standstill_days):
            last = next_working_day(jurisdiction, last + timedelta(days=1))
        return last
    last += timedelta(days=jurisdiction.standstill_days)
    return next_working_day(jurisdiction, last) if jurisdiction.standstill_days else last


def next_working_day(jurisdiction, day):
    """The day itself if people work on it."""
    while day.weekday() >= SATURDAY or day in days_off(jurisdiction.code, day.year):
        day += timedelta(days=1)
    return day


@cache
def days_off(code, year):
    """Public holidays under that law; where it has none of its own here, those that most of Europe keeps."""
    sunday = easter(year)
    kept = {date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26)}
    kept |= {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    if code == "fr":
        kept |= {date(year, *day) for day in ((5, 8), (7, 14), (8, 15), (11, 1), (11, 11))}
        kept |= {sunday + timedelta(days=39), sunday + timedelta(days=50)}
    if code == "uk":
        kept = _bank_holidays(year) | {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    return frozenset(kept)


def _bank_holidays(year):
    """Of any part of the United Kingdom, which is what section 123 of the Procurement Act 2023 counts."""
    mondays = {_monday_from(date(year, 5, 1)), _monday_from(date(year, 5, 25)), _monday_from(date(year, 8, 1)),
               _monday_from(date(year, 8, 25))}  # fmt: skip
    found = mondays | {_after_weekend(date(year, *day)) for day in ((3, 17), (7, 12), (11, 30))}
    for month, day in DAYS_THAT_MOVE_ON:
        free = _after_weekend(date(year, month, day))
        found.add(free + timedelta(days=1) if free in found else free)
    return found


def _monday_from(day):
    return day + timedelta(days=-day.weekday() % 7)


def _after_weekend(day):
    return day if day.weekday() < SATURDAY else _monday_from(day)


def easter(year):
    """Easter Sunday of the Gregorian calendar (Oudin's algorithm)."""
    century = year // 100
    golden = year % 19
    moon = (century - century // 4 - (century - (century - 17) // 25) // 3 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    back = moon - weekday
    month = 3 + (back + 40) // 44
    return date(year, month, back + 28 - 31 * (month // 4))
