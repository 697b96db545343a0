"""The mail server is down, hangs, refuses and drops the line, under a real worker in a process of its own."""

import time

import pytest
import redis
from django.core.cache import cache
from django.utils import timezone

from marketplace.core import due, outbox, rest
from marketplace.core.models import OutboxMessage
from tests.peers.worker import Worker, eventually

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def post(count, letter):
    return [outbox.post(letter, to=f"p{number}@leeds.example", subject="Hi", words="news") for number in range(count)]


def test_mail_posted_while_the_server_is_down_goes_out_when_it_is_back(
    mail_peer, letter, queue_of_its_own, prove, proof
):
    count = 200
    mail_peer.stop()
    with Worker():
        post(count, letter)
        assert eventually(lambda: OutboxMessage.objects.filter(last_error__startswith=rest.REASON).count() == count, 30)
        tried = OutboxMessage.objects.filter(attempts__gt=0).count()

        mail_peer.start()
        back = time.monotonic()
        hurry_one()
        arrived = drain(mail_peer, count)
        draining = time.monotonic() - back

    assert arrived == count
    assert set(mail_peer.message_ids.values()) == {1}
    assert tried < count / 4  # the rest rested: the worker stayed free
    assert not OutboxMessage.objects.waiting().exists()
    if prove:
        proof.record("Mail server down and back", mails=count, lost=0, repeated=0, seconds_to_drain=round(draining, 1))


def drain(mail_peer, count, seconds=90):
    """Wait for the mails as the product does: beat sweeps now and then, should the worker meet a slow server again."""
    until = time.monotonic() + seconds
    while mail_peer.wait_for(count, 3) < count and time.monotonic() < until:
        due.sweep_outbox()
    return len(mail_peer.message_ids)


def hurry_one():
    """The rest ends: one message is due, and its success is to bring all the others."""
    first = OutboxMessage.objects.waiting().earliest("pk")
    cache.set(rest._UNTIL, timezone.now(), 60)
    OutboxMessage.objects.filter(pk=first.pk).update(next_attempt_at=timezone.now())
    assert due.sweep_outbox() == 1


def test_a_bad_address_delays_nobody(mail_peer, letter, queue_of_its_own):
    count = 30
    mail_peer.answers = {
        "p0@leeds.example": "550 5.1.1 no such user",
        "p1@leeds.example": "451 4.7.1 greylisted",
        "p2@leeds.example": "hang",
    }
    with Worker():
        post(count, letter)
        mail_peer.wait_for(count - 3)
        assert eventually(lambda: OutboxMessage.objects.exclude(last_error="").count() == 3, 25)

    refused, delayed, hung = OutboxMessage.objects.exclude(last_error="").order_by("pk")
    assert (refused.to, refused.last_error) == ("p0@leeds.example", "550 5.1.1 no such user")
    assert refused.failed_at is not None
    assert (delayed.last_error, delayed.failed_at) == ("451 4.7.1 greylisted", None)
    assert hung.last_error.endswith("broken off while sending")
    assert sum(mail_peer.recipients.values()) == count - 3
    assert not OutboxMessage.objects.due(timezone.now()).exists()


def test_a_hanging_server_holds_the_worker_for_one_attempt_and_not_for_each(mail_peer, letter, queue_of_its_own):
    """Forty mails at ten seconds each would hold two processes for over three minutes."""
    mail_peer.is_hanging = True
    with Worker():
        post(40, letter)
        assert eventually(lambda: OutboxMessage.objects.filter(last_error__startswith=rest.REASON).count() == 40, 40)
        assert mail_peer.connections <= 3

        mail_peer.is_hanging = False
        hurry_one()
        assert drain(mail_peer, 40) == 40

    assert set(mail_peer.message_ids.values()) == {1}


def test_a_wiped_broker_loses_no_mail(mail_peer, letter, queue_of_its_own, settings, prove, proof):
    count = 1_000 if prove else 50
    messages = post(count, letter)
    with redis.Redis.from_url(settings.CACHE_URL) as store:
        assert store.llen("tessera-queue:celery") == count
        store.flushall()
        assert store.llen("tessera-queue:celery") == 0

    with Worker():
        started = time.monotonic()
        assert due.sweep_outbox() == count
        arrived = mail_peer.wait_for(count, 120)

    assert arrived == count
    assert set(mail_peer.message_ids.values()) == {1}
    assert {message.message_id for message in messages} == set(mail_peer.message_ids)
    if prove:
        proof.record("Broker wiped", mails=count, lost=0, seconds_to_drain=round(time.monotonic() - started, 1))
