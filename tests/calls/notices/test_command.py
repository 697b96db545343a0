"""`import_notices`: files, folders and stdin in one run, a table of reasons, one line of figures at the end."""

import gzip
import io
import json
import re
import sys

import pytest
from django.core.management import CommandError, call_command

from marketplace.calls.models import Call
from marketplace.calls.notices.models import Notice, Run
from tests.calls.notices.test_views import package, release

pytestmark = pytest.mark.django_db
FIGURES = re.compile(r"(\w+)=(\d+)")


def run(capsys, *arguments):
    call_command("import_notices", *map(str, arguments))
    said = capsys.readouterr()
    last = said.out.strip().splitlines()[-1]
    assert last.startswith("import_notices: ")
    return {name: int(figure) for name, figure in FIGURES.findall(last)} | {"said": said.err}


@pytest.fixture
def folder(tmp_path):
    """Two notices, one of them packed, one without a deadline, a file that is none, and a hidden one."""
    (tmp_path / "below").mkdir()
    (tmp_path / "a.json").write_bytes(package(release(1), release(2, tenderPeriod={})))
    (tmp_path / "below" / "b.json.gz").write_bytes(gzip.compress(package(release(3))))
    (tmp_path / "c.txt").write_text("Nothing of the kind")
    (tmp_path / ".hidden").write_bytes(package(release(4)))
    return tmp_path


def test_a_folder_is_read_in_one_run_and_a_second_run_changes_nothing(folder, capsys):
    first, second = run(capsys, folder), run(capsys, folder)

    assert (first["files"], first["notices"], first["created"], first["reported"]) == (3, 4, 2, 2)
    assert (second["created"], second["updated"], second["unchanged"], second["reported"]) == (0, 0, 2, 2)
    assert "It says no deadline for responses." in first["said"]
    assert Call.objects.count() == 2
    assert "3 files" in Run.objects.first().file_name


def test_a_dry_run_says_the_same_and_writes_nothing(folder, capsys):
    figures = run(capsys, folder, "--dry-run")

    assert (figures["created"], figures["reported"], figures["dry_run"]) == (2, 2, 1)
    assert "It says no deadline for responses." in figures["said"]
    assert not Call.objects.exists()
    assert not Notice.objects.exists()
    assert not Run.objects.exists()
    assert run(capsys, folder)["created"] == 2


def test_a_dry_run_follows_what_earlier_notices_of_the_same_file_would_have_made(tmp_path, capsys):
    later = release(1, title="Cleaning of five schools") | {"id": "next", "date": "2026-01-06T09:00:00Z"}
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in (release(1), later)))

    dry, wet = run(capsys, path, "--dry-run"), run(capsys, path)
    assert [(figures["created"], figures["updated"]) for figures in (dry, wet)] == [(1, 1), (1, 1)]


def test_stdin_is_a_file_too(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(package(release(1)))))

    assert run(capsys, "-")["created"] == 1


@pytest.mark.parametrize("arguments", [["/nowhere/at/all.json"], ["--source", "atlantis"]])
def test_wrong_arguments_are_refused_and_nothing_is_written(folder, capsys, arguments):
    with pytest.raises(CommandError):
        run(capsys, folder, *arguments)

    assert not Run.objects.exists()


def test_every_file_of_the_shared_folder_is_created_skipped_or_reported_and_again_nothing_changes(shared_data, capsys):
    folders = [shared_data / name for name in ("ocds", "eforms", "ted_r209")]
    first, second = run(capsys, *folders), run(capsys, *folders)

    settled = sum(first[name] for name in ("created", "updated", "unchanged", "skipped", "reported"))
    assert first["notices"] == settled >= first["files"]
    assert first["created"] >= 30
    assert (second["created"], second["updated"], second["notices"]) == (0, 0, first["notices"])
    assert "nobody has foreseen" not in first["said"]
    assert "The database refused" not in first["said"]
