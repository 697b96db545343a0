import json

import pytest
import redis


@pytest.fixture
def queued(settings):
    """`queued()` gives the names of the tasks that wait in the queue, the oldest first."""
    key = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] + "celery"
    with redis.Redis.from_url(settings.CACHE_URL) as store:
        store.delete(key)
        yield lambda: [json.loads(task)["headers"]["task"] for task in reversed(store.lrange(key, 0, -1))]
        store.delete(key)
