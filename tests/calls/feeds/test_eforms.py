"""What an eForms notice says is read, in the words, codes, days and offsets in which it says it."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from marketplace.calls.feeds import eforms
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
)

INPUTS = Path(__file__).parent / "inputs"
WINTER, SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))
PORTAL = "https://achats.vaulmont.example"
CALL = (INPUTS / "eforms_call.xml").read_text(encoding="utf-8")


def read(*changes):
    """The invented call, with words of it replaced."""
    written = CALL
    for old, new in changes:
        assert old in written
        written = written.replace(old, new)
    return eforms.read(written.encode())


@pytest.fixture(scope="module")
def call() -> Notice:
    return read()


def test_a_change_of_a_call_says_which_notice_it_is_and_which_it_changes(call):
    assert (call.form, call.kind) == (Form.EFORMS, Kind.CALL)
    assert call.identifier == "5b0f5a44-0000-4000-8000-00000000c411"
    assert call.procedure == "aa4c7e02-0000-4000-8000-0000000000f0"
    assert call.version == "02"
    assert call.published_at == datetime(2026, 3, 2, 9, 30, tzinfo=WINTER)
    assert call.changes == "5b0f5a44-0000-4000-8000-00000000c411-01"
    assert call.change_reason == "Un plan manquait.\nLa date limite du lot 2 est reportée."
    assert call.official_url == "https://ted.europa.eu/en/notice/-/detail/12345-2026"


def test_texts_are_in_the_first_official_language_whatever_stands_first(call):
    assert call.language == "fr"
    assert call.title == "Entretien des bâtiments scolaires"
    assert call.description == "Nettoyage et petites réparations.\n\nDeux lots."
    assert call.buyers[1].name == "Commune de Vaulmont"


def test_the_procedure_is_read(call):
    assert call.reference == "VAU-2026-07"
    assert (call.contract, call.method, call.procedure_words) == ("services", "negotiated", "comp-dial")
    assert call.cpv == ("90911200", "45259000")
    assert (call.regions, call.countries) == ((), ("FR",))
    assert call.amount == Amount(None, Decimal("900000"), "EUR")
    assert call.languages == ("fr", "en")
    assert call.submission_url == f"{PORTAL}/repondre"


def test_buyers_are_followed_to_their_organisations_and_the_leading_one_comes_first(call):
    assert call.buyers == (
        Body("Communauté de communes du Vaulmontois", country="FR", town="Vaulmont"),
        Body(
            "Commune de Vaulmont",
            (Identifier("FR-RCS", "000 000 018"),),
            "FR",
            "1, place du Marché, Bâtiment B",
            "Vaulmont",
            "00100",
            "FRK26",
            "https://www.vaulmont.example",
            Contact("Service des achats", "achats@vaulmont.example", "+33 0 00 00 00 00"),
            "la",
        ),
    )


def test_a_buyer_named_by_its_contact_point_is_the_organisation_with_that_contact():
    reference = '<cac:Party>\n      <cac:PartyIdentification><cbc:ID schemeName="organization">ORG-0001'

    notice = read((reference, reference.replace("ORG-0001", "TPO-0001")))

    assert notice.buyers[1].name == "Commune de Vaulmont"
    assert notice.buyers[1].contact == Contact("", "guichet@vaulmont.example")


def test_each_lot_has_its_own_values_and_a_group_of_lots_is_none(call):
    assert call.lots == (
        NoticeLot(
            identifier="LOT-0001",
            title="Nettoyage",
            description="Nettoyage des écoles.",
            cpv=("90911200",),
            regions=("FRK26",),
            countries=("GR",),
            amount=Amount(None, Decimal("400000"), "EUR"),
            response_deadline=Moment(datetime(2026, 4, 10, 12, tzinfo=SUMMER)),
            question_deadline=Moment(datetime(2026, 3, 27, 18, tzinfo=WINTER)),
            starts_on=date(2026, 9, 1),
            ends_on=date(2028, 8, 31),
            languages=("fr", "en"),
            documents_url=f"{PORTAL}/dossier",
            submission_url=f"{PORTAL}/repondre",
            reserved_for=("res-ws",),
        ),
        NoticeLot(
            identifier="LOT-0002",
            title="Petites réparations",
            cpv=("45259000",),
            response_deadline=Moment(datetime(2026, 3, 24, 17, tzinfo=WINTER)),
            languages=("fr",),
            documents_url=f"{PORTAL}/dossier",
        ),
    )


def test_papers_know_their_language_and_the_lots_they_belong_to(call):
    assert call.papers == (
        Paper(f"{PORTAL}/reserve", f"{PORTAL}/reserve", lots=("LOT-0001",)),
        Paper(f"{PORTAL}/dossier", f"{PORTAL}/dossier", "fr"),
    )


def test_lots_with_different_deadlines_leave_the_procedure_without_one(call):
    assert call.response_deadline is None
    assert call.question_deadline == call.lots[0].question_deadline


def test_lots_with_the_same_deadline_give_it_to_the_procedure():
    later = "<cbc:EndDate>2026-04-10+02:00</cbc:EndDate><cbc:EndTime>12:00:00+02:00</cbc:EndTime>"
    notice = read(("<cbc:EndDate>2026-03-24+01:00</cbc:EndDate><cbc:EndTime>17:00:00+01:00</cbc:EndTime>", later))

    assert notice.response_deadline == Moment(datetime(2026, 4, 10, 12, tzinfo=SUMMER))


def test_what_had_to_be_passed_over_is_said(call):
    assert call.warnings == (
        "There is no CPV code '99999999'.",
        "The value 1 EUR only fills the field.",
    )


def test_a_text_in_another_language_than_the_notice_is_taken_and_said():
    notice = read(('<cbc:Name languageID="FRA">Nettoyage</cbc:Name>', '<cbc:Name languageID="ENG">Cleaning</cbc:Name>'))

    assert notice.lots[0].title == "Cleaning"
    assert "The title of LOT-0001 is not in the notice's language, FRA, but in ENG." in notice.warnings


def test_a_change_that_cancels_the_notice_is_a_cancellation():
    assert read((">update-add<", ">cancel<")).kind == Kind.CANCELLATION


def test_a_prior_information_notice_under_other_prefixes_is_planning():
    notice = eforms.read((INPUTS / "eforms_planning.xml").read_bytes())

    assert (notice.kind, notice.language, notice.title) == (Kind.PLANNING, "el", "Φωτισμός δρόμων")
    assert notice.procedure == notice.identifier == "0e4b7f10-0000-4000-8000-0000000091a0"
    assert notice.published_at == datetime(2026, 1, 15, tzinfo=UTC)
    assert notice.buyers == (Body("Δήμος Παραδείγματος", country="GR", region="EL300"),)
    assert notice.lots == (NoticeLot("PAR-0001", "Φωτισμός δρόμων", cpv=("45316110",), regions=("EL300",)),)
    assert notice.warnings == ()


def test_a_planning_without_lots_has_one_that_is_named_as_itself():
    written = (INPUTS / "eforms_planning.xml").read_text(encoding="utf-8")
    beginning, _lot, end = written.partition("  <a:ProcurementProjectLot>")

    notice = eforms.read((beginning + end[end.index("</pin:") :]).encode())

    assert notice.lots == (NoticeLot("LOT-0000", "Φωτισμός δρόμων", cpv=("45316110",)),)


def test_a_lot_that_stands_twice_counts_once():
    notice = read((">LOT-0002<", ">LOT-0001<"))

    assert [lot.title for lot in notice.lots] == ["Nettoyage"]
    assert "There are two lots 'LOT-0001'; the first counts." in notice.warnings


def test_a_notice_without_an_identifier_has_one_made_from_what_it_says():
    own = "5b0f5a44-0000-4000-8000-00000000c411</cbc:ID>"
    notice, again, other = (
        read((own, "</cbc:ID>")),
        read((own, "</cbc:ID>")),
        read((own, "</cbc:ID>"), ("ORG-0003", "X")),
    )

    assert notice.identifier == again.identifier != other.identifier
    assert len(notice.identifier) == 32
    # A namespace that is no whole address cannot be written in the canonical form of XML.
    assert len(read((own, "</cbc:ID>"), ("<cbc:VersionID>", '<cbc:VersionID xmlns:z="z">')).identifier) == 32
    assert "The notice has no identifier; one was made from what it says." in notice.warnings


def test_a_buyer_that_is_nowhere_described_is_said():
    notice = read(
        (
            '<cbc:ID schemeName="organization">ORG-0002</cbc:ID></cac:PartyIdentification></cac:Party>',
            "<cbc:ID>ORG-0009</cbc:ID></cac:PartyIdentification></cac:Party>",
        )
    )

    assert [buyer.name for buyer in notice.buyers] == ["Commune de Vaulmont"]
    assert "The buyer 'ORG-0009' is not among the organisations of the notice." in notice.warnings


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            [("cbc:Name ", "cbc:Label "), ("cbc:Name>", "cbc:Label>")],
            "ContractNotice cn-standard 16: neither the procedure nor a lot has a title.",
        ),
        (
            [("cbc:IssueDate>", "cbc:Nothing>"), ("efbc:PublicationDate>", "efbc:Nothing>")],
            "ContractNotice cn-standard 16: it says neither when it was sent off nor when it was published.",
        ),
    ],
)
def test_a_notice_that_says_too_little_is_reported_with_what_is_missing(changes, reason):
    assert read(*changes) == Broken("", reason)


def test_a_notice_without_the_day_of_its_dispatch_counts_from_that_of_its_publication():
    notice = read(("cbc:IssueDate>", "cbc:Nothing>"))

    assert notice.published_at == datetime(2026, 3, 5, tzinfo=WINTER)
