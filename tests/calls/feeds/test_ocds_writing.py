"""A notice as a release of OCDS 1.1.5: valid by the published schema, and read again as the same notice."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace.calls.feeds import ocds
from marketplace.calls.feeds.notice import (
    Amount,
    Body,
    Contact,
    Form,
    Identifier,
    Kind,
    Moment,
    Notice,
    NoticeLot,
    Paper,
)
from marketplace.calls.feeds.ocds_writing import (
    EXTENSIONS,
    Beside,
    Change,
    Clause,
    Decision,
    Enquiry,
    Related,
    Standing,
    is_same,
    release,
)
from tests.calls.releases.schema import judge

PARIS = timezone(timedelta(hours=2))
WRITTEN_AT = datetime(2026, 4, 1, 8, 30, 15, tzinfo=UTC)
LYON = Body(
    name="Ville de Lyon",
    identifiers=(Identifier("FR-SIREN", "216901231"), Identifier("FR-SIRET", "21690123100011")),
    country="FR",
    street="1 place de la Comédie",
    town="Lyon",
    postcode="69001",
    region="FRK26",
    website="https://ville.example",
    contact=Contact(name="Service des achats", email="achats@ville.example", phone="+33 4 00 00 00 00"),
)
LOTS = (
    NoticeLot(
        identifier="1",
        title="Écoles du nord",
        description="Trois écoles.",
        cpv=("90911200", "90919300"),
        regions=("FRK26", "FR"),
        amount=Amount(Decimal(20_000), Decimal("45000.50"), "EUR"),
        documents_url="https://tessera.example/calls/n/documents/3/",
    ),
    NoticeLot(identifier="2", title="Écoles du sud", cpv=("90911200",), regions=("FRK26",), is_cancelled=True),
)
NOTICE = Notice(
    form=Form.OCDS,
    kind=Kind.CALL,
    procedure="ocds-abc123-17",
    identifier="ocds-abc123-17-1",
    version="",
    published_at=WRITTEN_AT,
    language="fr",
    title="Nettoyage des écoles",
    description="Quatre écoles sont nettoyées chaque soir.",
    buyers=(LYON,),
    lots=LOTS,
    amount=Amount(Decimal(20_000), Decimal("45000.50"), "EUR"),
    response_deadline=Moment(datetime(2026, 5, 4, 12, 0, tzinfo=PARIS)),
    question_deadline=Moment(datetime(2026, 4, 20, 17, 30, tzinfo=PARIS)),
    starts_on=date(2026, 9, 1),
    ends_on=date(2028, 8, 31),
    languages=("fr", "en"),
    reference="2026-S-014",
    contract="services",
    method="open",
    procedure_words="Open procedure",
    official_url="https://portail.example/avis/14",
    submission_url="https://portail.example/avis/14/depot",
    papers=(Paper("Cahier des charges", "https://tessera.example/calls/n/documents/3/", "fr", lots=("1",)),),
)
BESIDE = Beside(
    standing=Standing.ACTIVE,
    lots={"1": Standing.ACTIVE, "2": Standing.CANCELLED},
    begins_at=WRITTEN_AT,
    criteria="Lot 1: Sheltered workshops. Art. 20.",
)

ENQUIRY = Enquiry("question-3", "Peut-on visiter ?", "Oui, le mercredi.", WRITTEN_AT, lot="1")
CLAUSE = Clause("clause-heures", "contractDraft", "Heures d’insertion", "Cinq pour cent des heures.")


def package(*releases):
    return {
        "uri": "https://tessera.example/ocds/releases.json",
        "version": "1.1",
        "extensions": list(EXTENSIONS),
        "publishedDate": "2026-04-01T08:30:15.000Z",
        "publisher": {"name": "Tessera"},
        "releases": list(releases),
    }


def read_again(said):
    (found,) = ocds.read(io.BytesIO(json.dumps(package(said)).encode()))
    assert isinstance(found, Notice), found
    return found


# --- Valid, and the same when it comes back ---------------------------------------------------------------------------


def every_kind():
    """A release of each kind that there is, in the order in which they follow each other."""
    first = release(NOTICE, BESIDE)
    amended = replace(NOTICE, identifier="ocds-abc123-17-2", title="Nettoyage de quatre écoles")
    change = Change("1", WRITTEN_AT, "The number was wrong.", "ocds-abc123-17-1", "ocds-abc123-17-2")
    second = release(amended, replace(BESIDE, changes=(change,)), first)
    decisions = (
        Decision(
            "award-5", "1", "The best of two.", WRITTEN_AT, "Baobab", Amount(high=Decimal(31_000), currency="EUR")
        ),
        Decision("lot-2-without-award", "2", "Nobody responded.", WRITTEN_AT),
    )
    decided = replace(BESIDE, standing=Standing.COMPLETE, decisions=decisions, changes=(change,))
    third = release(replace(amended, identifier="ocds-abc123-17-3"), decided, second)
    gone = Change("cancelled", WRITTEN_AT, "The money is gone.")
    cancelled = release(NOTICE, replace(BESIDE, standing=Standing.CANCELLED, changes=(gone,)), first)
    back = Change("withdrawn", WRITTEN_AT, "It named the wrong year.")
    withdrawn = release(NOTICE, replace(BESIDE, standing=Standing.WITHDRAWN, changes=(back,)), first)
    source = Related("ocds-h6vhtk-02dce3", "Find a Tender (OGL 3.0)", "https://source.example/1", is_ocid=True)
    imported = release(NOTICE, replace(BESIDE, related=(source,)))
    beside = replace(BESIDE, enquiries=(ENQUIRY,), clauses=(CLAUSE,))
    answered = release(replace(amended, identifier="ocds-abc123-17-3"), beside, second)
    asked = release(replace(NOTICE, kind=Kind.PLANNING), replace(BESIDE, standing=Standing.PLANNED))
    return {
        "tender": first,
        "tenderAmendment": second,
        "award": third,
        "tenderCancellation": cancelled,
        "withdrawn": withdrawn,
        "imported": imported,
        "planning": asked,
        "tenderUpdate": answered,
    }


def test_every_kind_of_release_is_valid_by_the_published_schema(shared_data):
    wrong = judge(shared_data, "release-package-schema")

    for name, said in every_kind().items():
        assert wrong(package(said)) == [], name


def test_the_judge_finds_what_is_wrong(shared_data):
    wrong = judge(shared_data, "release-package-schema")
    said = release(NOTICE, BESIDE)

    for name, breach in {
        "date": {"date": "2026-04-01 08:30"},
        "tag": {"tag": ["tendered"]},
        "status": {"tender": said["tender"] | {"status": "open"}},
        "amount": {"tender": said["tender"] | {"value": {"amount": "45000", "currency": "EUR"}}},
    }.items():
        assert wrong(package(said | breach)), name


def test_a_notice_comes_back_without_loss():
    assert read_again(release(NOTICE, BESIDE)) == NOTICE


def test_the_least_notice_comes_back_without_loss():
    least = Notice(
        form=Form.OCDS,
        kind=Kind.CALL,
        procedure="ocds-abc123-18",
        identifier="ocds-abc123-18-1",
        version="",
        published_at=WRITTEN_AT,
        language="en",
        title="Cleaning",
        description="Every evening.",
        buyers=(Body(name="Leeds Council"),),
        lots=(NoticeLot(identifier="1", title="Cleaning", cpv=("90911200",)),),
        response_deadline=Moment(datetime(2026, 5, 4, 12, 0, tzinfo=UTC)),
    )

    assert read_again(release(least, Beside(Standing.ACTIVE))) == least


texts = some.text(
    some.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1, max_size=60
).map(lambda text: " ".join(f"Nr {text}".split()))
amounts = some.one_of(some.none(), some.integers(2, 10**14).map(lambda minor: Decimal(minor).scaleb(-2) + 1_000))


@some.composite
def notices(draw):
    low, high = draw(amounts), draw(amounts)
    if low is not None and high is not None:
        low, high = sorted([low, high])
    offset = timezone(timedelta(minutes=15 * draw(some.integers(-40, 48))))
    at = datetime(2026, 1, 1, 0, 1, tzinfo=offset) + timedelta(minutes=draw(some.integers(0, 10_000_000)))
    value = Amount() if low is high is None else Amount(low, high, "EUR")
    lot = replace(LOTS[0], documents_url="", amount=value)
    lots = tuple(
        replace(lot, identifier=str(number), title=draw(texts), description=draw(texts))
        for number in range(1, draw(some.integers(1, 4)) + 1)
    )
    return replace(
        NOTICE,
        title=draw(texts),
        description=draw(texts),
        lots=lots,
        papers=(),
        amount=Amount(),
        response_deadline=Moment(at),
        question_deadline=None,
        buyers=(replace(LYON, name=draw(texts), town=draw(texts)),),
    )


@settings(max_examples=60, deadline=None)
@given(notices())
def test_whatever_a_call_says_comes_back(notice):
    again = read_again(release(notice, replace(BESIDE, lots={})))

    assert (again.title, again.description) == (notice.title, notice.description)
    assert again.response_deadline == notice.response_deadline
    assert again.response_deadline.at.utcoffset() == notice.response_deadline.at.utcoffset()
    assert [(lot.title, lot.description, lot.cpv, lot.regions, lot.amount) for lot in again.lots] == [
        (lot.title, lot.description, lot.cpv, lot.regions, lot.amount) for lot in notice.lots
    ]
    assert again.buyers == notice.buyers


# --- What it says -----------------------------------------------------------------------------------------------------


def test_a_release_names_what_it_does():
    kinds = every_kind()

    assert {name: said["tag"] for name, said in kinds.items()} == {
        "tender": ["tender"],
        "tenderAmendment": ["tenderAmendment"],
        "award": ["award"],
        "tenderCancellation": ["tenderCancellation"],
        "withdrawn": ["tenderCancellation"],
        "imported": ["tender"],
        "planning": ["planning"],
        "tenderUpdate": ["tenderUpdate"],
    }


def test_the_first_release_tells_all_at_once():
    decision = Decision("a", "1", "Best.", WRITTEN_AT, "Baobab")
    found = [
        release(NOTICE, replace(BESIDE, standing=Standing.COMPLETE, decisions=(decision,))),
        release(NOTICE, replace(BESIDE, standing=Standing.CANCELLED)),
        release(NOTICE, replace(BESIDE, standing=Standing.CANCELLED, decisions=(decision,))),
    ]

    assert [said["tag"] for said in found] == [
        ["tender", "award"],
        ["tender", "tenderCancellation"],
        ["tender", "award", "tenderCancellation"],
    ]


def test_questions_and_clauses_stand_beside_the_notice_and_change_nothing_of_it():
    said = release(NOTICE, replace(BESIDE, enquiries=(ENQUIRY,), clauses=(CLAUSE,)))

    assert said["tender"]["enquiries"] == [
        {
            "id": "question-3",
            "description": "Peut-on visiter ?",
            "answer": "Oui, le mercredi.",
            "dateAnswered": "2026-04-01T08:30:15.000Z",
            "relatedLot": "1",
        }
    ]
    assert said["tender"]["documents"][-1]["description"] == "Cinq pour cent des heures."
    assert read_again(said) == NOTICE
    assert "hasEnquiries" not in release(NOTICE, BESIDE)["tender"]


def test_what_is_not_said_is_left_out():
    bare = replace(NOTICE, description="", question_deadline=None, starts_on=None, ends_on=None, papers=())
    said = release(bare, Beside(Standing.ACTIVE))

    assert "awards" not in said
    assert not {"description", "enquiryPeriod", "contractPeriod", "amendments"} & said["tender"].keys()
    assert None not in said["tender"].values()


def test_amounts_keep_every_cent_and_a_deadline_its_offset():
    said = release(NOTICE, BESIDE)["tender"]

    assert said["lots"][0]["value"] == {"amount": 45_000.5, "currency": "EUR"}
    assert said["lots"][0]["minValue"] == {"amount": 20_000, "currency": "EUR"}
    assert "value" not in said["lots"][1]
    assert said["tenderPeriod"]["endDate"] == "2026-05-04T12:00:00+02:00"


def test_each_item_belongs_to_its_lot_and_says_where():
    item = release(NOTICE, BESIDE)["tender"]["items"][0]

    assert item == {
        "id": "1",
        "classification": {"scheme": "CPV", "id": "90911200"},
        "additionalClassifications": [{"scheme": "CPV", "id": "90919300"}],
        "deliveryAddresses": [{"region": "FRK26"}, {"region": "FR"}],
        "relatedLot": "1",
    }


def test_an_award_names_the_firm_and_nothing_else_of_it():
    said = every_kind()["award"]

    assert said["awards"] == [
        {
            "id": "award-5",
            "description": "The best of two.",
            "status": "active",
            "date": "2026-04-01T08:30:15.000Z",
            "value": {"amount": 31_000, "currency": "EUR"},
            "suppliers": [{"id": "award-5", "name": "Baobab"}],
            "relatedLots": ["1"],
        },
        {
            "id": "lot-2-without-award",
            "description": "Nobody responded.",
            "status": "unsuccessful",
            "date": "2026-04-01T08:30:15.000Z",
            "relatedLots": ["2"],
        },
    ]
    assert said["parties"][-1] == {"id": "award-5", "name": "Baobab", "roles": ["supplier"]}


def test_of_a_call_taken_back_only_that_and_why():
    said = every_kind()["withdrawn"]

    assert said["tender"] == {
        "id": "ocds-abc123-17",
        "title": "Nettoyage des écoles",
        "status": "withdrawn",
        "amendments": [
            {"id": "withdrawn", "date": "2026-04-01T08:30:15.000Z", "rationale": "It named the wrong year."}
        ],
    }
    assert "awards" not in said


def test_an_imported_call_names_the_procedure_of_its_source():
    assert every_kind()["imported"]["relatedProcesses"] == [
        {
            "id": "1",
            "relationship": ["source"],
            "title": "Find a Tender (OGL 3.0)",
            "scheme": "ocid",
            "identifier": "ocds-h6vhtk-02dce3",
            "uri": "https://source.example/1",
        }
    ]


@pytest.mark.parametrize(
    ("after", "tag"),
    [
        (replace(BESIDE, standing=Standing.UNSUCCESSFUL), "tenderUpdate"),
        (replace(BESIDE, decisions=(Decision("a", "1", "Best.", WRITTEN_AT, "Baobab", is_pending=True),)), "award"),
        (replace(BESIDE, standing=Standing.PLANNED), "planningUpdate"),
    ],
)
def test_what_follows_is_told_by_what_was_said_before(after, tag):
    assert release(NOTICE, after, release(NOTICE, BESIDE))["tag"] == [tag]


def test_an_award_that_comes_into_force_is_an_update_of_it():
    decision = Decision("a", "1", "Best.", WRITTEN_AT, "Baobab", is_pending=True)
    pending = release(NOTICE, replace(BESIDE, decisions=(decision,)), release(NOTICE, BESIDE))
    active = release(NOTICE, replace(BESIDE, decisions=(replace(decision, is_pending=False),)), pending)

    assert [said["awards"][0]["status"] for said in (pending, active)] == ["pending", "active"]
    assert active["tag"] == ["awardUpdate"]


def test_two_releases_are_the_same_but_for_their_name_and_time():
    first = release(NOTICE, BESIDE)
    later = release(replace(NOTICE, identifier="x", published_at=WRITTEN_AT + timedelta(days=1)), BESIDE, first)

    assert is_same(first, json.loads(json.dumps(later)))
    assert not is_same(first, release(replace(NOTICE, title="Another"), BESIDE, first))
