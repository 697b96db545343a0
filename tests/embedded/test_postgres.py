"""Real servers in folders of their own; the ones of the test run are not touched."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from marketplace.embedded import account, postgres
from marketplace.embedded.binaries import find_postgres
from marketplace.embedded.places import CannotStart
from tests.embedded.traces import all_gone, processes_of

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root")


@pytest.fixture
def var():
    """A folder that the user nobody could enter."""
    folder = Path(tempfile.mkdtemp(prefix="tessera-test-"))
    folder.chmod(0o755)
    yield folder
    account.forget(folder)
    shutil.rmtree(folder)


@pytest.fixture
def bare_server(var):
    """One that has yet to make its database."""
    server = postgres.Postgres(var, durable=False)
    yield server
    server.stop()


@pytest.fixture
def server(bare_server, made):
    shutil.copytree(made, bare_server.var, dirs_exist_ok=True)
    return bare_server


def ask(server, statement):
    with closing(psycopg2.connect(postgres.address(server.var))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def test_rows_are_there_after_a_restart(server):
    server.start()
    assert server.is_running()
    ask(server, "CREATE TABLE kept AS SELECT 'Élodie' AS name")

    server.stop()
    assert not server.is_running()
    server.start()

    assert ask(server, "SELECT lower(name) FROM kept") == [("élodie",)]


def test_the_database_is_private_and_speaks_unicode(bare_server):
    bare_server.start()

    assert ask(bare_server, "SHOW listen_addresses") == [("",)]
    assert ask(bare_server, "SHOW server_encoding") == [("UTF8",)]
    assert ask(
        bare_server, "SELECT current_setting('is_superuser'), rolcreatedb FROM pg_roles WHERE rolname = 'tessera'"
    ) == [("off", True)]
    ask(bare_server, "CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist")
    assert ask(bare_server, "SELECT unaccent('Łódź')") == [("Lodz",)]


def test_a_wrong_password_is_refused(server):
    server.start()

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(postgres.address(server.var).replace("tessera:", "tessera:x"))


def test_a_lost_password_is_replaced_without_losing_rows(server):
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 1 AS one")
    server.stop()
    (server.var / "secrets" / "postgres_password").unlink()

    server.start()

    assert ask(server, "SELECT one FROM kept") == [(1,)]


def test_the_data_is_durable_unless_a_test_says_otherwise(var, server):
    server.start()
    assert ask(server, "SHOW fsync") == [("off",)]
    server.stop()

    durable = postgres.Postgres(var)
    durable.start()

    try:
        assert ask(durable, "SELECT current_setting('fsync'), current_setting('synchronous_commit')") == [("on", "on")]
    finally:
        durable.stop()


def test_committed_rows_survive_a_killed_server_and_its_traces_do_not_hinder_the_next(made, var):
    shutil.copytree(made, var, dirs_exist_ok=True)
    server = postgres.Postgres(var)
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    stuck = psycopg2.connect(postgres.address(var))
    stuck.cursor().execute("SELECT 1")

    os.kill(server.process.pid, signal.SIGKILL)
    again = postgres.Postgres(var)
    again.start()

    try:
        assert (var / "run" / "postgres.lock").exists()
        assert ask(again, "SELECT count(*) FROM kept") == [(1000,)]
    finally:
        again.stop()
        server.stop()
        stuck.close()


def test_a_second_server_on_the_same_data_is_refused(server, monkeypatch):
    monkeypatch.setattr(postgres, "PATIENCE", 0.2)
    server.start()

    with pytest.raises(CannotStart, match="Another PostgreSQL is using"):
        postgres.Postgres(server.var).start()

    assert ask(server, "SELECT 1") == [(1,)]


def test_a_making_that_was_interrupted_is_made_anew(bare_server):
    half_made = bare_server.var / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    bare_server.start()

    assert ask(bare_server, "SELECT 1") == [(1,)]
    assert not half_made.exists()


def test_the_data_of_another_major_version_is_left_alone(server):
    server.start()
    server.stop()
    (server.var / "postgres" / "data" / "PG_VERSION").write_text("13\n")

    with pytest.raises(CannotStart, match=r"was made by PostgreSQL 13 .* docs/selfhosting.md"):
        server.start()


def test_a_server_that_cannot_start_says_why(server):
    server.start()
    server.stop()
    (server.var / "postgres" / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(CannotStart, match=r"PostgreSQL did not start: .*configuration file.*postgres\.log"):
        server.start()


def test_nothing_is_left_when_the_program_that_started_it_is_killed(made, var):
    shutil.copytree(made, var, dirs_exist_ok=True)
    code = f"""
import sys, time
from pathlib import Path
from marketplace.embedded.postgres import Postgres
Postgres(Path({str(var)!r}), durable=False).start()
print("started", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path.cwd()) as starter:
        assert starter.stdout.readline() == b"started\n"
        assert processes_of(var)

        starter.kill()

        assert all_gone(var)


def test_a_path_with_spaces_commas_and_great_length_works(var):
    server = postgres.Postgres(var / "a, b's" / ("long" * 25), durable=False)
    server.start()

    try:
        assert ask(server, "SELECT 1") == [(1,)]
    finally:
        server.stop()
        shutil.rmtree(postgres.socket_folder(server.var))


def test_an_older_postgres_of_the_machine_works_as_well(bare_server, monkeypatch):
    installed = sorted(Path("/usr/lib/postgresql").glob("1[567]/bin"))
    if not installed:
        pytest.skip("no PostgreSQL 15 to 17 is installed on this machine")
    monkeypatch.setenv("TESSERA_PG_BIN", str(installed[0]))

    bare_server.start()

    assert bare_server.version.startswith(installed[0].parent.name)
    assert ask(bare_server, "SELECT lower('ÉÇŁ'), 'Z' < 'a'") == [("éçł", True)]


@needs_root
@pytest.mark.parametrize("way", ["unshare", "nobody"])
def test_root_hands_the_server_to_somebody_with_fewer_rights(server, monkeypatch, way):
    if way == "unshare" and subprocess.run([*account.UNSHARE.prefix, "true"], check=False).returncode:
        pytest.skip("user namespaces are forbidden on this machine")
    monkeypatch.setenv("TESSERA_PG_ROOT", way)

    server.start()

    home = server.var / "postgres" / "data"
    assert pwd.getpwuid(home.stat().st_uid).pw_name == {"unshare": "root", "nobody": "nobody"}[way]
    assert ask(server, "SELECT 1") == [(1,)]
    process = Path("/proc") / str(server.process.pid)
    if way == "nobody":
        assert process.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    else:
        assert os.readlink(process / "ns" / "user") != os.readlink("/proc/self/ns/user")


@needs_root
def test_rows_follow_when_root_has_to_change_the_way(server, monkeypatch):
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 7 AS seven")
    server.stop()

    for way in ("nobody", "unshare", "nobody"):
        monkeypatch.setenv("TESSERA_PG_ROOT", way)
        server.start()
        assert ask(server, "SELECT seven FROM kept") == [(7,)]
        server.stop()


@needs_root
def test_a_folder_that_only_root_can_enter_lodges_the_server_elsewhere(var, monkeypatch):
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("TESSERA_PG_ROOT", "nobody")
    server = postgres.Postgres(closed / "var", durable=False)
    server.start()

    try:
        elsewhere = Path((server.var / "postgres-lives-at").read_text())
        assert not elsewhere.is_relative_to(var)
        assert ask(server, "CREATE TABLE kept AS SELECT 1 AS one") == []
        server.stop()
        server.start()
        assert ask(server, "SELECT one FROM kept") == [(1,)]
    finally:
        server.stop()
        account.forget(server.var)
    assert not elsewhere.exists()


@needs_root
def test_root_in_the_folder_of_an_ordinary_user_that_root_cannot_enter_without_its_rights(var):
    nobody = pwd.getpwnam("nobody")
    theirs = var / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, nobody.pw_uid + 1 if nobody.pw_uid < 65000 else 1234, 1234)
    server = postgres.Postgres(theirs / "var", durable=False)

    server.start()

    try:
        assert ask(server, "SELECT 1") == [(1,)]
    finally:
        server.stop()
        account.forget(server.var)


@needs_root
def test_an_ordinary_user_runs_it_in_their_own_folder(var):
    nobody = pwd.getpwnam("nobody")
    os.chown(var, nobody.pw_uid, nobody.pw_gid)
    program = find_postgres()
    if subprocess.run([program.path, "--version"], user="nobody", check=False, capture_output=True).returncode:
        pytest.skip("the checkout is closed to other users")
    pid = os.fork()
    if pid == 0:
        _be_nobody_and_try(var, nobody)

    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert (var / "postgres" / "data").stat().st_uid == nobody.pw_uid


def _be_nobody_and_try(var, nobody):
    code = 1
    try:
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        server = postgres.Postgres(var, durable=False)
        server.start()
        rows = ask(server, "SELECT 1")
        server.stop()
        code = 0 if rows == [(1,)] and not server.is_running() else 2
    finally:
        os._exit(code)


@needs_root
def test_a_full_disk_is_one_clear_sentence(var):
    small = var / "small"
    small.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", small]
    mounted = subprocess.run(command, check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(CannotStart, match=r"The disk that holds .* is full"):
            postgres.Postgres(small / "var", durable=False).start()
        assert not (small / "var" / "postgres" / "data").exists()
    finally:
        time.sleep(0.1)
        subprocess.run(["umount", small], check=True)
