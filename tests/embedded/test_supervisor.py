"""`manage.py up --infra-only` and its refusals; the whole product is killed piece by piece in tests/faults."""

import os
import shutil
import signal
import smtplib
import socket
import subprocess
from contextlib import closing

import pytest
import redis

from marketplace.embedded import mail, valkey
from tests.embedded.stack import Stack
from tests.embedded.traces import all_gone, processes_of

pytestmark = pytest.mark.xdist_group("supervisor")


@pytest.fixture
def servers(made, tmp_path):
    var = tmp_path / "var"
    shutil.copytree(made, var)
    stack = Stack(var, "--infra-only")
    yield stack
    stack.end()


def test_the_servers_run_until_asked_to_stop_and_leave_nothing(servers):
    servers.start()

    assert servers.ask("SELECT 1") == [(1,)]
    assert redis.Redis.from_url(valkey.address(servers.var)).ping()
    with closing(smtplib.SMTP("127.0.0.1", mail.port(servers.var))) as smtp:
        assert smtp.noop()[0] == 250
    assert not servers.answers("/healthz")

    assert servers.stop(signal.SIGINT) == 0
    assert processes_of(servers.var) == {}
    order = [servers.said().index(f"{name} stopped") for name in ("Mail", "Valkey", "PostgreSQL")]
    assert order == sorted(order)


def test_a_second_one_in_the_same_folder_is_told_who_runs(servers):
    servers.start()
    second = Stack(servers.var, "--infra-only")
    second.output = servers.output.with_suffix(".second")

    second.launch()

    assert second.process.wait(60) == 1
    assert f"It is running already in {servers.var} (process {servers.process.pid})." in second.said()
    assert "Traceback" not in second.said()
    assert servers.ask("SELECT 1") == [(1,)]


def test_nothing_is_left_after_a_kill_and_the_next_start_succeeds(servers):
    servers.start()
    servers.ask("CREATE TABLE kept AS SELECT 1 AS one")

    servers.process.kill()
    servers.process.wait()
    servers.start()

    assert servers.ask("SELECT one FROM kept") == [(1,)]
    servers.process.kill()
    assert all_gone(servers.var)


def test_two_folders_run_side_by_side(servers, made, tmp_path):
    shutil.copytree(made, tmp_path / "other")
    other = Stack(tmp_path / "other", "--infra-only")
    servers.launch()
    try:
        other.start()
        servers.wait_for("The servers run after")
        servers.ask("CREATE TABLE mine AS SELECT 1 AS one")

        assert other.ask("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'") == [(0,)]
        assert mail.port(servers.var) != mail.port(other.var)
    finally:
        other.end()


def test_a_busy_port_is_named_before_anything_starts(tmp_path):
    stack = Stack(tmp_path / "var")
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", stack.port))
        taken.listen()

        stack.launch()

        assert stack.process.wait(60) == 1
    assert f"Port {stack.port} is taken by another program: choose another with PORT=" in stack.said()
    assert "Traceback" not in stack.said()
    assert not (stack.var / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path):
    if os.getuid() == 0:
        blocked = tmp_path / "disk"
        blocked.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", blocked]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("this machine does not let us mount a disk that is read-only")
    else:
        blocked = tmp_path / "closed"
        blocked.mkdir(mode=0o500)
    stack = Stack(tmp_path / "var", "--infra-only", TESSERA_VAR=str(blocked / "var"))
    try:
        stack.launch()

        assert stack.process.wait(60) == 1
    finally:
        if os.getuid() == 0:
            subprocess.run(["umount", blocked], check=True)
    assert "TESSERA_VAR" in stack.said()
    assert "Traceback" not in stack.said()
