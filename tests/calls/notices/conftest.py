import base64
import json
import socket

import pytest

from marketplace.calls.notices import actions, running
from marketplace.calls.notices.models import NoticeSource
from tests.calls.notices.portal import make_certificate, serve


@pytest.fixture
def source(db):
    return NoticeSource.objects.get(key="files")


@pytest.fixture
def take(source):
    """`take(notice, …)` imports what was read, in one run, and gives the run."""

    def bring(*read, source=source):
        of_run = actions.begin_run(source=source, file_name="notices.json")
        assert running.run(of_run, [(f"release {number}", each) for number, each in enumerate(read, start=1)])
        return of_run

    return bring


# --- A portal to be fetched from --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def names(monkeypatch):
    """`names[host] = [address, …]` is where a name leads; `names.asked` are the names that were looked up."""

    class Names(dict):
        asked: list = []

    known, look_up = Names({"notices.example": ["127.0.0.1"]}), socket.getaddrinfo
    known.asked = []

    def stand_in(host, port, *args, **kwargs):
        if host not in known:
            return look_up(host, port, *args, **kwargs)
        known.asked.append(host)
        return [entry for address in known[host] for entry in look_up(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", stand_in)
    return known


@pytest.fixture
def portal(certificates, names, monkeypatch):
    """The portal of `portal.py`, whose authority is trusted here."""
    of_machine, of_authority = certificates
    monkeypatch.setenv("SSL_CERT_FILE", str(of_authority))
    server = serve(of_machine)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def queued(settings):
    """`queued()` are the (name, arguments) of the tasks that wait for a worker."""
    import redis

    def waiting():
        found = [json.loads(each) for each in store.lrange("tessera-queue:celery", 0, -1)]
        return [(each["headers"]["task"], *json.loads(base64.b64decode(each["body"]))[0]) for each in found]

    with redis.Redis.from_url(settings.CACHE_URL) as store:
        store.flushdb()
        yield waiting
        store.flushdb()
