import re

import pytest
from django.core.management import CommandError, call_command

from suppliers.imports.models import Import
from suppliers.models import Supplier
from tests.factories.imports import write_csv, write_workbook

pytestmark = pytest.mark.django_db
FIGURES = re.compile(r"(\w+)=(\d+)")


def run(capsys, *arguments):
    call_command("import_suppliers", *map(str, arguments))
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith("import_suppliers: ")
    return {name: int(figure) for name, figure in FIGURES.findall(last)}


def test_the_command_ends_with_its_figures_and_a_second_run_changes_nothing(tmp_path, capsys):
    path = write_csv(tmp_path, "Name,Country,CPV\nAtlas,FR,90919200\n,FR,\nBaobab,FR,\n")

    first, second = run(capsys, path), run(capsys, path)

    assert (first["rows"], first["created"], first["reported"]) == (3, 2, 1)
    assert (second["unchanged"], second["created"], second["reported"]) == (2, 0, 1)


def test_a_dry_run_writes_nothing(tmp_path, capsys):
    path = write_workbook(tmp_path, [["Name", "Country"], ["Atlas", "FR"]])

    figures = run(capsys, path, "--dry-run")

    assert (figures["created"], figures["dry_run"]) == (1, 1)
    assert not Supplier.objects.exists()
    assert not Import.objects.exists()


def test_a_column_may_be_named_and_a_guess_be_taken_back(tmp_path, capsys):
    path = write_csv(tmp_path, "Wer,Country,Description\nAtlas,FR,secret\n")

    run(capsys, path, "--map", "Wer=name", "--map", "Description=")

    supplier = Supplier.objects.get()
    assert (supplier.organisation.name, supplier.summary) == ("Atlas", "")


@pytest.mark.parametrize(
    "arguments",
    [["--map", "Nobody=name"], ["--map", "Country=shoe_size"], ["--country", "Atlantis"], ["--map", "Name="]],
)
def test_wrong_arguments_are_refused_and_nothing_is_written(tmp_path, capsys, arguments):
    path = write_csv(tmp_path, "Name,Country\nAtlas,FR\n")

    with pytest.raises(CommandError):
        run(capsys, path, *arguments)

    assert not Supplier.objects.exists()


def test_a_file_that_is_not_there_or_no_table_is_refused(tmp_path, capsys):
    for path in (tmp_path / "nowhere.csv", write_csv(tmp_path, "one\ntwo\n")):
        with pytest.raises(CommandError):
            run(capsys, path)


def test_every_row_of_the_real_names_is_accounted_for_and_the_second_run_changes_nothing(shared_data, capsys):
    path = shared_data / "companies" / "suppliers_from_real_ocds_awards.csv"

    first = run(capsys, path, "--country", "GB")
    before = list(Supplier.objects.order_by("pk").values())
    second = run(capsys, path, "--country", "GB")

    assert first["rows"] == second["rows"] == 348
    assert first["created"] + first["updated"] + first["reported"] == 348
    assert first["created"] > 300
    assert (second["created"], second["updated"]) == (0, 0)
    assert second["unchanged"] + second["reported"] == 348
    assert list(Supplier.objects.order_by("pk").values()) == before
    assert not Supplier.objects.listed().exists()
