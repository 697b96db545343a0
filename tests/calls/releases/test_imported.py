"""Calls that came with a notice of somebody else: handed on under their terms alone, and never taken for ours."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.calls import facts
from marketplace.calls.amendments.actions import amend_call
from marketplace.calls.models import Call
from marketplace.calls.notices.models import NoticeSource
from marketplace.calls.notices.writing import Entry, write_batch
from marketplace.calls.releases import due
from marketplace.calls.releases.models import Release
from marketplace.calls.releases.recording import record
from tests.calls.amendments.writing import as_stands
from tests.factories.accounts import OrganisationFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, minute
from tests.factories.notices import NoticeSourceFactory, newer, said_notice

pytestmark = pytest.mark.django_db
LICENSED = {"name": "Northmoor Tenders", "licence": "OGL 3.0", "licence_url": "https://licence.example/ogl"}


def take(source, *notices):
    entries = [Entry(number, f"release {number}", notice) for number, notice in enumerate(notices, start=1)]
    write_batch(source, entries)
    assert all(entry.outcome in ("created", "updated") for entry in entries), [entry.reasons for entry in entries]


def said():
    return [json.loads(release.content) for release in Release.objects.in_order()]


def test_without_a_licence_nothing_of_a_source_is_handed_on(client):
    take(NoticeSourceFactory(licence=""), said_notice())
    due.record_due(timezone.now())

    assert Call.objects.count() == 1
    assert not Release.objects.exists()


def test_under_a_licence_it_names_the_procedure_and_the_terms_of_its_source():
    take(NoticeSourceFactory(**LICENSED), said_notice())
    (release,) = said()

    assert release["relatedProcesses"] == [
        {
            "id": "1",
            "relationship": ["source"],
            "title": "Northmoor Tenders (OGL 3.0)",
            "scheme": "ocid",
            "identifier": "ocds-abc123-17",
            "uri": "https://notices.example/17",
        }
    ]
    assert release["ocid"] != "ocds-abc123-17"
    assert release["tender"]["documents"][0]["url"] == "https://notices.example/17"


def test_a_newer_notice_is_one_amendment():
    source, first = NoticeSourceFactory(**LICENSED), said_notice()
    take(source, first)
    take(source, newer(first, title="Cleaning of four schools"))

    assert [release["tag"] for release in said()] == [["tender"], ["tenderAmendment"]]
    assert said()[-1]["tender"]["title"] == "Cleaning of four schools"


def test_a_licence_that_ends_takes_everything_of_it_from_the_feed(client):
    source = NoticeSourceFactory(**LICENSED)
    take(source, said_notice())
    ocid = Release.objects.get().ocid
    assert len(client.get("/ocds/releases.json").json()["releases"]) == 1

    NoticeSource.objects.update(licence="", licence_url="")

    assert client.get("/ocds/releases.json").status_code == 204
    assert client.get(f"/ocds/records/{ocid}.json").status_code == 404


def test_many_at_once_cost_as_many_queries_as_one():
    source = NoticeSourceFactory(**LICENSED)
    take(source, *[said_notice(identifier=f"n-{number}", procedure=f"ocds-abc123-n{number}") for number in range(6)])
    assert Release.objects.count() == 6
    calls = list(Call.objects.values_list("pk", flat=True))

    with CaptureQueriesContext(connection) as for_one:
        record(calls[:1])
    with CaptureQueriesContext(connection) as for_six:
        record(calls)

    assert len(for_six) == len(for_one)


# --- What goes out comes in again -------------------------------------------------------------------------------------

#: What an importer cannot know, or says of itself: where responses go, and kinds of procedure of our own.
OF_THE_HOUSE = ("route", "portal_url", "official_notice_on", "audience", "evidence_tiers", "procedure")


def place(country, town):
    return BuyerFactory(authority=True, cleared=True, organisation=OrganisationFactory(country=country, town=town))


@pytest.fixture
def ours():
    """One in London with one lot, one in Lyon with everything said; the second was amended."""
    plain = CallFactory(published=True, buyer=place("GB", "Leeds"), currency="GBP")
    whole = CallFactory(
        published=True, buyer=place("FR", "Lyon"), language="fr", response_languages=["fr", "en"], zone="Europe/Paris",
        lots=3, lots__value_from=100_000, lots__value_to=250_050, lots__regions=["FRK26"],
        lots__cpv=["90911200", "90919300"], lots__description="Trois écoles.", reference="2026-S-014",
        contact="Service des achats, achats@ville.example, +33 4 72 00 00 00", contract="works", procedure="negotiated",
        question_deadline=minute(days=7), starts_on="2027-01-01", ends_on="2028-12-31",
    )  # fmt: skip
    record([plain.pk, whole.pk], at=timezone.now() - timedelta(minutes=30))
    amend_call(whole, as_stands(whole) | {"title": "Nettoyage de quatre écoles"}, words="Il y en a quatre.", by=None)
    return plain, whole


@pytest.mark.parametrize("name", ["calls.json", "calls.jsonl.gz"])
def test_an_export_is_imported_without_loss(ours, tmp_path, capsys, name):
    source = NoticeSourceFactory(key="elsewhere")
    call_command("export_ocds", out=tmp_path / name)
    call_command("import_notices", str(tmp_path / name), source="elsewhere")
    printed = capsys.readouterr()

    assert "created=2 updated=1" in printed.out, printed
    for call in ours:
        ocid = call.releases.first().ocid
        copy = Call.objects.filter(notices__source=source, notices__procedure=ocid).distinct().get()
        was, now = facts.facts_of(Call.objects.get(pk=call.pk)), facts.facts_of(copy)
        # Empty means the language of the text, and is said.
        was["response_languages"] = was["response_languages"] or [was["language"]]
        assert {key: now[key] for key in was if key not in OF_THE_HOUSE} == {
            key: was[key] for key in was if key not in OF_THE_HOUSE
        }
        assert copy.buyer.organisation.name == call.buyer.organisation.name
        assert copy.buyer.organisation.country == call.buyer.organisation.country


def test_importing_it_again_changes_nothing(ours, tmp_path, capsys):
    NoticeSourceFactory(key="elsewhere")
    call_command("export_ocds", out=tmp_path / "calls.json")
    for _ in range(2):
        call_command("import_notices", str(tmp_path / "calls.json"), source="elsewhere")

    assert "created=0 updated=0 unchanged=3" in capsys.readouterr().out.splitlines()[-1]
