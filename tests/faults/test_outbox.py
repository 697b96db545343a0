"""The worker is killed at random points of a batch of mails."""

import random
import time
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from marketplace.core import due, outbox
from marketplace.core.models import OutboxMessage
from marketplace.core.tasks import LEASE
from tests.peers.worker import Worker, eventually

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def let_leases_lapse():
    """The clock moves on by a lease: what the dead were holding is free again, and the sweep comes by."""
    OutboxMessage.objects.waiting().exclude(claimed_until=None).update(claimed_until=F("claimed_until") - LEASE)
    due.sweep_outbox(timezone.now() + timedelta(seconds=1))


def test_killing_the_worker_loses_no_mail_and_repeats_at_most_one_per_kill(
    mail_peer, letter, queue_of_its_own, prove, proof
):
    """Some kills take one process of two, some the whole worker."""
    kills, count = (100, 1_000) if prove else (3, 100)
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    mail_peer.delay = 0.01
    posted = {outbox.post(letter, to=f"p{number}@leeds.example").message_id for number in range(count)}

    with Worker() as worker:
        for kill in range(kills):
            before = len(mail_peer.taken)
            enough = before + max(1, (count - before) // (kills - kill + 1))
            eventually(lambda enough=enough: len(mail_peer.taken) >= enough, 10)
            time.sleep(chance.uniform(0, 0.05))
            if kill % 10 == 1:
                worker.kill()
                worker.start()
            else:
                worker.kill_a_child()
            let_leases_lapse()
        give_up = time.monotonic() + 60
        while OutboxMessage.objects.waiting().exists() and time.monotonic() < give_up:
            time.sleep(1)
            let_leases_lapse()

    repeats = sum(times - 1 for times in mail_peer.message_ids.values())
    assert set(mail_peer.message_ids) == posted, f"seed {seed}"
    assert repeats <= kills, f"seed {seed}"
    assert OutboxMessage.objects.exclude(sent_at=None).count() == count
    if prove:
        proof.record("Worker kill -9", kills=kills, mails=count, lost=0, repeated=repeats, seed=seed)


def test_without_the_sweep_killed_mail_would_stay_behind(mail_peer, letter, queue_of_its_own):
    """The positive control: what a dead process was holding does not come back by itself."""
    mail_peer.delay = 30
    message = outbox.post(letter, to="amina@leeds.example")
    with Worker() as worker:
        assert eventually(lambda: mail_peer.connections > 0)
        worker.kill()

    mail_peer.delay = 0
    assert OutboxMessage.objects.due(timezone.now()).count() == 0
    let_leases_lapse()
    assert OutboxMessage.objects.due(timezone.now()).get() == message
