"""Visits to sources: what comes becomes calls, nothing is lost on the way, and nobody is asked too often."""

import json
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.calls.notices import actions, collecting, due, tasks
from marketplace.calls.notices.collecting import collect
from marketplace.calls.notices.models import LEASE, NoticeSource, Run, Visit
from marketplace.core.errors import RuleBroken
from tests.calls.notices.test_views import package, release
from tests.factories.notices import NoticeSourceFactory, VisitFactory

pytestmark = pytest.mark.django_db


def anybody(address, port):
    return True


@pytest.fixture
def fed(portal, media):
    """A source of pages that is due."""
    address = f"{portal.url}/all?since={{since}}"
    return NoticeSourceFactory(on=True, address=address, is_paged=True, next_fetch_at=timezone.now())


@pytest.fixture
def plain(portal, media):
    """A source of one file that is due."""
    return NoticeSourceFactory(on=True, address=f"{portal.url}/file", next_fetch_at=timezone.now())


def page(*releases, following=""):
    body = json.loads(package(*releases))
    return (200, {}, json.dumps(body | {"links": {"next": following}} if following else body).encode())


def visit(source, at=None, **more):
    return collect(source.pk, at or timezone.now(), may_reach=anybody, **more)


def settle():
    for pk in Run.objects.running().values_list("pk", flat=True):
        tasks.run_notices(pk)


def fresh(row):
    row.refresh_from_db()
    return row


def next_time(source):
    return fresh(source).next_fetch_at


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_every_page_comes_and_becomes_calls(portal, fed):
    portal.pages["/all"] = page(release(1), following="/all/2")
    portal.pages["/all/2"] = page(release(2))
    now = timezone.now()
    found = visit(fed, now)
    settle()

    assert (found.pages, found.error, found.ended_at) == (2, [], now)
    assert found.size == sum(Run.objects.values_list("size", flat=True))
    assert Call.objects.count() == 2
    assert [run.visit for run in Run.objects.all()] == [found, found]
    assert (fresh(fed).fetched_at, fed.cursor, fed.failures) == (now, "", 0)
    assert fed.next_fetch_at == now + timedelta(minutes=60)


def test_each_round_asks_since_a_little_before_the_last_one_began(portal, fed):
    portal.pages["/all"] = page(release(1))
    now = timezone.now()
    visit(fed, now)
    visit(fed, next_time(fed))

    asked = [path.partition("=")[2] for path, _headers in portal.asked]
    assert asked == [(now - back).strftime("%Y-%m-%dT%H:%M:%S") for back in (timedelta(days=30), timedelta(hours=6))]


def test_a_round_that_took_several_visits_counts_from_its_first(portal, fed, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_PAGES", 2)
    for number in range(1, 6):
        following = f"/{number + 1}" if number < 5 else ""
        portal.pages["/all" if number == 1 else f"/{number}"] = page(release(number), following=following)
    began = timezone.now()

    assert visit(fed, began).pages == 2
    assert (fresh(fed).fetched_at, fed.next_fetch_at, fed.pages) == (None, began, 2)
    assert fed.cursor.endswith("/3")
    assert visit(fed, began + timedelta(minutes=1)).pages == 2
    assert visit(fed, began + timedelta(minutes=2)).pages == 1
    assert (fresh(fed).fetched_at, fed.cursor) == (began, "")


def test_the_time_of_a_visit_ends_it_and_the_next_goes_on(portal, fed):
    portal.pages["/all"] = page(release(1), following="/all/2")
    portal.pages["/all/2"] = lambda handler: time.sleep(1)
    assert visit(fed, patience=0.4).error == ["fetch-slow", {}]

    portal.pages["/all/2"] = page(release(2))
    assert (visit(fed, next_time(fed)).pages, fresh(fed).cursor) == (1, "")


def test_pages_that_lead_on_and_on_are_given_up(portal, fed, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_OF_A_ROUND", 3)
    portal.pages["/all"] = page(release(1), following="/b")
    portal.pages["/b"] = page(release(1), following="/all")

    assert visit(fed).error == ["fetch-no-end", {"most": 3}]
    assert (fresh(fed).cursor, fed.fetched_at, Run.objects.count()) == ("", None, 3)


def test_a_page_that_names_itself_is_the_last(portal, fed):
    portal.pages["/all"] = page(release(1), following="/b")
    portal.pages["/b"] = page(release(2), following="/b")

    assert (visit(fed).pages, fresh(fed).cursor) == (2, "")


# --- What has not changed ---------------------------------------------------------------------------------------------


def test_a_file_that_has_not_changed_is_not_sent_again(portal, plain):
    known = {"ETag": '"7"', "Last-Modified": "Mon, 05 Jan 2026 09:00:00 GMT"}
    portal.pages["/file"] = (200, known, package(release(1)))
    visit(plain)

    assert visit(plain, next_time(plain)).pages == 0
    assert Run.objects.count() == 1
    assert portal.asked[1][1]["If-None-Match"] == '"7"'
    assert portal.asked[1][1]["If-Modified-Since"] == "Mon, 05 Jan 2026 09:00:00 GMT"

    portal.pages["/file"] = (200, known | {"ETag": '"8"'}, package(release(1), release(2)))
    assert visit(plain, next_time(plain)).pages == 1


def test_of_pages_the_first_says_nothing_about_the_others(portal, fed):
    """A feed whose oldest page comes first never changes there."""
    fed.address = f"{portal.url}/all"
    fed.save()
    first = page(release(1), following="/all/2")
    portal.pages["/all"] = (200, {"ETag": '"1"'}, first[2])
    portal.pages["/all/2"] = page(release(2))

    assert [visit(fed, at).pages for at in (timezone.now(), timezone.now() + timedelta(hours=2))] == [2, 2]
    assert "If-None-Match" not in portal.asked[2][1]


# --- Failures ---------------------------------------------------------------------------------------------------------


def test_after_failures_it_waits_longer_each_time_and_as_long_as_it_is_asked_to(portal, fed):
    at, waits = timezone.now(), []
    for status, headers in ((500, {}), (503, {}), (429, {"Retry-After": "7200"}), (404, {})):
        portal.pages["/all"] = (status, headers, b"")
        assert visit(fed, at).error == ["fetch-status", {"status": status}]
        waits.append((next_time(fed) - at) // timedelta(minutes=1))
        at = fed.next_fetch_at

    assert waits == [10, 20, 120, 80]
    assert (fed.failures, fed.last_error, fed.fetched_at) == (4, ["fetch-status", {"status": 404}], None)
    portal.pages["/all"] = page(release(1))
    visit(fed, at)
    assert (fresh(fed).failures, fed.last_error) == (0, [])


def test_it_never_waits_longer_than_a_day(portal, fed):
    NoticeSource.objects.filter(pk=fed.pk).update(failures=4_000, last_error=["fetch-slow", {}])
    now = timezone.now()
    visit(fed, now)

    assert next_time(fed) == now + timedelta(days=1)


def test_a_page_to_go_on_with_that_is_no_more_begins_the_round_anew(portal, fed):
    portal.pages["/all"] = page(release(1), following="/all/2")
    for status, is_kept in ((500, True), (429, True), (410, False)):
        portal.pages["/all/2"] = (status, {}, b"")
        visit(fed, next_time(fed))
        assert bool(fresh(fed).cursor) == is_kept, status


def test_who_leads_to_ones_own_network_is_named_and_not_asked(portal, fed):
    found = collect(fed.pk, timezone.now())

    assert found.error == ["fetch-not-public", {"host": "notices.example"}]
    assert portal.asked == []


# --- Cut off, one at a time -------------------------------------------------------------------------------------------


class Killed(BaseException):
    pass


def test_a_visit_that_was_killed_is_gone_on_with_and_loses_nothing(portal, fed):
    portal.pages["/all"] = page(release(1), following="/all/2")
    portal.pages["/all/2"] = page(release(2))
    now, looked = timezone.now(), []

    def dies_at_the_second(address, port):
        looked.append(address)
        if len(looked) == 2:
            raise Killed
        return True

    with pytest.raises(Killed):
        collect(fed.pk, now, may_reach=dies_at_the_second)
    # Nobody knows yet that it is dead.
    assert visit(fed, now + LEASE - timedelta(seconds=1)) is None

    found = visit(fed, now + LEASE)
    settle()
    assert (found.pages, Call.objects.count()) == (1, 2)
    assert [path.partition("?")[0] for path, _headers in portal.asked] == ["/all", "/all/2"]
    assert fed.visits.order_by("pk").first().error == ["fetch-cut-off", {}]


def test_a_page_and_the_place_after_it_are_kept_together_or_not_at_all(portal, fed, monkeypatch):
    portal.pages["/all"] = page(release(1), following="/all/2")

    def dies(*args, **kwargs):
        raise Killed

    monkeypatch.setattr(NoticeSource, "save", dies)
    with pytest.raises(Killed):
        visit(fed)
    assert (fresh(fed).cursor, Run.objects.count()) == ("", 0)


def test_whoever_was_taken_for_dead_brings_nothing_more(portal, fed):
    portal.pages["/all"] = page(release(1))
    now = timezone.now()

    def overtaken(address, port):
        if fed.visits.count() == 1:
            visit(fed, now + LEASE)
        return True

    collect(fed.pk, now, may_reach=overtaken)
    assert (Run.objects.count(), fed.visits.count()) == (1, 2)
    assert next_time(fed) == now + LEASE + timedelta(minutes=60)


def test_a_source_is_visited_when_its_time_has_come_and_by_one_at_a_time(portal, fed):
    portal.pages["/all"] = page(release(1))
    now = timezone.now()
    with_somebody = VisitFactory(source=fed, began_at=now)
    assert visit(fed, now) is None

    with_somebody.delete()
    assert visit(fed, now).pages == 1
    assert visit(fed, now) is None
    assert visit(fed, next_time(fed) - timedelta(seconds=1)) is None
    assert visit(fed, next_time(fed)).pages == 1


def test_another_address_ends_the_visit_to_the_old_one(portal, fed, stella):
    portal.pages["/all"] = page(release(1), following="/all/2")

    def moved(address, port):
        if Run.objects.exists() and not NoticeSource.objects.filter(address="https://new.example/").exists():
            actions.change_source(fed, version=fed.version, by=stella, address="https://new.example/")
        return True

    collect(fed.pk, timezone.now(), may_reach=moved)
    assert (fresh(fed).cursor, fed.fetched_at, Run.objects.count()) == ("", None, 1)
    assert Visit.objects.get().error == ["fetch-stopped", {}]


# --- Staff ------------------------------------------------------------------------------------------------------------


def test_staff_try_a_source_that_is_off(portal, fed, stella):
    NoticeSource.objects.filter(pk=fed.pk).update(is_on=False, next_fetch_at=None)
    portal.pages["/all"] = page(release(1))
    assert visit(fed) is None

    actions.ask_for_visit(fed, by=stella)
    assert visit(fed).pages == 1
    assert (next_time(fed), visit(fed)) == (None, None)


def test_a_visit_is_asked_for_where_there_is_an_address_and_nobody_at_it(stella):
    with pytest.raises(RuleBroken, match="Say first"):
        actions.ask_for_visit(NoticeSourceFactory(), by=stella)
    with pytest.raises(RuleBroken, match="just now"):
        actions.ask_for_visit(VisitFactory().source, by=stella)


# --- The clock and the command ----------------------------------------------------------------------------------------


def test_the_clock_asks_for_one_visit_and_fetches_nothing_itself(portal, fed, plain, queued):
    NoticeSource.objects.filter(pk=plain.pk).update(next_fetch_at=timezone.now() - timedelta(minutes=5))
    now = timezone.now() + timedelta(seconds=1)

    assert due.visit_sources(now) == 1
    assert (queued(), portal.asked) == ([(actions.FETCH, plain.pk)], [])


def test_while_somebody_is_under_way_the_clock_asks_for_nothing(fed):
    slow = VisitFactory()

    assert due.visit_sources(timezone.now()) == 0
    assert due.visit_sources(slow.began_at + LEASE) == 1


def test_nothing_is_asked_for_where_no_time_has_come():
    NoticeSourceFactory(on=True, next_fetch_at=timezone.now() + timedelta(hours=1))

    assert due.visit_sources(timezone.now()) == 0


def test_visits_are_forgotten_after_thirty_days():
    old = VisitFactory(over=True)
    VisitFactory()

    assert due.forget_visits(old.began_at + timedelta(days=30)) == 0
    assert due.forget_visits(old.began_at + timedelta(days=31)) == 1


def test_the_command_fetches_what_is_due_and_fails_where_one_did(portal, fed, plain, capsys):
    # The portal of this test stands on loopback, which is no public machine.
    with pytest.raises(CommandError, match="2 visits failed"):
        call_command("fetch_notices")
    said = capsys.readouterr()

    assert said.out.splitlines()[-1] == "fetch_notices: sources=2 visits=2 pages=0 failed=2"
    assert "is not a public machine" in said.err
    assert portal.asked == []
    call_command("fetch_notices")
    assert capsys.readouterr().out == "fetch_notices: sources=0 visits=0 pages=0 failed=0\n"


def test_the_command_visits_one_that_is_named(portal, fed, plain, capsys):
    NoticeSource.objects.exclude(address="").update(next_fetch_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(CommandError, match="1 visits failed"):
        call_command("fetch_notices", source=fed.key)
    with pytest.raises(CommandError, match="No source files is fetched"):
        call_command("fetch_notices", source="files")


def test_two_known_sources_have_an_address_and_none_is_on():
    with_address = NoticeSource.objects.exclude(address="")

    assert {source.key for source in with_address} == {"find-a-tender", "contracts-finder"}
    assert all(source.licence and source.is_paged for source in with_address)
    assert not NoticeSource.objects.filter(is_on=True).exists()
    assert not NoticeSource.objects.exclude(next_fetch_at=None).exists()
