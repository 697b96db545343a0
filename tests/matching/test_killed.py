"""Telling people is cut off by SIGKILL at random points: afterwards everybody has one mail and nobody two."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.calls.signals import call_announced
from marketplace.core.models import OutboxMessage
from marketplace.matching import alerts, instant
from marketplace.matching.matches.signals import call_matched
from marketplace.matching.models import Told
from tests import harness
from tests.factories.accounts import RepresentativeFactory
from tests.factories.board import shown
from tests.factories.matching import SavedSearchFactory
from tests.peers.worker import environment, eventually

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

AT_ONCE = """
import django; django.setup()
import time
from marketplace.matching import instant
instant.PEOPLE_AT_ONCE = 1
step = instant._step
def slowly(call, at):
    done = step(call, at)
    time.sleep(0.05)
    return done
instant._step = slowly
instant.tell({call})
"""
IN_THE_MORNING = """
import django; django.setup()
import time
from django.utils import timezone
from marketplace.matching import alerts
alerts.PEOPLE_AT_ONCE = 1
tell = alerts._tell
def slowly(owners, at):
    time.sleep(0.05)
    return tell(owners, at)
alerts._tell = slowly
alerts.run(timezone.now())
"""


def people(count, **fields):
    """Addresses of so many, each of whom wants to hear of every call."""
    rows = [RepresentativeFactory() for _each in range(count)]
    for row in rows:
        SavedSearchFactory(owner=row.user, organisation=row.organisation, calls=True, **fields)
    return sorted(row.user.email for row in rows)


def kill_in_the_middle(code, kills, count):
    """Each child is killed a moment after it has told somebody; returns the seed."""
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    for _kill in range(kills):
        before = Told.objects.count()
        child = subprocess.Popen(
            [sys.executable, "-c", code], cwd=harness.ROOT, env=environment(), start_new_session=True
        )
        assert eventually(lambda before=before: Told.objects.count() > before, 60)
        time.sleep(chance.uniform(0, 0.02))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    assert 0 < Told.objects.count() < count, f"seed {seed}"
    return seed


def receivers():
    return sorted(OutboxMessage.objects.filter(template__startswith="matching/").values_list("to", flat=True))


def test_telling_at_once_is_gone_on_with_complete_and_nothing_twice(prove, proof):
    kills, count = (20, 300) if prove else (1, 40)
    addresses = people(count, query="", alert="instant", next_at=timezone.now() + timedelta(days=1))
    call = shown()
    call_announced.send(sender=None, call=call)
    call_matched.send(sender=None, call=call.pk)

    seed = kill_in_the_middle(AT_ONCE.format(call=call.pk), kills, count)
    # The clock finds it, and whoever takes it up goes on.
    assert instant.go_on(timezone.now() + instant.IDLE * 2) == 1
    assert instant.tell(call.pk)

    assert receivers() == addresses, f"seed {seed}"
    if prove:
        proof.record("Alerts at once, kill -9", kills=kills, people=count, lost=0, repeated=0, seed=seed)


def test_telling_in_the_morning_is_gone_on_with_complete_and_nothing_twice(prove, proof):
    kills, count = (20, 300) if prove else (1, 40)
    addresses = people(count, query="", alert="daily", seen_until=timezone.now() - timedelta(days=1))
    call_announced.send(sender=None, call=shown())

    seed = kill_in_the_middle(IN_THE_MORNING, kills, count)
    done = alerts.run(timezone.now())

    assert done.failures == []
    assert receivers() == addresses, f"seed {seed}"
    if prove:
        proof.record("Alerts in the morning, kill -9", kills=kills, people=count, lost=0, repeated=0, seed=seed)
