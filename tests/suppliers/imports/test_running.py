from pathlib import Path

import pytest
from django.core.files import File

from marketplace.accounts.models import Identifier, Organisation
from marketplace.core.errors import RuleBroken
from marketplace.core.models import OutboxMessage
from suppliers.imports import actions, due, running, undoing
from suppliers.imports.models import Import, ImportRow
from suppliers.models import Supplier
from suppliers.proposals.actions import accept_proposal
from suppliers.proposals.models import Proposal
from tests.factories.imports import write_csv
from tests.people import person

pytestmark = pytest.mark.django_db

HEADINGS = "Name;Country;SIREN;Email;Town;Description;CPV\n"
ATLAS = "Atlas Propreté;FR;732829320;omar@atlas-import.example;Villeurbanne;Nettoyage de bureaux;90919200\n"
BAOBAB = "Baobab Traiteur;FR;;;Saint-Denis;Cuisine;55520000\n"
NAMELESS = ";FR;;;Lyon;x;90919200\n"


def upload(folder, text, *, source="Chamber list", by=None, **fields):
    path = write_csv(folder, text)
    with path.open("rb") as content:
        return actions.upload_import(
            File(content, name=path.name), source=source, **({"country": "", "language": "fr"} | fields), by=by
        )


def begun(folder, text, **fields):
    of_import = upload(folder, text, **fields)
    headings = text.splitlines()[0].split(";")
    actions.begin_import(
        of_import, headings=headings, mapping=actions.remembered(headings), by=fields.get("by"), in_background=False
    )
    return of_import


def imported(folder, text, **fields):
    of_import = begun(folder, text, **fields)
    assert running.run(of_import)
    of_import.refresh_from_db()
    return of_import


def outcomes(of_import):
    return running.counts(of_import)


def test_rows_become_invisible_drafts_whose_owners_are_asked(tmp_path):
    of_import = imported(tmp_path, HEADINGS + ATLAS + BAOBAB)

    atlas = Supplier.objects.get(organisation__name="Atlas Propreté")
    assert outcomes(of_import) == {"created": 2, "updated": 0, "unchanged": 0, "reported": 0}
    assert (atlas.is_listed, atlas.summary, atlas.summary_language) == (False, "Nettoyage de bureaux", "fr")
    assert [row.cpv for row in atlas.capabilities.all()] == ["90919200"]
    assert atlas.organisation.identifiers.get().value == "732829320"
    assert atlas.proposal.is_open
    assert Proposal.objects.count() == 2
    assert [mail.to for mail in OutboxMessage.objects.all()] == ["omar@atlas-import.example"]


def test_the_same_file_again_changes_nothing_and_writes_to_nobody(tmp_path):
    imported(tmp_path, HEADINGS + ATLAS + BAOBAB)
    before = list(Supplier.objects.order_by("pk").values())

    again = imported(tmp_path, HEADINGS + ATLAS + BAOBAB)

    assert outcomes(again) == {"created": 0, "updated": 0, "unchanged": 2, "reported": 0}
    assert list(Supplier.objects.order_by("pk").values()) == before
    assert OutboxMessage.objects.count() == 1


def test_a_row_that_says_something_new_updates_the_draft_and_leaves_what_it_does_not_say(tmp_path):
    imported(tmp_path, HEADINGS + ATLAS)

    again = imported(tmp_path, HEADINGS + ATLAS.replace("bureaux", "vitres").replace("Villeurbanne", ""))

    supplier = Supplier.objects.get()
    assert outcomes(again)["updated"] == 1
    assert (supplier.summary, supplier.organisation.town, supplier.version) == (
        "Nettoyage de vitres",
        "Villeurbanne",
        2,
    )


def test_a_firm_is_found_by_its_number_in_a_file_of_another_source(tmp_path):
    imported(tmp_path, HEADINGS + ATLAS)

    other = imported(tmp_path, HEADINGS + ATLAS.replace("Atlas Propreté", "ATLAS PROPRETE SARL"), source="City list")

    assert outcomes(other)["unchanged"] == 1
    assert Organisation.objects.get().name == "Atlas Propreté"


def test_rows_that_are_not_understood_are_reported_with_their_line(tmp_path):
    of_import = imported(tmp_path, HEADINGS + NAMELESS + ATLAS)

    row = of_import.rows.get(outcome="reported")
    assert (row.number, row.problems) == (2, [["name", "no-name", ""]])
    assert Supplier.objects.count() == 1


def test_one_firm_twice_in_a_file_is_made_once(tmp_path):
    of_import = imported(tmp_path, HEADINGS + BAOBAB + BAOBAB.replace("Cuisine", "Traiteur"))

    assert outcomes(of_import) == {"created": 1, "updated": 0, "unchanged": 0, "reported": 1}
    assert of_import.rows.get(outcome="reported").problems[-1][1] == "twice"


def test_the_profile_of_an_owner_is_never_changed(tmp_path):
    imported(tmp_path, HEADINGS + ATLAS)
    owner = person("omar@atlas-import.example", "Omar")
    accept_proposal(Proposal.objects.get(), shares_standing=False, by=owner)

    again = imported(tmp_path, HEADINGS + ATLAS.replace("bureaux", "vitres"))

    assert outcomes(again)["reported"] == 1
    assert again.rows.get().problems[-1][1] == "kept"
    assert Supplier.objects.get().summary == "Nettoyage de bureaux"


def test_an_organisation_that_is_no_supplier_is_left_alone(tmp_path, amina):
    Identifier.objects.create(organisation=amina.organisation, scheme="FR-SIREN", value="732829320")

    of_import = imported(tmp_path, HEADINGS + ATLAS)

    assert of_import.rows.get().problems[-1][1] == "not-a-supplier"
    assert not Supplier.objects.exists()


def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 2)
    rows = "".join(f"Firm {number};GB;;;Leeds;x;90919200\n" for number in range(7))
    of_import = begun(tmp_path, HEADINGS + rows)

    assert not running.run(of_import, until=lambda: True)
    assert Supplier.objects.count() == 2
    assert running.run(Import.objects.get(pk=of_import.pk))

    of_import.refresh_from_db()
    assert outcomes(of_import)["created"] == 7
    assert list(of_import.rows.order_by("number").values_list("number", flat=True)) == list(range(2, 9))


def test_whoever_was_overtaken_stops_and_writes_nothing(tmp_path):
    of_import = begun(tmp_path, HEADINGS + ATLAS)
    late = Import.objects.get(pk=of_import.pk)
    running.run(of_import)

    assert running.run(late)

    assert ImportRow.objects.count() == 1


def test_a_file_that_breaks_in_the_middle_keeps_what_was_written_and_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 1)
    good = "".join(f"Firm {number};GB;;;Leeds;x;90919200\n" for number in range(15))
    of_import = imported(tmp_path, HEADINGS + good + 'Atlas;FR;;;"Lyon;x;1\n' + "y;z\n" * 100_000)

    assert (of_import.finished_at, bool(of_import.failed_at)) == (None, True)
    assert "Line" in of_import.failure
    assert outcomes(of_import)["created"] == 15


def test_a_rehearsal_says_what_would_happen_and_writes_nothing(tmp_path):
    path = write_csv(tmp_path, HEADINGS + ATLAS + BAOBAB + BAOBAB + NAMELESS)
    headings = HEADINGS.strip().split(";")
    of_import = Import(
        source="Chamber list", file_name="x", size=1, mapping=actions.remembered(headings), language="fr"
    )

    counts, entries = running.rehearse(of_import, path)

    assert counts == {"created": 2, "reported": 2}
    assert [entry.outcome for entry in entries] == ["created", "created", "reported", "reported"]
    assert not Supplier.objects.exists()
    assert not Import.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_undoing_deletes_what_was_made_and_restores_what_was_changed(tmp_path):
    imported(tmp_path, HEADINGS + ATLAS)
    second = imported(tmp_path, HEADINGS + ATLAS.replace("bureaux", "vitres").replace("90919200", "90911300") + BAOBAB)

    actions.begin_undo(second, by=None)
    assert undoing.undo(second)

    second.refresh_from_db()
    supplier = Supplier.objects.get()
    assert second.undone_at
    assert supplier.summary == "Nettoyage de bureaux"
    assert [row.cpv for row in supplier.capabilities.all()] == ["90919200"]
    assert Organisation.objects.count() == 1


def test_undoing_leaves_what_an_owner_has_accepted(tmp_path):
    of_import = imported(tmp_path, HEADINGS + ATLAS + BAOBAB)
    owner = person("omar@atlas-import.example", "Omar")
    accept_proposal(Proposal.objects.get(email=owner.email), shares_standing=False, by=owner)

    actions.begin_undo(of_import, by=None)
    undoing.undo(of_import)
    undoing.undo(of_import)

    assert [supplier.organisation.name for supplier in Supplier.objects.all()] == ["Atlas Propreté"]


def test_an_import_that_runs_cannot_be_undone_and_one_that_ended_cannot_be_stopped(tmp_path):
    of_import = begun(tmp_path, HEADINGS + ATLAS)
    with pytest.raises(RuleBroken, match="still running"):
        actions.begin_undo(of_import, by=None)
    actions.stop_import(of_import, by=None)

    with pytest.raises(RuleBroken, match="not running"):
        actions.stop_import(of_import, by=None)
    assert running.run(of_import)
    assert not Supplier.objects.exists()


@pytest.mark.parametrize("mapping", [{}, {"Name": "name", "Town": "name"}])
def test_columns_must_hold_the_name_once(tmp_path, mapping):
    of_import = upload(tmp_path, HEADINGS + ATLAS)

    with pytest.raises(RuleBroken):
        actions.begin_import(of_import, headings=["Name"], mapping=mapping, by=None)


def test_a_mapping_is_remembered_for_the_same_headings_in_another_order(tmp_path):
    of_import = upload(tmp_path, "Wer;Wo\nAtlas;Leeds\n")
    mapping = {"Wer": "name", "Wo": "town"}
    actions.begin_import(of_import, headings=["Wer", "Wo"], mapping=mapping, by=None, in_background=False)

    assert actions.remembered(["WO", "wer"]) == {"WO": "town", "wer": "name"}


def test_the_clock_goes_on_with_what_nobody_works_at_and_forgets_old_files(tmp_path):
    from datetime import timedelta

    from django.utils import timezone

    of_import = begun(tmp_path, HEADINGS + ATLAS)
    now = timezone.now()

    assert due.go_on(now) == 0
    assert due.go_on(now + timedelta(minutes=6)) == 1
    running.run(of_import)
    path = Path(of_import.file.path)
    assert due.forget_files(now + timedelta(days=29)) == 0
    assert path.exists()
    assert due.forget_files(now + timedelta(days=31)) == 1
    assert not path.exists()
    assert due.forget_files(now + timedelta(days=31)) == 0
