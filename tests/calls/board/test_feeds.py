"""Atom, iCalendar and the sitemap: the same for everybody, and nothing in them that is not for everybody."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from marketplace.billing.models import Entitlement, Grant
from marketplace.calls import actions
from suppliers.directory.sitemap import KEYS_ON_A_PAGE
from tests.factories.board import shown
from tests.factories.calls import CallFactory, minute

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def entries(response):
    tree = ElementTree.fromstring(response.content)
    assert tree.tag == "{http://www.w3.org/2005/Atom}feed"
    for name in ("id", "title", "updated"):
        assert len(tree.findall(f"a:{name}", ATOM)) == 1
    found = tree.findall("a:entry", ATOM)
    for entry in found:
        for name in ("id", "title", "updated", "author"):
            assert len(entry.findall(f"a:{name}", ATOM)) == 1
        datetime.fromisoformat(entry.findtext("a:updated", namespaces=ATOM))
    return found


def titles(response):
    return [entry.findtext("a:title", namespaces=ATOM) for entry in entries(response)]


def events(response):
    """The events of a calendar as dicts; lines are checked for length and unfolded as RFC 5545 says."""
    raw = response.content
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    lines = raw.decode().replace("\r\n ", "").split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    found, event = [], None
    for line in lines:
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            found.append(event)
            event = None
        elif event is not None:
            assert name not in event
            event[name] = unescaped(value)
    return found


def unescaped(value):
    for written, sign in ((r"\n", "\n"), (r"\,", ","), (r"\;", ";"), (r"\\", "\\")):
        value = value.replace(written, sign)
    return value


def moment(written):
    return datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


# --- Atom -------------------------------------------------------------------------------------------------------------


def test_the_feed_has_the_newest_first_and_keeps_the_filters(client):
    older = shown(title="Older", publish_at=timezone.now() - timedelta(days=3), announced_at=None)
    newer = shown(title="Newer <b>& bold</b>", authority=True)
    shown(title="Over", closed=True)

    assert titles(client.get("/feeds/calls.atom")) == [newer.title, older.title]
    assert titles(client.get("/feeds/calls.atom?buyer=company&sort=newest")) == ["Older"]
    assert titles(client.get("/feeds/calls.atom?q=nonsense-that-nobody-wrote")) == []


def test_the_same_feed_is_not_sent_twice(client):
    call = shown()
    first = client.get("/feeds/calls.atom")

    again = client.get("/feeds/calls.atom", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    call.title = "Other words"
    actions.save(call, "title")
    changed = client.get("/feeds/calls.atom", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert titles(changed) == ["Other words"]


def test_an_empty_feed_is_valid_and_not_new_at_every_look(client):
    first = client.get("/feeds/calls.atom")

    assert entries(first) == []
    assert client.get("/feeds/calls.atom", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_signs_that_xml_cannot_hold_break_no_feed(client):
    shown(title="Bell \x07 and \x1b escape", description="\x0c page", buyer__organisation__name="A\x08B")

    assert titles(client.get("/feeds/calls.atom")) == ["Bell and escape"]
    assert len(events(client.get("/feeds/calls.ics"))) == 1


# --- iCalendar --------------------------------------------------------------------------------------------------------


def test_both_deadlines_are_in_the_calendar_under_names_that_stay(client):
    call = shown(
        title="Schools; libraries, and \\ more – écoles, bibliothèques et salles des fêtes de la ville",
        question_deadline=minute(days=4),
        amendment_number=2,
    )

    found = {event["UID"]: event for event in events(client.get(f"/calls/{call.slug}/calendar.ics"))}

    asked, due = found[f"call-{call.pk}-questions@127.0.0.1"], found[f"call-{call.pk}-responses@127.0.0.1"]
    assert moment(due["DTSTART"]) == call.response_deadline
    assert moment(asked["DTSTART"]) == call.question_deadline
    assert due["SUMMARY"] == f"Responses until: {call.title}"
    assert (due["SEQUENCE"], due["STATUS"]) == ("2", "CONFIRMED")
    assert due["URL"].endswith(call.get_absolute_url())
    assert "(London)" in due["DESCRIPTION"]


def test_an_amendment_raises_the_sequence_and_keeps_the_name(client):
    call = shown()
    (before,) = events(client.get(f"/calls/{call.slug}/calendar.ics"))
    call.amendment_number = 1
    call.save()

    (after,) = events(client.get(f"/calls/{call.slug}/calendar.ics"))

    assert (after["UID"], int(after["SEQUENCE"])) == (before["UID"], int(before["SEQUENCE"]) + 1)


@pytest.mark.parametrize("ending", ["cancel_call", "withdraw_call"])
def test_what_was_called_off_leaves_the_calendar(client, amina, ending):
    call = shown(amendment_number=1)
    getattr(actions, ending)(call, words="The money is gone.", by=amina)

    response = client.get(f"/calls/{call.slug}/calendar.ics")
    (event,) = events(response)

    assert b"METHOD:CANCEL\r\n" in response.content
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", "2")
    assert events(client.get("/feeds/calls.ics")) == []


def test_a_calendar_that_has_not_changed_is_not_sent_again(client):
    call = shown()
    for address in ("/feeds/calls.ics", f"/calls/{call.slug}/calendar.ics"):
        first = client.get(address)
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


# --- What is never in them --------------------------------------------------------------------------------------------


def test_calls_for_members_are_in_no_feed_and_no_sitemap_whoever_asks(client, as_user, omar, stella):
    hidden = shown(members_only=True, title="Hush for members")
    CallFactory(title="Hush, a draft")
    shown(published=False, scheduled=True, title="Hush until tomorrow")
    shown(withdrawn=True, title="Hush, withdrawn")
    Grant.objects.create(organisation=omar.organisation, entitlements=[Entitlement.DIRECTORY], reason="Member")

    for browser in (client, as_user(omar), as_user(stella)):
        for address in ("/feeds/calls.atom?state=all", "/feeds/calls.ics?state=all", f"{page_of(hidden)}"):
            assert b"Hush" not in browser.get(address).content
    assert client.get(page_of(hidden)).status_code == 404
    # The member's own calendar of that one call is another matter.
    assert as_user(omar).get(f"/calls/{hidden.slug}/calendar.ics").status_code == 200
    assert client.get(f"/calls/{hidden.slug}/calendar.ics").status_code == 404


def page_of(call):
    return f"/sitemap-calls-{call.pk // KEYS_ON_A_PAGE}.xml"


def test_the_sitemap_names_public_calls_in_every_language_beside_the_suppliers(client):
    call = shown(slug="cleaning-of-schools")

    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    found = ElementTree.fromstring(client.get(page_of(call)).content)

    assert any(each.text.endswith(page_of(call)) for each in index.findall("map:sitemap/map:loc", MAP))
    addresses = [each.text.partition("//")[2].partition("/")[2] for each in found.findall("map:url/map:loc", MAP)]
    assert sorted(addresses) == ["calls/cleaning-of-schools/", "fr/calls/cleaning-of-schools/"]
