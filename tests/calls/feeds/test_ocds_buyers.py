"""Who buys, under which number and in which kind of procedure, and where to read on."""

import pytest

from marketplace.calls.feeds.notice import Body, Identifier, Paper
from tests.calls.feeds.ocds_written import read_one, read_tender, release


def buyers(parties, **changes):
    return read_one(release(parties=parties, **changes)).buyers


def test_a_buyer_that_is_no_party_is_still_named():
    assert buyers(None, buyer={"name": "Melbury"}) == (Body("Melbury"),)


def test_whoever_runs_the_procedure_buys_where_no_buyer_is_named():
    of_tender = release({"procuringEntity": {"id": "5"}}, buyer=None, parties=[{"id": "5", "name": "Port of Melbury"}])
    by_role = [{"id": "5", "name": "Port of Melbury", "roles": "procuringEntity"}]

    assert [body.name for body in read_one(of_tender).buyers] == ["Port of Melbury"]
    assert [body.name for body in buyers(by_role, buyer=None)] == ["Port of Melbury"]


def test_a_release_without_a_buyer_is_read_and_reported():
    notice = read_one(release(buyer=None, parties=None))

    assert notice.buyers == ()
    assert notice.warnings == ("It names no buyer.",)


def test_the_country_of_a_buyer_is_that_of_its_address_its_region_or_its_register():
    def country(**party):
        return buyers([{"id": "1", "name": "Melbury", "roles": ["buyer"], **party}], buyer=None)[0].country

    assert country(address={"countryName": "ENG"}) == "GB"
    assert country(address={"region": "FRI12"}) == "FR"
    assert country(identifier={"scheme": "DE-CR", "id": "HRB 1"}) == "DE"
    assert country(address={"countryName": "Other"}, identifier={"scheme": "GB-SRS", "id": "1"}) == ""
    assert country() == ""


def test_the_identifier_of_a_party_may_be_that_of_a_register():
    party = {"id": "GB-CFS-18525", "name": "Melbury", "identifier": {"legalName": "Melbury"}, "roles": ["buyer"]}

    assert buyers([party], buyer={"id": "GB-CFS-18525"})[0].identifiers == (Identifier("GB-CFS", "18525"),)
    assert buyers([party | {"id": "org-1"}], buyer={"id": "org-1"})[0].identifiers == ()


def test_who_may_be_asked_is_kept_as_it_was_published_and_no_more():
    party = {"id": "1", "name": "Melbury", "roles": ["buyer"], "contactPoint": {"email": "  ", "faxNumber": "1"}}

    assert buyers([party], buyer=None)[0].contact is None


def test_the_official_text_is_the_document_that_is_this_very_release():
    documents = [
        {"id": "1", "documentType": "tenderNotice", "url": "https://notices.melbury.example/1"},
        {"id": "0001-call-1", "documentType": "tenderNotice", "url": "https://notices.melbury.example/2"},
    ]

    notice = read_tender(documents=documents)

    assert notice.official_url == "https://notices.melbury.example/2"
    assert [paper.url for paper in notice.papers] == ["https://notices.melbury.example/1"]


def test_find_a_tender_shows_a_notice_under_its_number():
    found = read_one(release({"documents": None}, ocid="ocds-h6vhtk-0zzzzz", id="000001-2026"))

    assert found.official_url == "https://www.find-tender.service.gov.uk/Notice/000001-2026"


def test_else_the_official_text_is_where_the_release_says_that_it_is():
    links = [{"rel": "canonical", "href": "https://api.melbury.example/0001"}]

    assert read_tender(documents=None, url="https://melbury.example/0001").official_url == (
        "https://melbury.example/0001"
    )
    assert read_one(release({"documents": None}, links=links)).official_url == "https://api.melbury.example/0001"
    assert read_tender(documents=None).official_url == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://melbury.example/a", "file:///etc/passwd", "https://", 7])
def test_an_address_that_is_no_page_is_passed_over(url):
    notice = read_tender(documents=[{"id": "1", "title": "Plans", "url": url}], submissionMethodDetails=url)

    assert (notice.papers, notice.submission_url) == ((), "")


def test_a_paper_without_a_title_is_known_by_what_else_is_said_of_it():
    documents = [
        {"id": "1", "title": "n/a", "description": "Plans", "url": "https://melbury.example/1"},
        {"id": "2", "documentType": "biddingDocuments", "url": "www.melbury.example/2"},
        {"id": "3", "url": "https://melbury.example/1"},
    ]

    assert read_tender(documents=documents).papers == (
        Paper("Plans", "https://melbury.example/1"),
        Paper("biddingDocuments", "https://www.melbury.example/2"),
    )


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        ("MBC/26/17", "MBC/26/17"),
        (17, "17"),
        ("ocds-zz00zz-0001", ""),
        ("ocds-zz00zz-0001-tender-148440-CCS/24/297", "CCS/24/297"),
        ("ocds-zz00zz-0001-17", ""),
    ],
)
def test_the_reference_is_the_buyers_own_number(number, reference):
    assert read_tender(id=number).reference == reference


@pytest.mark.parametrize(
    ("method", "details", "read_as"),
    [
        ("open", "", "open"),
        ("selective", "Restricted procedure", "restricted"),
        ("selective", "Competitive procedure with negotiation", "negotiated"),
        ("selective", "Dialogue compétitif", "negotiated"),
        ("limited", "", "negotiated"),
        ("direct", "", ""),
        (None, "", ""),
    ],
)
def test_the_kind_of_procedure(method, details, read_as):
    assert read_tender(procurementMethod=method, procurementMethodDetails=details).method == read_as
