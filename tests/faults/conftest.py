import pytest
import redis

from tests.core.conftest import letter
from tests.peers.mail import mail_peer

__all__ = ["letter", "mail_peer"]


@pytest.fixture
def queue_of_its_own(settings):
    """No task of an earlier test is left, and none for the next."""
    with redis.Redis.from_url(settings.CACHE_URL) as store:
        store.flushdb()
        yield
        store.flushdb()
