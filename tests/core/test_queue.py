import time

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from marketplace.core import outbox, queue
from marketplace.core.models import OutboxMessage
from tests.peers.broker import broker_away

KEY = "tessera-queue:celery"


@pytest.fixture
def length(settings):
    """How many tasks wait in the queue."""
    import redis

    with redis.Redis.from_url(settings.CACHE_URL) as store:
        store.flushdb()
        yield lambda: store.llen(KEY)
        store.flushdb()


@pytest.mark.django_db(transaction=True)
def test_a_task_is_enqueued_after_the_commit_and_not_before(length):
    with transaction.atomic():
        queue.after_commit("core.heartbeat")
        inside = length()

    assert (inside, length()) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_change_that_is_rolled_back_is_not_enqueued(length):
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        queue.after_commit("core.heartbeat")
        _ = 1 / 0

    assert length() == 0


def test_a_broker_that_is_away_stops_nobody_and_takes_no_time(db, length, letter, django_capture_on_commit_callbacks):
    with broker_away(current_app):
        started = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            messages = [outbox.post(letter, to=f"p{number}@leeds.example") for number in range(50)]
        seconds = time.monotonic() - started

    assert seconds < 2
    assert OutboxMessage.objects.due(timezone.now()).count() == len(messages)
    assert queue.enqueue(outbox.DELIVER, messages[0].pk)
    assert length() == 1


def test_a_broker_that_came_back_gets_the_next_task(length):
    """The connection of before is dead, which must cost no task."""
    assert queue.enqueue("core.heartbeat")
    with current_app.producer_pool.acquire() as producer:
        producer.channel.client.connection_pool.disconnect()

    assert queue.enqueue("core.heartbeat")
    assert length() == 2
