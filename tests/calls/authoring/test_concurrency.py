"""Beginning, writing, publishing and announcing under real simultaneous transactions."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from marketplace.calls.authoring import actions
from marketplace.calls.due import announce_calls
from marketplace.calls.models import Call
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, minute

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Run all jobs from the same instant, each on its own connection; what each returned, or its RuleBroken."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait()
        try:
            return job()
        except RuleBroken as broken:
            return broken
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def buyer(amina):
    return BuyerFactory(organisation=amina.organisation, cleared=True)


def test_a_call_published_ten_times_at_once_is_published_and_announced_once(buyer, amina):
    call = CallFactory(buyer=buyer)

    results = at_once(*[lambda: actions.publish(call, by=amina)] * 10)

    assert sum(isinstance(result, RuleBroken) for result in results) == 9
    assert AuditEntry.objects.filter(verb="call.published").count() == 1
    assert OutboxMessage.objects.count() == 1


def test_two_runs_of_the_clock_announce_each_call_once(buyer, prove):
    for _round in range(20 if prove else 3):
        OutboxMessage.objects.all().delete()
        made = [CallFactory(buyer=buyer, publish_at=minute(minutes=-5)) for _number in range(5)]

        done = at_once(*[lambda: announce_calls(minute())] * 2)

        assert sum(done) == 5
        assert OutboxMessage.objects.count() == 5
        assert not Call.objects.to_be_announced().filter(pk__in=[call.pk for call in made]).exists()


def test_without_the_condition_both_runs_would_announce(buyer):
    """The control: two that only look before they write both find it unannounced."""
    call = CallFactory(buyer=buyer, publish_at=minute(minutes=-5))
    gate = threading.Barrier(2)

    def announce_carelessly():
        found = Call.objects.to_be_announced().filter(pk=call.pk).exists()
        gate.wait()
        return found

    assert at_once(announce_carelessly, announce_carelessly) == [True, True]


def test_one_draft_begun_ten_times_at_once_is_one(buyer, amina):
    at_once(*[lambda: actions.begin(buyer, title="Cleaning", language="en", by=amina)] * 10)

    assert Call.objects.count() == 1


def test_of_two_who_save_one_step_at_once_the_second_is_told(as_user, amina, buyer, prove):
    colleague = RepresentativeFactory(organisation=amina.organisation, editor=True).user
    browsers = [as_user(amina), as_user(colleague)]
    for round_ in range(20 if prove else 3):
        call = CallFactory(buyer=buyer)
        page = f"/workspace/calls/{call.slug}/what/"
        seen = [re.search(r'name="seen" value="([^"]*)"', one.get(page).content.decode())[1] for one in browsers]

        def send(place, page=page, seen=seen, round_=round_):
            fields = {"title": f"Title {round_} {place}", "language": "en", "procedure": "open", "contract": "works"}
            return browsers[place].post(page, fields | {"currency": "EUR", "seen": seen[place]}).status_code

        codes = at_once(lambda send=send: send(0), lambda send=send: send(1))

        assert sorted(codes) == [302, 422]
        call.refresh_from_db()
        assert call.title == f"Title {round_} {codes.index(302)}"


def test_one_new_lot_sent_ten_times_at_once_is_one(as_user, amina, buyer):
    call = CallFactory(buyer=buyer)
    browser = as_user(amina)
    page = f"/workspace/calls/{call.slug}/lots/new/"
    seen = re.search(r'name="seen" value="([^"]*)"', browser.get(page).content.decode())[1]

    at_once(*[lambda: browser.post(page, {"title": "Windows", "cpv": ["90911300"], "seen": seen}).status_code] * 10)

    assert list(call.lots.values_list("title", flat=True)) == ["Lot 1", "Windows"]


def test_deleting_and_saving_at_once_breaks_nothing(as_user, amina, buyer):
    call = CallFactory(buyer=buyer)
    one, two = as_user(amina), as_user(amina)
    fields = {"title": "T", "language": "en", "procedure": "open", "contract": "works", "currency": "EUR"}

    codes = at_once(
        lambda: one.post(f"/workspace/calls/{call.slug}/delete/").status_code,
        lambda: two.post(f"/workspace/calls/{call.slug}/what/", fields).status_code,
        lambda: two.post(f"/workspace/calls/{call.slug}/delete/").status_code,
    )

    assert all(code in {302, 404, 422} for code in codes), codes
    assert not Call.objects.exists()
