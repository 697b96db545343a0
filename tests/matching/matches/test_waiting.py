"""What waits to be matched: asked for once, taken once, and never forgotten."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.matching.matches import waiting, working
from marketplace.matching.matches.models import Match, Waiting
from tests.factories.calls import CallFactory
from tests.factories.directory import found_supplier
from tests.factories.matches import MatchFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def open_call(**fields):
    return CallFactory(**({"published": True, "lots__cpv": ["90911200"], "lots__regions": ["UKE4"]} | fields))


def later(**ahead):
    return timezone.now() + timedelta(**ahead)


def test_a_call_is_due_at_once_and_a_firm_after_a_rest():
    at = timezone.now()
    call, firm = open_call(), found_supplier("90911200")

    waiting.ask(calls=[call.pk], suppliers=[firm.pk], at=at)

    assert dict(Waiting.objects.values_list("call", "due_at")) == {call.pk: at, None: at + waiting.REST}


def test_many_edits_of_a_firm_are_one_and_do_not_put_it_off_for_ever():
    at, firm = timezone.now(), found_supplier("90911200")
    for second in range(60):
        waiting.ask(suppliers=[firm.pk], at=at + timedelta(seconds=second))

    row = Waiting.objects.get()
    assert row.asked_at == at + timedelta(seconds=59)
    assert row.due_at == at + waiting.LONGEST_REST


def test_asking_for_many_is_one_statement(django_assert_num_queries):
    firms = [firm.pk for firm in SupplierFactory.create_batch(5, listed=True)]
    for number in (1, 5):
        with django_assert_num_queries(1):
            waiting.ask(suppliers=firms[:number])


def test_who_is_not_listed_and_has_no_match_to_lose_does_not_wait():
    hidden, matched = SupplierFactory(hidden=True), SupplierFactory(hidden=True)
    MatchFactory(supplier=matched)
    draft = CallFactory()

    waiting.ask(suppliers=[hidden.pk, matched.pk, SupplierFactory().pk], calls=[draft.pk])

    assert [row.supplier for row in Waiting.objects.all()] == [matched]


def test_what_is_taken_is_nobody_elses_until_its_lease_ends():
    waiting.ask(calls=[open_call().pk])
    at = timezone.now()

    assert len(waiting.take(at)) == 1
    assert waiting.take(at) == []
    assert len(waiting.take(at + waiting.LEASE + timedelta(seconds=1))) == 1


def test_what_was_asked_for_again_meanwhile_goes_on_waiting():
    call = open_call()
    waiting.ask(calls=[call.pk])
    (taken,) = waiting.take(timezone.now())
    waiting.ask(calls=[call.pk])

    assert not waiting.let_go(taken)

    (again,) = waiting.take(timezone.now())
    assert waiting.let_go(again)
    assert not Waiting.objects.exists()


def test_without_the_moment_of_asking_it_would_be_lost():
    """The positive control: the row is the same one, and the change came after it was taken."""
    call = open_call()
    waiting.ask(calls=[call.pk])
    (taken,) = waiting.take(timezone.now())
    waiting.ask(calls=[call.pk])

    assert Waiting.objects.filter(pk=taken.pk).delete()[0] == 1


def test_what_waits_is_matched():
    call, firm = open_call(), found_supplier("90911200", regions=["UKE4"])
    waiting.ask(calls=[call.pk], suppliers=[firm.pk], at=timezone.now() - timedelta(minutes=1))

    done = working.work()

    assert (done.calls, done.suppliers, done.failed) == (1, 1, 0)
    assert Match.objects.get().supplier == firm
    assert not Waiting.objects.exists()


def test_what_comes_due_in_a_moment_is_waited_for():
    firm = found_supplier("90911200", regions=["UKE4"])
    waiting.ask(suppliers=[firm.pk], at=timezone.now() - waiting.REST + timedelta(seconds=0.2))

    assert working.work().suppliers == 1


def test_what_rests_longer_is_left_alone():
    waiting.ask(suppliers=[found_supplier("90911200").pk], at=later(minutes=5))

    assert working.work().suppliers == 0
    assert Waiting.objects.count() == 1


def test_a_failure_is_written_down_tried_later_and_stops_nobody():
    broken, whole = open_call(lots__regions=["UKE4"]), open_call()
    type(broken.lots.get()).objects.filter(call=broken).update(cpv=["9091120x"])
    waiting.ask(calls=[broken.pk, whole.pk])
    at = timezone.now()

    done = working.work()

    assert (done.calls, done.failed) == (1, 1)
    row = Waiting.objects.get()
    assert row.call == broken
    assert "9091120x" in row.last_error
    assert row.due_at > at + timedelta(seconds=50)
    assert row.claimed_until is None


def test_each_further_failure_waits_twice_as_long_up_to_an_hour():
    call, at = open_call(), timezone.now()
    waiting.ask(calls=[call.pk], at=at)
    waits = []
    for _attempt in range(9):
        (taken,) = waiting.take(at)
        waiting.put_off(taken, "no", at)
        due = Waiting.objects.get().due_at
        waits.append((due - at).total_seconds() / 60)
        at = due

    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64]


def test_a_waiting_row_is_a_call_or_a_supplier():
    for fields in ({}, {"call": open_call(), "supplier": found_supplier("90911200")}):
        with pytest.raises(IntegrityError, match="waiting_is_a_call_or_a_supplier"), transaction.atomic():
            Waiting.objects.create(**fields)


def test_a_waiting_row_is_asked_forward():
    with pytest.raises(IntegrityError, match="waiting_is_asked_forward"):
        Waiting.objects.create(call=open_call(), first_asked_at=later(hours=1))
