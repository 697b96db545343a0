"""The day by which a firm that sent its profile hears from us: three working days, by the calendar where it is."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

WORKING_DAYS = 3
SATURDAY = 5
#: Countries that do not keep the time of Paris, by the zone of their capital.
ZONES = {
    "Europe/London": ("GB", "IM", "JE", "GG"),
    "Europe/Dublin": ("IE",),
    "Europe/Lisbon": ("PT",),
    "Atlantic/Reykjavik": ("IS",),
    "Europe/Athens": ("GR", "CY", "BG", "RO", "FI", "EE", "LV", "LT", "UA", "MD"),
    "Europe/Istanbul": ("TR",),
}
ELSEWHERE = "Europe/Paris"
_ZONE_OF = {country: zone for zone, countries in ZONES.items() for country in countries}


def zone_of(country):
    return ZoneInfo(_ZONE_OF.get(str(country), ELSEWHERE))


def review_day(sent_at, country):
    """The last of the working days that follow the day on which the profile was sent."""
    return working_days_after(sent_at.astimezone(zone_of(country)).date(), WORKING_DAYS)


def working_days_after(day: date, number: int) -> date:
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < SATURDAY
    return day


def is_overdue(supplier, at):
    country = supplier.organisation.country
    return review_day(supplier.submitted_at, country) < at.astimezone(zone_of(country)).date()


def overdue(suppliers, at):
    """Of suppliers that wait for their review, those whose day has passed; the same as `is_overdue`, in SQL."""
    late = ~Q(organisation__country__in=_ZONE_OF) & Q(submitted_at__lt=_too_old(ZoneInfo(ELSEWHERE), at))
    for zone, countries in ZONES.items():
        late |= Q(organisation__country__in=countries, submitted_at__lt=_too_old(ZoneInfo(zone), at))
    return suppliers.filter(late)


def _too_old(zone: ZoneInfo, at: datetime) -> datetime:
    """Whatever was sent before this moment should have been answered before today."""
    today = at.astimezone(zone).date()
    day = today
    while working_days_after(day, WORKING_DAYS) >= today:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
