"""`manage.py export_ocds`: all releases as a file that is valid, whole, and readable again."""

import gzip
import io
import json
import re

import pytest
from django.core.management import CommandError, call_command

from marketplace.calls import actions
from marketplace.calls.amendments.actions import amend_call
from marketplace.calls.feeds import ocds
from marketplace.calls.feeds.notice import Kind, Notice
from marketplace.calls.models import Call
from marketplace.calls.releases import packages
from marketplace.calls.releases.recording import record
from marketplace.core.vocab import currency
from tests.calls.amendments.writing import as_stands
from tests.calls.releases.schema import judge
from tests.factories.calls import CallFactory, minute
from tests.factories.papers import CallDocumentFactory
from tests.factories.releases import released

pytestmark = pytest.mark.django_db
FIGURES = re.compile(r"(\w+)=(\w+)")


def export(capsys, path):
    call_command("export_ocds", out=path)
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith("export_ocds: ")
    return dict(FIGURES.findall(last))


@pytest.fixture
def calls():
    """One in three lots that was amended, one in French with everything said, one that was cancelled."""
    amended = released(lots=3, authority=True, lots__value_to=4_500_050)
    amend_call(amended, as_stands(amended) | {"title": "Cleaning of four schools"}, words="There are four.", by=None)
    whole = CallFactory(
        published=True, language="fr", response_languages=["fr", "en"], zone="Europe/Paris", lots=2,
        lots__value_from=100_000, lots__value_to=250_000, lots__regions=["FRK26", "FR"],
        lots__cpv=["90911200", "90919300"], lots__description="Trois écoles.", reference="2026-S-014",
        contact="Service des achats", contract="works", procedure="negotiated", question_deadline=minute(days=7),
        starts_on="2027-01-01", ends_on="2028-12-31",
    )  # fmt: skip
    CallDocumentFactory(call=whole, title="Cahier des charges", language="fr", lot=whole.lots.get(number=1))
    record([whole.pk])
    cancelled = released()
    actions.cancel_call(cancelled, words="The money is gone.", by=None)
    return amended, whole, cancelled


def test_a_package_is_valid_by_the_published_schema(calls, tmp_path, capsys, shared_data):
    path = tmp_path / "calls.json"
    figures = export(capsys, path)
    package = json.loads(path.read_bytes())

    assert (figures["releases"], figures["form"]) == ("5", "package")
    assert figures["bytes"] == str(path.stat().st_size)
    assert judge(shared_data, "release-package-schema")(package) == []
    assert len(package["releases"]) == 5


def test_the_name_says_how_it_is_written(calls, tmp_path, capsys):
    found = {}
    for name in ("a.json", "a.json.gz", "a.jsonl", "a.jsonl.gz"):
        export(capsys, tmp_path / name)
        content = (tmp_path / name).read_bytes()
        found[name] = gzip.decompress(content) if name.endswith(".gz") else content

    assert found["a.json"] == found["a.json.gz"]
    assert found["a.jsonl"] == found["a.jsonl.gz"]
    lines = [json.loads(line) for line in found["a.jsonl"].splitlines()]
    assert lines == json.loads(found["a.json"])["releases"]


def test_the_same_releases_are_the_same_bytes(calls, tmp_path, capsys, monkeypatch):
    export(capsys, tmp_path / "first.json.gz")
    monkeypatch.setattr(packages, "AT_ONCE", 2)
    export(capsys, tmp_path / "second.json.gz")

    assert (tmp_path / "first.json.gz").read_bytes() == (tmp_path / "second.json.gz").read_bytes()


@pytest.mark.parametrize("name", ["calls.csv", "calls", "calls.json.zip", "calls.gz"])
def test_a_name_that_says_nothing_is_refused(calls, tmp_path, name):
    with pytest.raises(CommandError, match="ends in"):
        call_command("export_ocds", out=tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(calls, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("export_ocds", out=tmp_path / "nowhere" / "calls.json")


def test_an_export_that_fails_leaves_the_earlier_file(calls, tmp_path, capsys, monkeypatch):
    path = tmp_path / "calls.jsonl"
    path.write_text("the last one\n")

    def broken(contents):
        yield next(iter(contents))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packages, "lines", broken)
    with pytest.raises(CommandError, match="No space left"):
        call_command("export_ocds", out=path)

    assert path.read_text() == "the last one\n"
    assert list(tmp_path.iterdir()) == [path]


def test_before_the_first_call_there_are_no_lines_and_no_package(tmp_path, capsys):
    """The standard knows no package without a release."""
    assert export(capsys, tmp_path / "calls.jsonl")["releases"] == "0"
    with pytest.raises(CommandError, match="No call"):
        call_command("export_ocds", out=tmp_path / "calls.json")

    assert [path.name for path in tmp_path.iterdir()] == ["calls.jsonl"]


def test_what_is_for_members_alone_is_in_no_file(calls, tmp_path, capsys):
    CallFactory(published=True, members_only=True, title="A secret matter")
    export(capsys, tmp_path / "calls.json")

    assert "secret" not in (tmp_path / "calls.json").read_text()


# --- Read again -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["calls.json", "calls.jsonl"])
def test_what_was_exported_is_read_again_without_loss(calls, tmp_path, capsys, name):
    export(capsys, tmp_path / name)
    found = list(ocds.read(io.BytesIO((tmp_path / name).read_bytes())))
    assert all(isinstance(notice, Notice) for notice in found), found
    last = {notice.procedure: notice for notice in found}

    assert [notice.kind for notice in found] == [Kind.CALL] * 4 + [Kind.CANCELLATION]
    for call in Call.objects.filter(cancelled_at=None):
        assert_same(last[call.releases.first().ocid], call)


def assert_same(notice, call):
    """Everything that the call says to everybody."""
    (buyer,) = notice.buyers
    organisation = call.buyer.organisation
    assert (buyer.name, buyer.country, buyer.town) == (organisation.name, organisation.country.code, organisation.town)
    assert (buyer.contact.name if buyer.contact else "") == call.contact
    assert (notice.title, notice.description, notice.language) == (call.title, call.description, call.language)
    assert (notice.reference, notice.contract) == (call.reference, call.contract)
    assert (notice.starts_on, notice.ends_on) == (call.starts_on, call.ends_on)
    assert list(notice.languages) == call.languages_of_responses
    for said, at in (
        (notice.response_deadline, call.response_deadline),
        (notice.question_deadline, call.question_deadline),
    ):
        assert (said and said.at) == at
        if at:
            assert said.at.replace(tzinfo=None).time() == (
                call.response_due_time if at == call.response_deadline else call.question_due_time
            )
    lots = list(call.lots.order_by("number"))
    assert [lot.identifier for lot in notice.lots] == [str(lot.number) for lot in lots]
    for said, lot in zip(notice.lots, lots, strict=True):
        assert (said.title, said.description) == (lot.title, lot.description)
        assert (list(said.cpv), list(said.regions)) == (lot.cpv, lot.regions)
        assert [minor(said.amount.low, call), minor(said.amount.high, call)] == [lot.value_from, lot.value_to]
    assert [(paper.title, paper.language) for paper in notice.papers] == [
        (document.title, document.language) for document in call.documents.all()
    ]


def minor(amount, call):
    return None if amount is None else currency.to_minor(amount, call.currency)
