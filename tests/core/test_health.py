import time
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings
from django.utils import timezone

from marketplace.core import health, outbox, rest, tasks
from marketplace.core.models import Heartbeat, OutboxMessage

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def working(db, now):
    """Worker and clock have just beaten."""
    health.beat(health.WORKER, now)
    health.beat(health.DUE, now)


def names(at):
    return [stall.name for stall in health.stalls(at)]


def test_nothing_has_stalled_while_the_beats_come(working, now):
    assert names(now + health.SILENCE) == []


def test_a_worker_that_never_worked_has_stalled(db, now):
    assert names(now) == ["worker"]


def test_a_finished_heartbeat_task_ends_the_stall(db):
    tasks.heartbeat()

    assert names(timezone.now()) == []


def test_a_worker_that_is_silent_has_stalled(working, now):
    [stall] = health.stalls(now + health.SILENCE + timedelta(seconds=1))

    assert stall.name == "worker"
    assert now.strftime("%Y-%m-%d %H:%M UTC") in stall.sentence


def test_a_queue_that_is_away_is_named(working, now, settings):
    settings.CACHE_URL = "unix:///nonexistent.sock"
    [stall] = health.stalls(now + HOUR)

    assert "The queue is not reached" in stall.sentence


def test_due_work_that_keeps_failing_has_stalled(db, now, monkeypatch):
    from marketplace.core import registry

    def fail(at):
        raise ValueError("no")

    monkeypatch.setitem(registry.due._entries, "test", registry.Due("test", fail))
    with pytest.raises(ExceptionGroup):
        tasks.run_due()
    later = timezone.now() + health.DUE_SILENCE + timedelta(seconds=1)
    health.beat(health.WORKER, later)
    assert names(later) == ["due"]

    monkeypatch.delitem(registry.due._entries, "test")
    tasks.run_due()
    assert names(timezone.now() + health.SILENCE) in ([], ["worker"])
    assert Heartbeat.objects.get(pk="due").beat_at > now


@pytest.mark.parametrize(
    ("error", "stalled"),
    [
        ("", True),
        (f"{rest.REASON}: ConnectionRefusedError", True),
        ("SMTPServerDisconnected: broken off while sending", True),
        ("sender refused: 550 not you", True),
        ("451 4.7.1 greylisted", False),
    ],
)
def test_mail_has_stalled_when_nobody_tries_or_nobody_can(working, now, letter, error, stalled):
    message = outbox.post(letter, to="amina@leeds.example")
    OutboxMessage.objects.filter(pk=message.pk).update(last_error=error)
    assert names(now + timedelta(minutes=4)) == []

    later = now + health.MAIL_WAIT + timedelta(minutes=1)
    health.beat(health.WORKER, later)
    health.beat(health.DUE, later)
    assert names(later) == (["mail"] if stalled else [])


def test_a_hidden_mail_that_waits_is_counted_by_nobody_before_it_may_be_known(working, now, letter, capsys):
    later = now + health.MAIL_WAIT + timedelta(minutes=1)
    outbox.post(letter, to="omar@atlas.example", hidden_until=later)
    health.beat(health.WORKER, later)
    health.beat(health.DUE, later)
    call_command("sweep_outbox")
    assert "waiting=0" in capsys.readouterr().out
    assert names(later - timedelta(microseconds=1)) == []

    assert names(later) == ["mail"]
    outbox.post(letter, to="amina@leeds.example")
    OutboxMessage.objects.update(hidden_until=outbox.FOREVER)
    OutboxMessage.objects.filter(to="amina@leeds.example").update(hidden_until=None)
    assert "1 mail has waited" in health.stalls(later)[0].sentence


def test_staff_are_told_once_then_after_six_hours_and_afresh_after_a_recovery(stella, zed, now, mail_peer):
    health.beat(health.WORKER, now)
    told = [
        [stall.name for stall in health.alarm(now + at)]
        for at in (timedelta(minutes=4), timedelta(minutes=6), HOUR, 6 * HOUR, 7 * HOUR, 8 * HOUR)
    ]
    assert told == [[], ["worker"], [], [], ["worker"], []]

    health.beat(health.WORKER, now + 9 * HOUR)
    assert health.alarm(now + 9 * HOUR) == []
    assert [stall.name for stall in health.alarm(now + 10 * HOUR)] == ["worker"]
    assert mail_peer.recipients == {"stella@tessera.example": 3}
    assert "worker has stalled" in mail_peer.taken[0].message["Subject"]
    assert "No background task has finished since" in mail_peer.taken[0].message.get_content()


def test_mail_that_recovered_is_told_afresh_too(stella, now, letter, mail_peer):
    later = now + HOUR
    message = outbox.post(letter, to="amina@leeds.example")
    health.beat(health.WORKER, later)
    assert [stall.name for stall in health.alarm(later)] == ["mail"]

    OutboxMessage.objects.filter(pk=message.pk).update(next_attempt_at=later)
    assert health.alarm(later) == []
    OutboxMessage.objects.filter(pk=message.pk).update(next_attempt_at=now)
    assert [stall.name for stall in health.alarm(later)] == ["mail"]


def test_configured_operators_are_told_instead_of_staff(stella, now, mail_peer, settings):
    settings.OPERATOR_EMAILS = ["night@ops.example", "day@ops.example"]
    health.alarm(now)

    assert mail_peer.recipients == {"night@ops.example": 1, "day@ops.example": 1}


def test_an_alarm_that_cannot_be_mailed_is_tried_again(stella, now, mail_peer):
    mail_peer.stop()
    with pytest.raises(OSError):
        health.alarm(now)

    mail_peer.start()
    assert [stall.name for stall in health.alarm(now)] == ["worker"]


def test_the_command_tells_and_fails_while_something_has_stalled(stella, capsys, mail_peer):
    with pytest.raises(CommandError, match="No background task has finished yet"):
        call_command("check_health")
    assert capsys.readouterr().out == "check_health: stalled=1 told=1\n"

    tasks.heartbeat()
    call_command("check_health")
    assert capsys.readouterr().out == "check_health: stalled=0 told=0\n"


def test_a_process_that_answers_is_alive_whatever_is_behind_it(client):
    """No database fixture: a query would raise."""
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_ready_when_database_and_queue_answer(db, client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "problems": {}}


def test_readiness_asks_the_page_s_connection_nothing(db, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/readyz")


def test_not_ready_without_the_queue(db, client, settings):
    settings.CACHE_URL = "unix:///nonexistent.sock"
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "problems": {"queue": "not reached"}}


@contextmanager
def database_at(**address):
    """The threads that look make connections of their own, from these settings."""
    from django.db import connections

    wanted = connections.settings["default"]
    before = dict(wanted)
    wanted.update(address)
    try:
        yield
    finally:
        wanted.update(before)


def test_not_ready_without_the_database(db, client):
    with database_at(HOST="/nonexistent"):
        response = client.get("/readyz")

    assert response.json() == {"ready": False, "problems": {"database": "not reached"}}


def test_servers_that_hang_do_not_hold_the_answer(db, client, settings):
    """Sockets that take the connection and never say a word."""
    import socket

    with closing(socket.socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(50)
        port = deaf.getsockname()[1]
        settings.CACHE_URL = f"redis://127.0.0.1:{port}/0"
        with database_at(HOST="127.0.0.1", PORT=str(port)):
            started = time.monotonic()
            first, second = client.get("/readyz"), client.get("/readyz")
            seconds = time.monotonic() - started

    assert first.status_code == second.status_code == 503
    assert set(first.json()["problems"]) == {"database", "queue"}
    assert seconds < 6.5
    health._probes["database"]._thread.join(10)


def test_not_ready_while_migrations_wait(db, client):
    health._migrated.clear()
    with override_settings(MIGRATION_MODULES={"messages": "tests.core.late_migrations"}):
        assert client.get("/readyz").json()["problems"] == {"database": "migrations are waiting"}

    assert client.get("/readyz").json()["ready"]
    with override_settings(MIGRATION_MODULES={"messages": "tests.core.late_migrations"}):
        assert client.get("/readyz").json()["ready"]  # not asked again: a running release gains no migration


def test_every_migration_of_the_project_is_seen(db):
    """By name, as a whole `migrate` records them; what Django itself reads is the measure."""
    loader = MigrationLoader(connection)
    named = {(app.label, name) for app in apps.get_app_configs() for name in health._migration_names(app.label)}

    assert named == set(loader.disk_migrations)
    assert len(named) > 100
