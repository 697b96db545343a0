"""Every notice is recognised by its form: what invites somebody is read, everything else is passed over by name."""

import pytest

from marketplace.calls.feeds import eforms
from marketplace.calls.feeds.notice import Broken, Kind, Notice, Skipped
from tests.calls.feeds.test_eforms import CALL, INPUTS, read

OWN = "5b0f5a44-0000-4000-8000-00000000c411"
SUBTYPE = '<cbc:SubTypeCode listName="notice-subtype">16<'
TYPE = '<cbc:NoticeTypeCode listName="competition">cn-standard<'


def of_form(subtype, form_type="competition", notice_type="cn-standard"):
    return read(
        (SUBTYPE, SUBTYPE.replace("16", subtype)),
        (TYPE, TYPE.replace("competition", form_type).replace("cn-standard", notice_type)),
    )


def of_document(document, namespace=None, subtype="16", form_type="competition", notice_type="cn-standard"):
    namespace = namespace or f"urn:oasis:names:specification:ubl:schema:xsd:{document}-2"
    written = CALL.replace("urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2", namespace)
    written = written.replace("<ContractNotice", f"<{document}").replace("</ContractNotice", f"</{document}")
    written = written.replace(SUBTYPE, SUBTYPE.replace("16", subtype))
    written = written.replace(TYPE, TYPE.replace("competition", form_type).replace("cn-standard", notice_type))
    return eforms.read(written.encode())


@pytest.mark.parametrize("subtype", [*map(str, range(10, 25)), "E3", "N16"])
def test_notices_that_invite_are_calls(subtype):
    notice = of_form(subtype)

    assert isinstance(notice, Notice)
    assert notice.kind == Kind.CALL


@pytest.mark.parametrize("subtype", [*map(str, range(1, 10)), "E1", "E2", "N4"])
def test_notices_that_announce_are_planning(subtype):
    notice = of_document("PriorInformationNotice", subtype=subtype, form_type="planning", notice_type="pin-only")

    assert isinstance(notice, Notice)
    assert notice.kind == Kind.PLANNING


def test_a_subtype_that_is_not_known_is_read_by_its_form_type_and_said():
    notice = of_form("77")

    assert notice.kind == Kind.CALL
    assert "Its notice subtype '77' is not known here; it was read by its form type." in notice.warnings


@pytest.mark.parametrize(
    ("subtype", "form_type", "notice_type", "words"),
    [
        ("29", "result", "can-standard", "who was chosen"),
        ("E4", "result", "can-standard", "who was chosen"),
        ("36", "result", "can-desg", "who was chosen"),
        ("25", "dir-awa-pre", "veat", "without competition"),
        ("38", "cont-modif", "can-modif", "changes a contract"),
        ("E5", "completion", "compl", "has ended"),
        ("T02", "result", "can-tran", "public transport"),
        ("99", "cont-modif", "can-modif", "changes a contract"),
        ("16", "competition", "cn-standard", "who was chosen"),
    ],
)
def test_awards_and_what_follows_them_are_passed_over_by_name(subtype, form_type, notice_type, words):
    read = of_document("ContractAwardNotice", None, subtype, form_type, notice_type)

    assert isinstance(read, Skipped)
    assert (read.identifier, read.form) == (OWN, f"ContractAwardNotice {notice_type} {subtype}")
    assert words in read.reason


@pytest.mark.parametrize(
    ("subtype", "notice_type", "words"),
    [("CEI", "pin-cfc-standard", "list of an institution"), ("T01", "pin-tran", "public transport")],
)
def test_prior_information_that_invites_to_nothing_here_is_passed_over_by_name(subtype, notice_type, words):
    read = of_document("PriorInformationNotice", subtype=subtype, notice_type=notice_type)

    assert isinstance(read, Skipped)
    assert read.form == f"PriorInformationNotice {notice_type} {subtype}"
    assert words in read.reason


@pytest.mark.parametrize("subtype", ["X01", "X02"])
def test_registrations_of_companies_are_passed_over_by_name(subtype):
    read = of_document(
        "BusinessRegistrationInformationNotice",
        "http://data.europa.eu/p27/eforms-business-registration-information-notice/1",
        subtype,
        "bri",
        "brin-ecs",
    )

    assert isinstance(read, Skipped)
    assert read.form == f"BusinessRegistrationInformationNotice brin-ecs {subtype}"
    assert "registration" in read.reason


def test_a_form_type_that_is_not_known_is_passed_over():
    read = of_form("77", "conversation")

    assert isinstance(read, Skipped)
    assert "no known form" in read.reason


@pytest.mark.parametrize("minor", range(3, 16))
def test_every_known_minor_version_is_read_without_a_doubt(minor):
    notice = read(("eforms-sdk-1.10<", f"eforms-sdk-1.{minor}<"))

    assert isinstance(notice, Notice)
    assert not any("eForms" in warning or "sdk" in warning for warning in notice.warnings)


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        (
            "eforms-sdk-1.42",
            "It follows eforms-sdk-1.42; the versions known here are 1.3 to 1.15. It was read all the same.",
        ),
        (
            "eforms-sdk-1.1",
            "It follows eforms-sdk-1.1; the versions known here are 1.3 to 1.15. It was read all the same.",
        ),
        ("eforms-de-2.1", "It follows 'eforms-de-2.1', which is not known here; it was read as eForms SDK 1."),
        ("", "It does not say by which version of eForms it was written; it was read as SDK 1."),
    ],
)
def test_another_minor_version_is_tried_and_said(written, doubt):
    notice = read(("eforms-sdk-1.10<", f"{written}<"))

    assert notice.title == "Entretien des bâtiments scolaires"
    assert doubt in notice.warnings


def test_a_national_suffix_of_the_version_is_no_doubt():
    notice = read(("eforms-sdk-1.10<", "eforms-sdk-1.10#extended#urn:example:eforms:national<"))

    assert not any("follows" in warning for warning in notice.warnings)


def test_another_major_version_is_refused_by_name():
    refused = read(("eforms-sdk-1.10<", "eforms-sdk-2.0<"))

    assert refused == Skipped(
        OWN,
        "ContractNotice cn-standard 16, eforms-sdk-2.0",
        "It follows eforms-sdk-2.0, another major version of eForms than the 1.x that is read here.",
    )


OLD_TED = (INPUTS / "eforms_old_ted.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "form"),
    [
        ([], "TED F02 R2.0.9"),
        ([("R2.0.9", "R2.0.8"), ("F02_2014", "CONTRACT"), ('FORM="F02"', 'FORM="2"')], "TED F02 R2.0.8"),
        ([("TED_EXPORT", "TED_ESENDERS")], "TED F02 R2.0.9"),
        ([("F02_2014", "F14_2014"), ('FORM="F02"', "")], "TED F14 R2.0.9"),
        ([("F02_2014", "OTH_NOT"), ('FORM="F02"', "")], "TED OTH_NOT R2.0.9"),
    ],
)
def test_old_ted_notices_are_passed_over_by_name(changes, form):
    written = OLD_TED
    for old, new in changes:
        written = written.replace(old, new)

    assert eforms.read(written.encode()) == Skipped(
        "2019/S 001-000018", form, "It is in the XML that TED used before eForms, which is not read here."
    )


@pytest.mark.parametrize(
    ("written", "outermost"),
    [
        ("<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", "Invoice"),
        ("<ContractNotice xmlns='urn:something-else'/>", "ContractNotice"),
        ("<html><body/></html>", "html"),
    ],
)
def test_xml_of_another_kind_is_reported_with_its_outermost_element(written, outermost):
    assert eforms.read(written.encode()) == Broken(
        "", f"This is XML of another kind: its outermost element is {outermost}."
    )
