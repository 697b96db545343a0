"""Handing over under real simultaneous transactions: twice at once, against the deadline, the opening, an amendment."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.calls.actions import locked, save
from marketplace.calls.models import Call, Lot
from marketplace.calls.responses import actions
from marketplace.calls.responses.models import Response, Submission
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from suppliers.models import Supplier
from tests.calls.responses.handing import draft, submit
from tests.factories.calls import CallFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 10


def at_once(*jobs):
    """Run all jobs from the same instant, each on its own connection; what each returned, or the rule it broke."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait()
        try:
            return job()
        except (RuleBroken, IntegrityError) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def atlas(omar):
    return SupplierFactory(organisation=omar.organisation)


@pytest.fixture
def lot():
    return CallFactory(published=True, zone="UTC").lots.get()


def fresh(row):
    """As another request would have loaded it."""
    return type(row).objects.get(pk=row.pk)


def test_submitted_ten_times_at_once_over_http_it_is_one_submission(as_user, omar, atlas, lot):
    browsers = [as_user(omar) for _ in range(TIMES)]
    typed = {"message": "We clean.", "price": "9000", "seen": "0", "material": "0", "do": "submit"}
    address = f"/calls/{lot.call.slug}/lots/1/response/"
    answers = at_once(*(lambda browser=browser: browser.post(address, typed).status_code for browser in browsers))

    assert answers == [302] * TIMES
    assert Submission.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_without_the_lock_the_database_still_keeps_it_one(atlas, lot, monkeypatch):
    """The constraint is the second guard: without the first, some requests fail instead of being the same receipt."""
    response = draft(lot, atlas)
    monkeypatch.setattr(actions, "_locked", fresh)
    monkeypatch.setattr(actions, "locked", fresh)
    digest = actions.sealing.digest_of

    def slowly(*given, **more):
        time.sleep(0.05)
        return digest(*given, **more)

    monkeypatch.setattr(actions.sealing, "digest_of", slowly)
    monkeypatch.setattr(actions, "standing_of", lambda response: time.sleep(0.05))
    done = at_once(*(lambda: submit(fresh(response)) for _ in range(4)))

    assert Submission.objects.count() == 1
    assert sum(isinstance(each, IntegrityError) for each in done) == 3


def test_two_colleagues_at_once_never_overwrite_each_other_unseen(atlas, lot):
    jobs = [lambda words=f"Version {number}": draft(lot, atlas, words, seen=0) for number in range(4)]
    done = at_once(*jobs)

    kept = [each for each in done if isinstance(each, Response)]
    assert len(kept) == 1
    assert Response.objects.get().message == kept[0].message


def test_handing_over_against_the_opening_it_is_in_before_or_refused(atlas, prove):
    """Whatever the order: what the opening counted is what is there afterwards."""
    buyer = User.objects.create_user("opener@example.org")
    for number in range(40 if prove else 6):
        lot = CallFactory(published=True, zone="UTC").lots.get()
        response, call = draft(lot, atlas), lot.call
        just_before = call.response_deadline - timedelta(milliseconds=1)
        done = at_once(
            lambda response=response, at=just_before: submit(fresh(response), at),
            lambda call=call: actions.open_responses(fresh(call), by=buyer, at=actions.opening_at(call)),
        )

        counted = AuditEntry.objects.get(verb="call.opened", subject=f"calls.call:{call.pk}").data["responses"]
        there = Response.objects.opened().filter(lot=lot).count()
        assert counted == there == isinstance(done[0], Submission), number


def test_without_the_lock_of_the_call_the_trigger_refuses_what_comes_after_the_opening(atlas, lot, monkeypatch):
    response = draft(lot, atlas)
    Call.objects.filter(pk=lot.call.pk).update(opened_at=actions.opening_at(lot.call))
    monkeypatch.setattr(actions, "_require_open", lambda *given: None)

    with pytest.raises(IntegrityError, match="submission comes before the opening"), transaction.atomic():
        submit(fresh(response), lot.call.response_deadline - timedelta(milliseconds=1))


def test_handing_over_against_an_amendment_it_never_counts_for_what_was_not_seen(atlas, prove):
    for _ in range(40 if prove else 6):
        lot = CallFactory(published=True, zone="UTC").lots.get()
        response = draft(lot, atlas)
        done = at_once(
            lambda response=response: submit(fresh(response), seen=0),
            lambda lot=lot: amend_under_lock(lot),
        )

        assert Submission.objects.filter(response=response, confirmed_for=1).count() == 0
        if isinstance(done[0], Submission):
            assert Submission.objects.waiting_for_confirmation().filter(response=response).count() == 1
        else:
            assert "The buyer has changed the call" in str(done[0])


@transaction.atomic
def amend_under_lock(lot):
    """What every material amendment does to the call."""
    call = locked(lot.call)
    call.amendment_number = call.material_number = 1
    save(call, "amendment_number", "material_number")


def test_ten_firms_against_the_deadline_each_is_taken_or_late_by_its_own_arrival(prove):
    """Requests arrive around the deadline in a storm; how long each then waits for its turn changes nothing."""
    seed = 20_270_328
    chosen = random.Random(seed)
    for _ in range(10 if prove else 2):
        deadline = timezone.now() + timedelta(seconds=1.5)
        lot = CallFactory(published=True, zone="UTC", response_deadline=deadline).lots.get()
        responses = [draft(lot, SupplierFactory()) for _ in range(TIMES)]
        waits = [chosen.uniform(-0.2, 0.2) for _ in range(TIMES)]

        def arrive(response, wait, deadline=deadline):
            time.sleep(max(0, (deadline - timezone.now()).total_seconds() + wait))
            arrived = timezone.now()
            time.sleep(0.3)  # the queue before the lock
            try:
                submit(fresh(response), arrived)
            except RuleBroken:
                return arrived, False
            return arrived, True

        pairs = zip(responses, waits, strict=True)
        done = at_once(*(lambda response=response, wait=wait: arrive(response, wait) for response, wait in pairs))

        assert [taken for _arrived, taken in done] == [arrived < deadline for arrived, _taken in done]
        assert Submission.objects.filter(response__lot=lot).count() == sum(taken for _arrived, taken in done)


def test_interest_pressed_ten_times_at_once_is_one(atlas, lot):
    done = at_once(
        *(lambda: actions.show_interest(fresh_of(Lot, lot), fresh_of(Supplier, atlas), by=None) for _ in range(TIMES))
    )

    assert done == [None] * TIMES
    assert lot.interests.count() == 1


def fresh_of(model, row):
    return model.objects.get(pk=row.pk)
