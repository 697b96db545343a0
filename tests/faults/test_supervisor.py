"""The whole product under `manage.py up`, killed piece by piece and as a whole."""

import os
import signal
import subprocess
import time
from contextlib import closing

import pytest
import redis
from celery import Celery
from django.conf import settings

from marketplace.embedded import postgres, valkey
from marketplace.embedded.binaries import find_postgres
from tests import databases, harness
from tests.embedded.stack import Stack
from tests.embedded.traces import all_gone, processes_of

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("supervisor")]


@pytest.fixture(scope="module")
def stack(tmp_path_factory, django_db_blocker):
    """Everything runs, on a copy of the tests' template database: migrating from nothing takes a minute."""
    stack = Stack(tmp_path_factory.mktemp("stack") / "var")
    with django_db_blocker.unblock():
        template = databases.ensure_template()
    server = postgres.Postgres(stack.var)
    server.start()
    copy_database(postgres.address(harness.VAR).removesuffix("/tessera") + f"/{template}", postgres.address(stack.var))
    server.stop()
    stack.start()
    stack.ask("CREATE TABLE acknowledged (number int)")
    yield stack
    stack.end()


def copy_database(source, target):
    program = find_postgres()
    dump = subprocess.Popen([program.beside("pg_dump"), "--no-comments", source], stdout=subprocess.PIPE)
    restore = [program.beside("psql"), "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", target]
    subprocess.run(restore, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    assert dump.wait() == 0


def note_a_row(stack):
    """A row that was committed, and how many there must be from now on."""
    stack.ask("INSERT INTO acknowledged VALUES (1)")
    return stack.ask("SELECT count(*) FROM acknowledged")


def the_worker_works(stack, seconds=40):
    """Whether a task that is queued now is done by the worker of the stack."""
    before = stack.ask("SELECT max(beat_at) FROM core_heartbeat WHERE name = 'worker'")
    _, broker = settings_for(stack)
    with Celery(broker=broker) as app:
        app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        app.send_task("core.heartbeat")
    return eventually(
        lambda: stack.ask("SELECT max(beat_at) FROM core_heartbeat WHERE name = 'worker'") != before, seconds
    )


def settings_for(stack):
    path = valkey.address(stack.var).removeprefix("unix://").partition("?")[0]
    return valkey.address(stack.var), f"redis+socket://{path}?virtual_host=0"


def eventually(check, seconds):
    give_up = time.monotonic() + seconds
    while not check():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


PARTS = {
    "postgres -D": "PostgreSQL",
    "valkey-server": "Valkey",
    "worker": "Worker",
    "gunicorn": "Web",
    "beat": "Beat",
    "embedded.mail": "Mail",
}


@pytest.mark.parametrize("mark", PARTS)
def test_a_killed_part_comes_back_and_nothing_acknowledged_is_lost(stack, mark, proof):
    rows = note_a_row(stack)
    with closing(redis.Redis.from_url(valkey.address(stack.var))) as client:
        client.rpush("acknowledged", "item")
        items = client.llen("acknowledged")
    said = len(stack.said())
    before = stack.children()

    begun = time.monotonic()
    os.kill(before[mark], signal.SIGKILL)
    assert eventually(lambda: f"{PARTS[mark]} runs again." in stack.said()[said:], 60), stack.said()[said:]
    back = time.monotonic() - begun

    assert f"{PARTS[mark]} ended (killed by SIGKILL); it is started again in" in stack.said()[said:]
    assert stack.children()[mark] != before[mark]
    assert {name: pid for name, pid in stack.children().items() if name != mark} == {
        name: pid for name, pid in before.items() if name != mark
    }
    assert stack.ask("SELECT count(*) FROM acknowledged") == rows
    with closing(redis.Redis.from_url(valkey.address(stack.var))) as client:
        assert client.llen("acknowledged") == items
    assert eventually(stack.answers, 20)
    assert the_worker_works(stack)
    proof.record(f"{PARTS[mark]} killed under the supervisor", back_after_s=round(back, 1), rows_lost=0)


def test_a_killed_guardian_is_replaced_and_guards_again(stack):
    before = stack.children()

    os.kill(before["guardian.py"], signal.SIGKILL)

    assert eventually(lambda: stack.children().get("guardian.py", before["guardian.py"]) != before["guardian.py"], 10)
    stack.process.kill()
    stack.process.wait()
    assert all_gone(stack.var)
    stack.start()


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_has_every_row(stack, prove, proof):
    times = []
    for number in range(20 if prove else 2):
        rows = note_a_row(stack)
        stack.process.kill()
        stack.process.wait()
        if number % 2 == 0:  # else it starts while the guardian still cleans up
            assert all_gone(stack.var), processes_of(stack.var)

        times.append(stack.start())

        assert stack.ask("SELECT count(*) FROM acknowledged") == rows
        assert stack.answers()
    proof.record("Supervisor killed", kills=len(times), rows_lost=0, slowest_start_s=round(max(times), 1))


def test_it_stops_in_order_with_exit_code_0_and_leaves_nothing(stack, proof):
    said = len(stack.said())
    begun = time.monotonic()

    assert stack.stop(signal.SIGINT) == 0

    assert processes_of(stack.var) == {}
    words = stack.said()[said:]
    order = [words.index(f"{name} stopped") for name in ("Beat", "Worker", "Web", "Mail", "Valkey", "PostgreSQL")]
    assert order == sorted(order)
    stopped = time.monotonic() - begun
    again = stack.start()
    assert stack.answers("/")
    proof.record("Second start of everything", seconds=round(again, 1), stop_s=round(stopped, 1))


def test_a_second_signal_hurries_and_still_keeps_every_row(stack):
    rows = note_a_row(stack)

    stack.process.send_signal(signal.SIGINT)
    stack.wait_for("Stopping")
    stack.process.send_signal(signal.SIGINT)

    assert stack.process.wait(20) == 0
    assert processes_of(stack.var) == {}
    server = postgres.Postgres(stack.var)
    server.start()
    assert stack.ask("SELECT count(*) FROM acknowledged") == rows
    server.stop()
