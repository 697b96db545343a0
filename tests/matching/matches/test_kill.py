"""The worker is killed in the midst of matching."""

import random
import time

import pytest
from django.db.models import F
from django.utils import timezone

from marketplace.matching.matches import due, keeping, waiting
from marketplace.matching.matches.models import Match, MatchedCall, Waiting
from tests.factories.calls import CallFactory
from tests.factories.directory import found_supplier
from tests.faults.conftest import queue_of_its_own
from tests.peers.worker import Worker, eventually

__all__ = ["queue_of_its_own"]

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def wait_for_all(calls):
    firms = [found_supplier("90911200", regions=["UKE4"]).pk for _each in range(5)]
    numbers = [CallFactory(published=True, lots__cpv=["90911200"], lots__regions=["UKE4"]).pk for _each in range(calls)]
    waiting.ask(calls=numbers)
    return numbers, firms


def let_leases_lapse():
    """The clock moves on by a lease: what the dead were holding is free again, and it comes by."""
    Waiting.objects.exclude(claimed_until=None).update(claimed_until=F("claimed_until") - waiting.LEASE)
    due.match_waiting(timezone.now())


def lists():
    return sorted(Match.objects.values_list("call", "supplier", "lot", "cpv", "region", "words"))


def test_killing_the_worker_leaves_no_call_unmatched_and_matches_none_twice(queue_of_its_own, prove, proof):
    kills, count = (25, 500) if prove else (2, 40)
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    calls, firms = wait_for_all(count)

    with Worker() as worker:
        for kill in range(kills):
            enough = count * (kill + 1) // (kills + 1)
            assert eventually(lambda enough=enough: MatchedCall.objects.count() >= enough, 60), f"seed {seed}"
            time.sleep(chance.uniform(0, 0.03))
            worker.kill()
            worker.start()
            let_leases_lapse()
        give_up = time.monotonic() + 60
        while Waiting.objects.exists() and time.monotonic() < give_up:
            time.sleep(0.5)
            let_leases_lapse()

    assert not Waiting.objects.exists(), f"seed {seed}"
    left = lists()
    assert len(left) == len(set(left)) == count * len(firms), f"seed {seed}"
    for call in calls:
        keeping.match_call(call)
    assert lists() == left, f"seed {seed}"
    if prove:
        proof.record("Matching, worker kill -9", kills=kills, calls=count, unmatched=0, twice=0, seed=seed)


def test_without_the_clock_what_a_dead_worker_held_would_stay_behind(queue_of_its_own):
    """The positive control: nobody else takes it by itself while its lease lasts."""
    wait_for_all(1)
    assert len(waiting.take(timezone.now())) == 1

    assert waiting.take(timezone.now()) == []
    assert not MatchedCall.objects.exists()

    Waiting.objects.update(claimed_until=F("claimed_until") - waiting.LEASE)
    assert len(waiting.take(timezone.now())) == 1
