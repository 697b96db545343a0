"""On the nights when clocks change, list, page, calendar, feed and mail say the same time, in four zones."""

import html
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from marketplace.calls import actions
from marketplace.core.models import OutboxMessage
from marketplace.core.templatetags.ui import moment_words
from tests.calls.board.test_feeds import events, moment
from tests.factories.board import SavedCallFactory, shown

pytestmark = pytest.mark.django_db
ZONES = ("Europe/London", "Europe/Brussels", "Europe/Athens", "America/New_York")


def jumps(zone):
    """The two moments of next year at which the clocks of a zone change."""
    place, at = ZoneInfo(zone), datetime(timezone.now().year + 1, 1, 1, tzinfo=UTC)
    hours = [at + timedelta(hours=number) for number in range(24 * 365)]
    return [hour for hour in hours if hour.astimezone(place).utcoffset() != _before(hour).astimezone(place).utcoffset()]


def _before(at):
    return at - timedelta(hours=1)


MOMENTS = [
    (zone, jump + timedelta(minutes=minutes)) for zone in ZONES for jump in jumps(zone) for minutes in (-30, 0, 30, 660)
]


def test_the_moments_are_on_both_nights_of_every_zone():
    assert len(MOMENTS) == len(ZONES) * 2 * 4


def words(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.mark.parametrize(("zone", "at"), MOMENTS)
def test_every_place_shows_the_same_time(client, amina, zone, at):
    call = shown(zone=zone, response_deadline=at, title="Night work")
    SavedCallFactory(person=amina, call=call)
    there = at.astimezone(ZoneInfo(zone))
    said = moment_words(at, zone)
    assert f"{there:%H:%M} {there.tzname()}" in said

    assert said in words(client.get("/calls/"))
    assert said in words(client.get(call.get_absolute_url()))
    assert said in words(client.get("/feeds/calls.atom"))
    for address in ("/feeds/calls.ics", f"/calls/{call.slug}/calendar.ics"):
        (event,) = events(client.get(address))
        assert moment(event["DTSTART"]) == at
        assert said in event["DESCRIPTION"]
    actions.cancel_call(call, words="The money is gone.", by=amina)
    (mail,) = OutboxMessage.objects.filter(to=amina.email)
    assert said in str(mail.context)


@pytest.mark.parametrize(
    ("zone", "hour", "said"),
    [("Europe/Brussels", 23, "6 Mar 2026"), ("America/New_York", 2, "4 Mar 2026"), ("Europe/London", 23, "5 Mar 2026")],
)
def test_the_day_of_publication_is_that_of_the_buyer_also_near_midnight(client, as_user, amina, zone, hour, said):
    """It stands beside the day of the official notice, which is the buyer's own; whoever looks, and from wherever."""
    call = shown(zone=zone, publish_at=datetime(2026, 3, 5, hour, 30, tzinfo=UTC))
    amina.time_zone = "Asia/Tokyo"
    amina.save()

    for browser in (client, as_user(amina)):
        page = words(browser.get(call.get_absolute_url()))
        assert f"Published {said} " in page
