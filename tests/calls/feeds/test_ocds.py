"""What a release of OCDS says, in plain values."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from marketplace.calls.feeds.notice import (
    Amount,
    Body,
    Broken,
    Contact,
    Form,
    Identifier,
    Kind,
    Moment,
    Notice,
    NoticeLot,
    Paper,
    Skipped,
)
from tests.calls.feeds.ocds_written import read, read_one, read_tender, release

SUMMER = timezone(timedelta(hours=1))


def test_a_release_says_what_its_publisher_wrote():
    notice = read_one(release())

    assert notice == Notice(
        form=Form.OCDS,
        kind=Kind.CALL,
        procedure="ocds-zz00zz-0001",
        identifier="0001-call-1",
        version="",
        published_at=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        language="en",
        title="Cleaning of schools and libraries",
        description="Daily cleaning of twelve buildings.\nTwo lots.",
        buyers=(
            Body(
                name="Melbury Borough Council",
                identifiers=(Identifier("GB-LAE", "MEL"), Identifier("GB-PPON", "PZZZ-0000-ZZZZ")),
                country="GB",
                street="1 Market Square",
                town="Melbury",
                postcode="ZZ1 1ZZ",
                region="UKE42",
                website="https://www.melbury.example",
                contact=Contact("Buying team", "buying@melbury.example", "+44 20 7946 0001"),
            ),
            Body(name="Melbury Schools Trust", country="GB"),
        ),
        lots=(
            NoticeLot(
                identifier="LOT-1",
                title="Schools",
                description="Nine schools",
                cpv=("90919300", "90911300"),
                regions=("UKE42", "UKE41"),
                amount=Amount(None, Decimal(300_000), "GBP"),
                starts_on=date(2026, 9, 1),
                ends_on=date(2028, 8, 31),
                documents_url="https://tenders.melbury.example/17/plans.pdf",
            ),
            NoticeLot(
                identifier="LOT-2",
                title="Libraries",
                cpv=("90910000",),
                regions=("UKC", "UKD", "UKE", "UKF", "UKG", "UKH", "UKI", "UKJ", "UKK"),
                is_cancelled=True,
            ),
        ),
        cpv=("90910000", "90919000"),
        amount=Amount(Decimal(300_000), Decimal("480000.50"), "GBP"),
        response_deadline=Moment(datetime(2026, 4, 2, 12, 0, tzinfo=SUMMER)),
        question_deadline=Moment(datetime(2026, 3, 20, 17, 0, tzinfo=UTC)),
        starts_on=date(2026, 9, 1),
        ends_on=date(2029, 8, 31),
        languages=("en", "cy"),
        reference="MBC/26/17",
        contract="services",
        method="open",
        procedure_words="Open procedure",
        official_url="https://notices.melbury.example/0001-call-1",
        submission_url="https://tenders.melbury.example/17",
        papers=(
            Paper("Plans of the schools", "https://tenders.melbury.example/17/plans.pdf", "en", ("LOT-1",)),
        ),
    )  # fmt: skip
    assert notice.response_deadline.at.utcoffset() == timedelta(hours=1)


# --- What a release does ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "status", "kind"),
    [
        (["tender"], "active", Kind.CALL),
        (["tender"], None, Kind.CALL),
        (["tender"], "complete", Kind.CALL),
        (["tender"], "planned", Kind.PLANNING),
        (["tender"], "cancelled", Kind.CANCELLATION),
        (["tenderAmendment"], "active", Kind.CALL),
        (["tenderUpdate"], "withdrawn", Kind.CANCELLATION),
        (["tenderCancellation"], "active", Kind.CANCELLATION),
        (["planning"], "planning", Kind.PLANNING),
        (["planningUpdate"], None, Kind.PLANNING),
        (["planning"], "cancelled", Kind.CANCELLATION),
        (["compiled"], "active", Kind.CALL),
        (["compiled"], "planned", Kind.PLANNING),
        (["compiled"], None, Kind.CALL),
        ([], "active", Kind.CALL),
        ("tender", "active", Kind.CALL),
        (["Tender"], "Active", Kind.CALL),
    ],
)
def test_tags_and_the_status_of_the_tender_say_what_a_release_does(tags, status, kind):
    assert read_one(release({"status": status}, tag=tags)).kind == kind


@pytest.mark.parametrize(
    ("tags", "status", "form"),
    [
        (["award"], "complete", "OCDS award"),
        (["awardUpdate"], "complete", "OCDS awardUpdate"),
        (["contract"], "complete", "OCDS contract"),
        (["contractAmendment"], None, "OCDS contractAmendment"),
        (["implementation"], None, "OCDS implementation"),
        (["tender", "award"], "complete", "OCDS award"),
        (["tenderUpdate"], "unsuccessful", "OCDS tenderUpdate"),
        (["compiled"], "complete", "OCDS compiled"),
        (["weather"], "active", "OCDS weather"),
    ],
)
def test_what_invites_nobody_is_passed_over_by_name(tags, status, form):
    found = read_one(release({"status": status}, tag=tags))

    assert isinstance(found, Skipped)
    assert (found.identifier, found.form) == ("0001-call-1", form)
    assert found.reason


def test_a_compiled_release_without_a_status_that_has_awards_is_over():
    over = release({"status": None}, tag=["compiled"], awards=[{"id": "1"}])

    assert read_one(over).form == "OCDS compiled"


def test_an_amendment_names_the_release_that_it_changes_and_why():
    amendments = [
        {"id": "2", "date": "2026-03-09T00:00:00Z", "amendsReleaseID": "0001-call-2", "rationale": "Longer"},
        {"id": "1", "date": "2026-03-05T00:00:00Z", "amendsReleaseID": "0001-call-1", "description": "Two lots"},
    ]

    notice = read_one(release({"amendments": amendments}, tag=["tenderAmendment"], id="0001-call-3"))

    assert (notice.changes, notice.change_reason) == ("0001-call-2", "Longer")


def test_a_cancellation_needs_no_more_than_the_name_of_its_procedure():
    bare = {"ocid": "ocds-zz00zz-0001", "id": "9", "date": "2026-03-09T00:00:00Z", "tag": ["tenderCancellation"]}

    notice = read_one(bare)

    assert (notice.kind, notice.procedure, notice.title, notice.lots) == (
        Kind.CANCELLATION, "ocds-zz00zz-0001", "", (),
    )  # fmt: skip


# --- Records ----------------------------------------------------------------------------------------------------------


def test_a_record_says_what_it_compiled():
    compiled = release({"title": "Compiled"}, tag=["compiled"], ocid=None)
    record = {"ocid": "ocds-zz00zz-0001", "releases": [release({"title": "Early"})], "compiledRelease": compiled}

    (notice,) = read({"version": "1.1", "records": [record]})

    assert (notice.title, notice.procedure) == ("Compiled", "ocds-zz00zz-0001")


def test_a_record_that_compiled_nothing_says_what_its_latest_release_says():
    late = release({"title": "Late"}, id="2", date="2026-03-09T00:00:00Z")
    early = release({"title": "Early"}, id="1", date="2026-03-05T23:00:00+00:00")

    (notice,) = read({"records": [{"ocid": "ocds-zz00zz-0001", "releases": [late, early, release(date=None)]}]})

    assert (notice.identifier, notice.title) == ("2", "Late")


def test_a_record_that_only_links_to_its_releases_is_broken():
    linked = [{"url": "https://melbury.example/1.json", "date": "2026-03-09T00:00:00Z", "tag": ["tender"]}]

    assert read({"records": [{"ocid": "ocds-zz00zz-0001", "releases": linked}]}) == [
        Broken("record 1", "It is a record that only says where its releases are.")
    ]


# --- Values of the wrong kind -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, True, 7, "word", [], [[]], {}, [{}], [None], {"id": {}}, [{"id": []}], 1.5])
def test_any_field_may_hold_any_kind_of_value(wrong):
    of_tender = [*release()["tender"], "procuringEntity", "amendments", "communication", "otherRequirements", "url"]
    of_release = [*release(), "planning", "links", "awards", "relatedProcesses"]

    for name in of_tender:
        (found,) = read(release() | {"tender": release()["tender"] | {name: wrong}})
        assert isinstance(found, Notice), name
    for name in of_release:
        assert len(read(release() | {name: wrong})) == 1, name


def test_signs_that_no_page_can_hold_are_left_out():
    notice = read_tender(title="Clean\u0000ing \ud800of\u0007 schools", description="One\r\ntwo\tthree\u001b[0m")

    assert notice.title == "Cleaning of schools"
    assert notice.description == "One\ntwo\tthree[0m"
