import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from marketplace.embedded import valkey
from marketplace.embedded.places import CannotStart, socket_folder
from tests.embedded.traces import all_gone, processes_of


@pytest.fixture
def server(tmp_path):
    server = valkey.Valkey(tmp_path)
    yield server
    server.stop()


def client(server):
    return redis.Redis.from_url(valkey.address(server.var), decode_responses=True)


def test_what_was_kept_is_there_after_a_restart(server):
    server.start()
    assert server.is_running()
    client(server).set("name", "Élodie")

    server.stop()
    assert not server.is_running()
    server.start()

    assert client(server).get("name") == "Élodie"


def test_every_acknowledged_item_survives_a_kill(server):
    server.start()
    for number in range(500):
        client(server).rpush("queue", number)

    os.kill(server.process.pid, signal.SIGKILL)
    server.stop()
    server.start()

    assert client(server).llen("queue") == 500


def test_a_test_server_keeps_nothing_on_disk(tmp_path):
    server = valkey.Valkey(tmp_path, durable=False)
    server.start()
    client(server).set("name", "gone")

    server.stop()

    assert list((tmp_path / "valkey").iterdir()) == []


def test_it_listens_on_its_socket_only(server):
    server.start()

    assert client(server).config_get("port") == {"port": "0"}
    assert (socket_folder(server.var) / valkey.SOCKET).stat().st_mode & 0o777 == 0o700


def test_a_second_server_on_the_same_file_is_refused(server, monkeypatch):
    monkeypatch.setattr(valkey, "PATIENCE", 0.2)
    server.start()

    with pytest.raises(CannotStart, match="Another Valkey is using"):
        valkey.Valkey(server.var).start()

    assert client(server).ping()


def test_a_spoilt_file_is_named(server):
    server.start()
    client(server).set("name", "spoilt")
    server.stop()
    manifest = next((server.var / "valkey" / "appendonlydir").glob("*.manifest"))
    manifest.write_text("nonsense")

    with pytest.raises(CannotStart, match=r"Valkey did not start: .*valkey\.log"):
        server.start()


def test_a_path_with_spaces_and_great_length_works(tmp_path):
    for name in ("a b", "long" * 30):
        server = valkey.Valkey(tmp_path / name)
        server.start()
        assert client(server).ping()
        server.stop()
    socket_folder(tmp_path / ("long" * 30)).rmdir()


def test_nothing_is_left_when_the_program_that_started_it_is_killed(tmp_path):
    code = f"""
import time
from pathlib import Path
from marketplace.embedded.valkey import Valkey
Valkey(Path({str(tmp_path)!r})).start()
print("started", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path.cwd()) as starter:
        assert starter.stdout.readline() == b"started\n"
        assert processes_of(tmp_path)

        starter.kill()

        assert all_gone(tmp_path)
