"""When people are written to: at once, in the morning of their day, in the morning of their Monday."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.core.moments import find_zone

#: By the clock on the person's wall. No zone turns its clocks at this hour.
MORNING = time(7)


class Alert(models.TextChoices):
    NONE = "none", _("No mail")
    INSTANT = "instant", _("At once")
    DAILY = "daily", _("Every morning")
    WEEKLY = "weekly", _("Every Monday morning")


def next_moment(alert: str, zone: str, after: datetime) -> datetime | None:
    """When a search with this rhythm is looked at next, for somebody in that zone; None for one without mails.

    One that is told at once is looked at every morning too: for what came while nobody could be written to.
    """
    if alert == Alert.NONE:
        return None
    place = _place(zone)
    local = after.astimezone(place)
    days = -local.weekday() % 7 if alert == Alert.WEEKLY else 0
    if days == 0 and local.time() >= MORNING:
        days = 7 if alert == Alert.WEEKLY else 1
    return datetime.combine(local.date() + timedelta(days=days), MORNING, place).astimezone(UTC)


def _place(zone: str) -> ZoneInfo:
    """The zone database drops names now and then."""
    try:
        return find_zone(zone)
    except ValueError:
        return ZoneInfo("UTC")
