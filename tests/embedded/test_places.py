import errno
import os
import stat
from pathlib import Path

import pytest

from marketplace.embedded import explain, mail, postgres, valkey
from marketplace.embedded.places import (
    CannotStart,
    check_writable,
    kept_secret,
    lock,
    private_folder,
    refusal,
    socket_folder,
)


def test_the_addresses_name_sockets_and_a_port_under_var(tmp_path):
    password = kept_secret(tmp_path / "secrets" / "postgres_password")

    folder = str(tmp_path / "run").replace("/", "%2F")
    assert postgres.address(tmp_path) == f"postgresql://tessera:{password}@{folder}/tessera"
    assert valkey.address(tmp_path) == f"unix://{tmp_path}/run/valkey.sock?db=0"
    assert mail.address(tmp_path) == f"smtp://127.0.0.1:{(tmp_path / 'run' / 'mail_port').read_text()}"


def test_the_addresses_stay_the_same(tmp_path):
    first = postgres.address(tmp_path), mail.address(tmp_path)

    assert (postgres.address(tmp_path), mail.address(tmp_path)) == first


def test_the_password_is_readable_by_its_owner_only(tmp_path):
    postgres.address(tmp_path)

    secret = tmp_path / "secrets" / "postgres_password"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert len(secret.read_text()) >= 32


def test_two_folders_have_different_passwords_and_sockets(tmp_path):
    assert postgres.address(tmp_path / "one") != postgres.address(tmp_path / "two")
    assert valkey.address(tmp_path / "one") != valkey.address(tmp_path / "two")


def test_a_long_path_gets_a_short_private_socket_folder(tmp_path):
    var = tmp_path / ("long" * 30)

    folder = socket_folder(var)

    assert len(os.fsencode(folder / ".s.PGSQL.5432")) < 107
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.stat().st_uid == os.getuid()
    assert folder == socket_folder(var) != socket_folder(tmp_path / ("wide" * 30))
    folder.rmdir()
    socket_folder(tmp_path / ("wide" * 30)).rmdir()


def test_a_short_folder_that_others_can_enter_is_refused(tmp_path):
    var = tmp_path / ("open" * 30)
    folder = socket_folder(var)
    folder.chmod(0o755)

    with pytest.raises(CannotStart, match="belongs to somebody else"):
        socket_folder(var)

    folder.rmdir()


def test_a_short_folder_that_is_a_link_is_refused(tmp_path):
    var = tmp_path / ("link" * 30)
    folder = socket_folder(var)
    folder.rmdir()
    folder.symlink_to(private_folder(tmp_path / "elsewhere"))

    with pytest.raises(CannotStart, match="belongs to somebody else"):
        socket_folder(var)

    folder.unlink()


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    held = lock(tmp_path / "lock")

    assert lock(tmp_path / "lock") is None

    os.close(held)
    again = lock(tmp_path / "lock")
    assert again is not None
    os.close(again)


def test_a_var_that_cannot_be_made_is_named_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(CannotStart, match="TESSERA_VAR"):
        check_writable(tmp_path / "file" / "var")


def test_a_full_disk_is_called_full():
    assert "is full" in str(refusal(Path("/srv/var"), OSError(errno.ENOSPC, "No space left on device")))
    assert "is full" not in str(refusal(Path("/srv/var"), OSError(errno.EACCES, "Permission denied")))


class OperationalError(Exception):
    pass


def test_a_database_that_does_not_run_is_explained(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    error = OperationalError('connection to server on socket "/x/.s.PGSQL.5432" failed: No such file or directory')

    assert explain(error) == ("The database is not running: start it with `make run` or `manage.py up --infra-only`.")


def test_the_operators_own_database_is_not_explained_away(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db/tessera")
    error = OperationalError('connection to server on socket "/x/.s.PGSQL.5432" failed: No such file or directory')

    assert explain(error) is None


def test_other_mistakes_are_not_explained(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert explain(OperationalError("deadlock detected")) is None
    assert explain(ValueError("no")) is None
    assert explain(CannotStart("Port 8000 is taken.")) == "Port 8000 is taken."
