import io
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from django.conf import settings as live_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from marketplace.accounts.models import User
from marketplace.core import backup, dumps, manifest, registry, restore
from marketplace.core.models import AuditEntry
from tests import databases, harness
from tests.peers.worker import environment, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def silent(step, done, total):
    """Nobody is looking."""


#: Published code lists: one test carries them to and fro, the others are quicker without.
LISTS = ("vocab_cpvlabel", "vocab_cpvword")


def without_lists():
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(LISTS)}")


@pytest.fixture
def place(whole_place):
    without_lists()
    return whole_place


@pytest.fixture
def whole_place(media, settings, tmp_path):
    """People, files and a ledger to back up; `place` is the folder for backups."""
    settings.LEDGER_ROOT = tmp_path / "ledger"
    settings.LEDGER_ROOT.mkdir()
    (settings.LEDGER_ROOT / "erased.jsonl").write_text('{"user": 7}\n')
    User.objects.create_user("amina@leeds.example", "mosaic-tile-and-trade", full_name="Amina Diallo")
    for name, content in {"logos/é.svg": b"<svg/>", "papers/deep/report.pdf": os.urandom(3_000_000), "x": b""}.items():
        default_storage.save(name, ContentFile(content))
    return tmp_path / "backups"


def fresh_database():
    """What a new machine has: migrations, and nobody."""
    connection.close()
    databases.clone(connection.settings_dict["NAME"])


def clear_media():
    for name in list(backup.media_names(default_storage)):
        default_storage.delete(name)


def rows():
    with dumps.snapshot() as (cursor, _name):
        return dumps.count_rows(cursor)


def stored():
    return {name: default_storage.open(name).read() for name in backup.media_names(default_storage)}


def test_what_was_backed_up_comes_back_whole_on_an_empty_machine(whole_place, capsys, settings, prove, proof):
    place = whole_place
    before_rows, before_files = rows(), stored()
    call_command("backup", str(place / "a"))
    words = capsys.readouterr().out
    fresh_database()
    clear_media()
    (settings.LEDGER_ROOT / "erased.jsonl").unlink()

    call_command("restore", str(place / "a"))

    assert rows() == before_rows
    assert stored() == before_files
    assert User.objects.get().full_name == "Amina Diallo"
    assert User.objects.get().check_password("mosaic-tile-and-trade")
    assert (settings.LEDGER_ROOT / "erased.jsonl").read_text() == '{"user": 7}\n'
    made = manifest.read(place / "a")
    assert words.startswith(
        f"backup: files={len(made.files)} rows={sum(before_rows.values())} bytes={made.total_bytes} "
    )
    assert "broken=0" in capsys.readouterr().out
    User.objects.create_user("omar@atlas.example", "another-long-password")  # the sequences have moved on too
    if prove:
        proof.record("Backup and restore", tables=len(made.rows), rows=sum(made.rows.values()), files=len(made.files))


def test_a_backup_is_readable_by_its_owner_only_and_holds_no_key(place):
    made = backup.make_backup(place / "a", silent)

    assert (place / "a").stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in (place / "a").rglob("*") if path.is_file()} == {0}
    content = b"".join((place / "a" / entry.path).read_bytes() for entry in made.files)
    assert live_settings.SECRET_KEY.encode() not in content


def test_keys_are_written_apart_and_never_over_a_file(place, tmp_path):
    keys = tmp_path / "keys.env"
    call_command("backup", str(place / "a"), keys=keys, stdout=io.StringIO())

    assert keys.read_text() == f"SECRET_KEY={live_settings.SECRET_KEY}\n"
    assert keys.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("backup", str(place / "b"), keys=keys)
    with pytest.raises(CommandError, match="outside the backup"):
        call_command("backup", str(place / "c"), keys=place / "c" / "keys.env")
    assert not (place / "b").exists()


@pytest.mark.parametrize("name", ["file", "folder/file"])
def test_a_folder_with_something_in_it_is_refused(place, name):
    (place / "a" / name).parent.mkdir(parents=True)
    (place / "a" / name).touch()

    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(place / "a"))


def test_an_empty_folder_is_as_good_as_a_new_one(place):
    (place / "a").mkdir(parents=True)

    backup.make_backup(place / "a", silent)

    assert manifest.read(place / "a")


def test_the_counts_and_the_dump_see_the_same_moment(place, monkeypatch):
    """Somebody registers while the dump is about to begin."""
    dump = dumps.dump

    def dump_late(name, target):
        User.objects.create_user("late@leeds.example", "mosaic-tile-and-trade")
        dump(name, target)

    monkeypatch.setattr(dumps, "dump", dump_late)
    made = backup.make_backup(place / "a", silent)

    tool = dumps.find_tool("pg_restore", dumps.server_version())
    command = [tool, "--data-only", "--table=accounts_user", "--file=-", place / "a" / "database.dump"]
    dumped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert User.objects.count() == 2
    assert made.rows["accounts_user"] == 1
    assert "amina@leeds.example" in dumped
    assert "late@leeds.example" not in dumped


def damage(folder, kind):
    """Spoil the backup in one way and return the name that the refusal must tell."""
    made = manifest.read(folder)
    report = next(entry.path for entry in made.files if entry.path.endswith("report.pdf"))
    if kind == "truncated":
        os.truncate(folder / "database.dump", 1000)
        return "database.dump"
    if kind == "altered":
        content = bytearray((folder / report).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / report).write_bytes(content)
        return report
    if kind == "missing":
        (folder / report).unlink()
        return report
    if kind == "additional":
        (folder / "media" / "stowaway").touch()
        return "stowaway"
    if kind == "link":
        (folder / report).unlink()
        (folder / report).symlink_to("/etc/hostname")
        return report
    if kind == "manifest":
        text = (folder / "manifest.json").read_text()
        (folder / "manifest.json").write_text(text.replace('"accounts_user": 1', '"accounts_user": 2'))
        return "manifest.json"
    if kind == "no manifest":
        (folder / "manifest.json").unlink()
        return "manifest.json"
    raise AssertionError(kind)


DAMAGES = ["truncated", "altered", "missing", "additional", "link", "manifest", "no manifest"]


def test_a_damaged_backup_is_refused_by_name_before_anything_is_touched(place):
    backup.make_backup(place / "whole", silent)
    AuditEntry.objects.create(verb="after.backup", subject="accounts.user:1")
    before_rows, before_files = rows(), stored()

    for kind in DAMAGES:
        shutil.copytree(place / "whole", place / kind)
        name = damage(place / kind, kind)
        with pytest.raises(CommandError, match=name):
            call_command("restore", str(place / kind), wipe=connection.settings_dict["NAME"])

    assert rows() == before_rows
    assert stored() == before_files


def resign(folder, **changes):
    """Change the manifest the way somebody would who knows how it is made."""
    import hashlib

    values = json.loads((folder / "manifest.json").read_text()) | changes
    content = json.dumps(values).encode()
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.json.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  manifest.json\n")


def test_a_backup_of_a_newer_release_is_refused(place):
    made = backup.make_backup(place / "a", silent)
    resign(place / "a", migrations=[*made.migrations, "core.9999_from_the_future"])

    with pytest.raises(CommandError, match=r"newer than this release, which does not know core\.9999_from_the_future"):
        call_command("restore", str(place / "a"), wipe=connection.settings_dict["NAME"])


@pytest.mark.parametrize(("changes", "words"), [({"format": 2}, "format 2"), ({"postgresql": 99}, "PostgreSQL 99")])
def test_a_backup_for_other_software_is_refused(place, changes, words):
    backup.make_backup(place / "a", silent)
    resign(place / "a", **changes)

    with pytest.raises(CommandError, match=words):
        call_command("restore", str(place / "a"), wipe=connection.settings_dict["NAME"])


def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path):
    for name in ("../x", "/etc/x", "a/../../x", "", "a\0b"):
        with pytest.raises(manifest.BackupRefused):
            manifest.inside(tmp_path, name)
    assert manifest.inside(tmp_path, "a/..b") == tmp_path / "a" / "..b"


def test_what_is_there_is_replaced_only_when_the_database_is_named(place):
    name = connection.settings_dict["NAME"]
    backup.make_backup(place / "a", silent)
    User.objects.create_user("zed@elsewhere.example", "another-long-password")
    default_storage.save("stranger.txt", ContentFile(b"keep me"))

    with pytest.raises(CommandError, match=f"holds people.*say --wipe {name}"):
        call_command("restore", str(place / "a"))
    with pytest.raises(CommandError, match=f"that would be lost: {name}"):
        call_command("restore", str(place / "a"), wipe="another")
    User.objects.all().delete()
    with pytest.raises(CommandError, match=rf"stranger\.txt.*say --wipe {name}"):
        call_command("restore", str(place / "a"))
    assert "stranger.txt" in stored()

    call_command("restore", str(place / "a"), wipe=name, stdout=io.StringIO())
    assert User.objects.get().email == "amina@leeds.example"
    assert "stranger.txt" not in stored()


def test_a_dump_that_cannot_be_loaded_leaves_the_database_as_it_was(place, monkeypatch):
    backup.make_backup(place / "a", silent)
    User.objects.create_user("zed@elsewhere.example", "another-long-password")
    before = rows()
    monkeypatch.setattr(dumps, "REMOVALS", "SELECT 'DROP TABLE accounts_user CASCADE' || ';'")  # the rest is in the way

    with pytest.raises(CommandError, match="left as it was"):
        call_command("restore", str(place / "a"), wipe=connection.settings_dict["NAME"])

    assert rows() == before


def test_a_database_in_use_is_not_restored_over(place):
    backup.make_backup(place / "a", silent)

    with dumps.snapshot(), pytest.raises(CommandError, match="1 other sessions use the database"):
        call_command("restore", str(place / "a"), wipe=connection.settings_dict["NAME"])


def test_an_older_backup_is_migrated_afterwards(place):
    """One migration less, as before an upgrade."""
    from django.db.migrations.executor import MigrationExecutor

    last = MigrationExecutor(connection).loader.graph.leaf_nodes("core")[0]
    before = [key for key in MigrationExecutor(connection).loader.disk_migrations if key[0] == "core" and key < last]
    call_command("migrate", "core", max(before)[1], verbosity=0)
    made = backup.make_backup(place / "a", silent)
    fresh_database()
    clear_media()

    done = restore.restore_backup(place / "a", silent)

    assert f"core.{last[1]}" not in made.migrations
    assert done.migrated > 0
    assert not restore._plan()


def test_after_a_restore_hooks_see_the_longer_ledger_and_broken_invariants_are_told(place, settings, monkeypatch):
    seen = []
    hook = registry.Restored("test", lambda ledger: seen.append((ledger / "erased.jsonl").read_text()) or 1)
    monkeypatch.setitem(registry.restored._entries, "test", hook)
    broken = registry.Invariant("nobody is called Amina", "SELECT id FROM accounts_user WHERE full_name LIKE 'Amina%%'")
    monkeypatch.setitem(registry.invariants._entries, "test", broken)
    backup.make_backup(place / "a", silent)
    (settings.LEDGER_ROOT / "erased.jsonl").write_text('{"user": 7}\n{"user": 8}\n')
    said = io.StringIO()

    with pytest.raises(CommandError, match="nobody is called Amina"):
        call_command("restore", str(place / "a"), wipe=connection.settings_dict["NAME"], stdout=said)

    assert seen == ['{"user": 7}\n{"user": 8}\n']
    assert "replayed=1 broken=1" in said.getvalue()


def test_too_old_tools_are_told_by_name():
    with pytest.raises(manifest.BackupRefused, match="No pg_dump of PostgreSQL 99 or newer"):
        dumps.find_tool("pg_dump", 99)
    assert dumps.find_tool("pg_dump", dumps.server_version()).name == "pg_dump"


@pytest.mark.fault
def test_a_backup_that_is_cut_off_leaves_nothing_that_looks_like_one(place, media):
    """Killed in the middle of a large file."""
    with (media / "large").open("wb") as file:
        file.truncate(4_000_000_000)
    command = [sys.executable, "manage.py", "backup", str(place / "a")]
    code = f"import pathlib, marketplace.settings as s; s.MEDIA_ROOT = pathlib.Path({str(media)!r})"
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import sys, runpy; {code}; sys.argv = {command[1:]!r}; runpy.run_path('manage.py', run_name='__main__')",
        ],
        cwd=harness.ROOT,
        env=environment(DJANGO_SETTINGS_MODULE="marketplace.settings"),
    )
    draft = place / "a.partial"
    assert eventually(lambda: (draft / "media" / "large").exists(), 60)
    child.send_signal(signal.SIGKILL)
    child.wait()

    assert not (place / "a").exists()
    assert not (draft / "manifest.json").exists()
    with pytest.raises(CommandError, match="is no backup"):
        call_command("restore", str(draft))
    with pytest.raises(CommandError, match="exists: another backup is being made, or was cut off"):
        call_command("backup", str(place / "a"))


def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(place, monkeypatch):
    def full(target, pieces):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_write", full)

    with pytest.raises(CommandError, match=r"nothing was kept: .*No space left"):
        call_command("backup", str(place / "a"))

    assert list(place.iterdir()) == []
