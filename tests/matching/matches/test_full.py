"""All calls matched anew, which may be cut off, and the command that does it."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.calls.models import Lot
from marketplace.core.models import AuditEntry
from marketplace.matching.matches import due, full, keeping, waiting
from marketplace.matching.matches.models import FullMatch, Match, MatchedCall, Waiting
from tests.factories.calls import CallFactory
from tests.factories.directory import found_supplier
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls():
    """Three that are open, one that is over, and a firm that could serve all of them."""
    found_supplier("90911200", regions=["UKE4"])
    CallFactory(closed=True)
    return [CallFactory(published=True, lots__cpv=["90911200"], lots__regions=["UKE4"]) for _each in range(3)]


def run(*arguments):
    out = io.StringIO()
    call_command("match_calls", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()[-1]


def test_all_open_calls_are_matched_and_it_is_written_down(calls):
    assert run("--all") == "match_calls: calls=3 matches=3"

    assert Match.objects.count() == 3
    assert FullMatch.objects.get().finished_at is not None
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"matches.full_begun", "matches.full_ended"}


def test_begun_again_it_matches_all_of_them_again(calls):
    run("--all")

    assert run("--all") == "match_calls: calls=3 matches=3"
    assert FullMatch.objects.count() == 2


def test_cut_off_it_goes_on_where_it_was(calls):
    of_all = full.begin()
    keeping.match_call(calls[0].pk)
    full.AT_ONCE, at_once = 1, full.AT_ONCE
    try:
        assert not full.run(of_all, until=lambda: True)
    finally:
        full.AT_ONCE = at_once

    assert full.left(of_all) == 1
    assert run("--all") == "match_calls: calls=1 matches=1"
    assert FullMatch.objects.get().finished_at is not None


def test_there_is_one_at_a_time(calls):
    assert full.begin() == full.begin()
    with pytest.raises(IntegrityError, match="full_match_one_at_a_time"), transaction.atomic():
        FullMatch.objects.create()


def test_what_waited_is_done_with_it(calls):
    waiting.ask(calls=[call.pk for call in calls])
    full.begin()

    assert not Waiting.objects.exists()


def test_a_call_that_cannot_be_matched_is_counted_waits_and_stops_nobody(calls):
    Lot.objects.filter(call=calls[0]).update(cpv=["9091120x"])

    with pytest.raises(CommandError, match="calls=2 matches=2 failed=1"):
        run("--all")

    assert Waiting.objects.get().call == calls[0]
    assert FullMatch.objects.get().finished_at is not None


def test_one_call_alone(calls):
    assert run("--call", str(calls[1].pk)) == "match_calls: calls=1 matches=1"
    assert Match.objects.get().call == calls[1]


def test_a_call_that_is_not_open_is_refused(calls):
    with pytest.raises(CommandError, match="open"):
        run("--call", str(CallFactory(closed=True).pk))


def test_what_waits_without_argument(calls):
    waiting.ask(calls=[calls[2].pk])

    assert run() == "match_calls: calls=1 matches=1"
    assert run() == "match_calls: calls=0 matches=0"


def test_a_failure_of_what_waits_is_an_error(calls):
    Lot.objects.filter(call=calls[0]).update(cpv=["9091120x"])
    waiting.ask(calls=[calls[0].pk, calls[1].pk])

    with pytest.raises(CommandError, match="calls=1 matches=1 failed=1"):
        run()


def test_where_more_firms_wait_than_all_calls_would_cost_all_calls_are_matched(calls, queued):
    full.HANDFUL, handful = 15, full.HANDFUL
    try:
        firms = SupplierFactory.create_batch(16, listed=True)
        waiting.ask(suppliers=[firm.pk for firm in firms[:15]])
        due.match_waiting(timezone.now())
        assert not FullMatch.objects.exists()

        waiting.ask(suppliers=[firms[15].pk])
        due.match_waiting(timezone.now())
    finally:
        full.HANDFUL = handful

    assert FullMatch.objects.get().finished_at is None
    assert not Waiting.objects.exists()
    assert queued() == [full.MATCH_ALL]


def test_the_clock_goes_on_with_one_that_nobody_works_at(calls, queued):
    of_all = full.begin()
    assert due.go_on_with_all(timezone.now()) == 0
    assert due.go_on_with_all(timezone.now() + due.IDLE + timedelta(seconds=1)) == 1

    assert queued() == [full.MATCH_ALL]
    assert full.run(of_all)
    assert due.go_on_with_all(timezone.now() + due.IDLE * 2) == 0


def test_the_clock_tells_the_worker_of_what_is_due(calls, queued):
    assert due.match_waiting(timezone.now()) == 0
    waiting.ask(calls=[calls[0].pk])

    assert due.match_waiting(timezone.now() + timedelta(seconds=1)) == 1
    assert queued() == [waiting.MATCH]


def test_the_clock_forgets_what_is_over(calls):
    keeping.match_call(calls[0].pk)

    assert due.forget_what_is_over(timezone.now()) == 0
    assert due.forget_what_is_over(timezone.now() + timedelta(days=400)) == 1
    assert not Match.objects.exists()


def test_a_full_match_ends_after_it_begins():
    now = timezone.now()
    with pytest.raises(IntegrityError, match="full_match_ends_after_it_begins"):
        FullMatch.objects.create(began_at=now, finished_at=now - timedelta(seconds=1))


@pytest.mark.parametrize(
    "fields", [{"kept": 500}, {"kept": 3, "last_score": 50, "last_turn": 1}, {"kept": 500, "last_score": 50}]
)
def test_a_matched_call_has_an_end_when_it_is_full(fields):
    call = CallFactory(published=True)
    with pytest.raises(IntegrityError, match="matched_call_has_an_end_when_it_is_full"):
        MatchedCall.objects.create(call=call, at=timezone.now(), **fields)


def test_a_need_says_what():
    from marketplace.matching.matches.models import Need

    lot = CallFactory().lots.get()
    with pytest.raises(IntegrityError, match="need_says_what"):
        Need.objects.create(
            lot=lot, call=lot.call, number=1, codes=[], tokens=[], regions=[], whole=[], around=[], phrasings=[]
        )
