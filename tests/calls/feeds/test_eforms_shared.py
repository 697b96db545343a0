"""Real and official notices of eForms, each compared with what its own XML says, read by the paths of the standard.

Nothing of the parser is used to find what is expected: ElementTree, plain paths and small tables of our own.
"""

import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from marketplace.calls.feeds import eforms
from marketplace.calls.feeds.notice import Broken, Notice, Skipped

B, A, X = (
    f"{{urn:oasis:names:specification:ubl:schema:xsd:Common{kind}Components-2}}"
    for kind in ("Basic", "Aggregate", "Extension")
)
EB, EA, EX = (
    f"{{http://data.europa.eu/p27/eforms-ubl-extension{kind}/1}}"
    for kind in ("-basic-components", "-aggregate-components", "s")
)
INSIDE = f"{X}UBLExtensions/{X}UBLExtension/{X}ExtensionContent/{EX}EformsExtension"
COUNTRIES = {"GBR": "GB", "NOR": "NO", "LUX": "LU", "FRA": "FR", "DEU": "DE", "ITA": "IT", "GRC": "GR", "JPN": "JP"}
COUNTRIES |= {"BEL": "BE", "POL": "PL", "IOT": "IO"}
LANGUAGES = {"ENG": "en", "FRA": "fr", "DEU": "de", "ITA": "it", "ELL": "el", "SWE": "sv", "DAN": "da", "LTZ": "lb"}
LANGUAGES |= {"NOR": "no", "NOB": "no", "NNO": "no"}
#: Afrikaans is not in our list.
LANGUAGES |= {"AFR": ""}


@pytest.fixture(scope="module")
def folder(shared_data):
    found = shared_data / "eforms"
    if not found.is_dir():
        pytest.skip("the shared eForms notices are not beside this checkout")
    return found


@pytest.fixture(scope="module")
def notices(folder):
    """Those that are read as notices, with their XML."""
    found = {}
    for path in sorted(folder.glob("*/*.xml")):
        read = eforms.read(path.read_bytes())
        if isinstance(read, Notice):
            found[path.name] = (read, ElementTree.parse(path).getroot())
    return found


def texts(root, path):
    return [(element.text or "").strip() for element in root.findall(path) if (element.text or "").strip()]


def one(root, path):
    return next(iter(texts(root, path)), "")


def in_language_of(root, element, path):
    """The text in the notice's language, else the first; without what lines and tabs lie in it."""
    language = one(root, f"{B}NoticeLanguageCode")
    said = {child.get("languageID"): child.text or "" for child in reversed(element.findall(path))}
    first = next(iter(element.findall(path)), None)
    chosen = said.get(language, "" if first is None else first.text or "")
    return " ".join(chosen.split())


def lots_of(root):
    return [
        lot
        for lot in root.findall(f"{A}ProcurementProjectLot")
        if lot.find(f"{B}ID").get("schemeName") in ("Lot", "Part")
    ]


def deadline_of(lot, *kinds):
    for kind in kinds:
        for period in lot.findall(f"{A}TenderingProcess/{kind}"):
            day, clock = one(period, f"{B}EndDate"), one(period, f"{B}EndTime")
            if day:
                return datetime.fromisoformat(f"{day[:10]}T{clock[:8]}{clock[8:] or day[10:] or '+00:00'}")
    return None


def response_deadline_of(lot):
    return deadline_of(
        lot,
        f"{A}TenderSubmissionDeadlinePeriod",
        f"{A}ParticipationRequestReceptionPeriod",
        f"{INSIDE}/{EA}InterestExpressionReceptionPeriod",
    )


def value_of(project):
    if project is None:
        return None
    total = f"{A}RequestedTenderTotal"
    written = texts(project, f"{total}/{B}EstimatedOverallContractAmount")
    written += texts(project, f"{total}/{INSIDE}/{EB}FrameworkMaximumAmount")
    # The examples of the SDK fill the field with nines.
    values = [Decimal(value) for value in written if value != "9999999.99"]
    return max(values, default=None)


def codes_of(project):
    kinds = (f"{A}MainCommodityClassification", f"{A}AdditionalCommodityClassification")
    written = [code for kind in kinds for code in texts(project, f"{kind}/{B}ItemClassificationCode")]
    return list(dict.fromkeys(code for code in written if re.fullmatch("[0-9]{8}", code)))


def places_of(project):
    regions, countries = [], []
    for address in project.findall(f"{A}RealizedLocation/{A}Address"):
        region, country = one(address, f"{B}CountrySubentityCode"), one(address, f"{A}Country/{B}IdentificationCode")
        if region:
            regions.append(region)
        elif country:
            countries.append(COUNTRIES[country])
    return list(dict.fromkeys(regions)), list(dict.fromkeys(countries))


def aware(moment):
    return moment and (moment.replace(tzinfo=None), moment.utcoffset())


def test_every_shared_file_is_read_or_has_its_reason(folder, proof):
    reads = {path: eforms.read(path.read_bytes()) for path in sorted(folder.glob("*/*.xml"))}

    seen = Counter(type(read).__name__.lower() for read in reads.values())
    proof.record("Shared eForms notices", files=len(reads), **seen)
    for path, read in reads.items():
        root = ElementTree.parse(path).getroot().tag.split("}")[1]
        if isinstance(read, Skipped):
            assert read.form.startswith(root)
            assert read.reason
        elif isinstance(read, Broken):
            assert path.name.startswith("INVALID"), read
        else:
            assert root in ("ContractNotice", "PriorInformationNotice")


def test_every_old_ted_notice_is_passed_over_by_name(shared_data):
    paths = sorted((shared_data / "ted_r209").glob("*.xml"))
    if not paths:
        pytest.skip("the shared TED notices are not beside this checkout")
    for path in paths:
        read = eforms.read(path.read_bytes())
        assert isinstance(read, Skipped)
        assert read.form == "TED F02 R2.0.9"
        # The file is called after its number and year.
        number, year = re.fullmatch(r"F02_S0[0-9]_([0-9]{6})-([0-9]{4})\.xml", path.name).groups()
        assert re.fullmatch(rf"{year}/S [0-9]{{3}}-{number}", read.identifier)


def test_at_least_thirty_notices_of_seven_countries_are_compared(notices):
    countries = {buyer.country for notice, _root in notices.values() for buyer in notice.buyers}

    assert len(notices) >= 30
    assert countries >= {"GB", "FR", "IT", "DE", "NO", "LU", "GR"}


def test_identity_texts_and_language_are_those_of_the_source(notices):
    for name, (notice, root) in notices.items():
        project = root.find(f"{A}ProcurementProject")
        sent = one(root, f"{B}IssueDate")[:10] + "T" + one(root, f"{B}IssueTime")
        assert notice.identifier == one(root, f"{B}ID[@schemeName='notice-id']"), name
        assert notice.procedure == (one(root, f"{B}ContractFolderID") or notice.identifier), name
        assert notice.version == one(root, f"{B}VersionID"), name
        assert aware(notice.published_at) == aware(datetime.fromisoformat(sent)), name
        assert notice.language == LANGUAGES[one(root, f"{B}NoticeLanguageCode")], name
        assert notice.title == in_language_of(root, project, f"{B}Name"), name
        assert " ".join(notice.description.split()) == in_language_of(root, project, f"{B}Description"), name
        assert notice.reference == one(project, f"{B}ID"), name
        assert notice.changes == one(root, f"{INSIDE}/{EA}Changes/{EB}ChangedNoticeIdentifier"), name


def test_buyers_are_those_of_the_source(notices):
    for name, (notice, root) in notices.items():
        companies = root.findall(f"{INSIDE}/{EA}Organizations/{EA}Organization/{EA}Company")
        known = {one(company, f"{A}PartyIdentification/{B}ID"): company for company in companies}
        path = f"{A}ContractingParty/{A}Party/{A}PartyIdentification/{B}ID"
        expected = [known[reference] for reference in dict.fromkeys(texts(root, path)) if reference in known]
        said = [
            (
                in_language_of(root, company, f"{A}PartyName/{B}Name"),
                COUNTRIES.get(one(company, f"{A}PostalAddress/{A}Country/{B}IdentificationCode"), ""),
                one(company, f"{A}PostalAddress/{B}CityName"),
                texts(company, f"{A}PartyLegalEntity/{B}CompanyID"),
            )
            for company in expected
        ]
        read = [
            (buyer.name, buyer.country, buyer.town, [own.number for own in buyer.identifiers])
            for buyer in notice.buyers
        ]
        assert sorted(read) == sorted(said), name


def test_codes_places_and_values_of_the_procedure_are_those_of_the_source(notices):
    for name, (notice, root) in notices.items():
        project = root.find(f"{A}ProcurementProject")
        assert list(notice.cpv) == codes_of(project), name
        assert (list(notice.regions), list(notice.countries)) == places_of(project), name
        assert notice.amount.high == value_of(project), name
        currencies = {element.get("currencyID") for element in project.iter() if element.get("currencyID")}
        assert notice.amount.high is None or {notice.amount.currency} == currencies, name


def test_lots_are_those_of_the_source(notices):
    compared = 0
    for name, (notice, root) in notices.items():
        expected = lots_of(root)
        if not expected:
            assert [lot.title for lot in notice.lots] == [notice.title], name
            continue
        assert [lot.identifier for lot in notice.lots] == texts(root, f"{A}ProcurementProjectLot/{B}ID"), name
        for read, lot in zip(notice.lots, expected, strict=True):
            project = lot.find(f"{A}ProcurementProject")
            title = in_language_of(root, project, f"{B}Name") or notice.title
            assert read.title == title, name
            assert " ".join(read.description.split()) == in_language_of(root, project, f"{B}Description"), name
            assert list(read.cpv) == codes_of(project), name
            assert (list(read.regions), list(read.countries)) == places_of(project), name
            assert read.amount.high == value_of(project), name
            compared += 1
    assert compared > 150


def test_deadlines_have_the_time_and_the_offset_of_the_source(notices):
    compared = 0
    for name, (notice, root) in notices.items():
        for read, lot in zip(notice.lots, lots_of(root), strict=False):
            responses, questions = response_deadline_of(lot), deadline_of(lot, f"{A}AdditionalInformationRequestPeriod")
            assert aware(read.response_deadline and read.response_deadline.at) == aware(responses), name
            assert aware(read.question_deadline and read.question_deadline.at) == aware(questions), name
            compared += responses is not None
    assert compared > 130


def test_languages_and_papers_are_those_of_the_source(notices):
    for name, (notice, root) in notices.items():
        for read, lot in zip(notice.lots, lots_of(root), strict=False):
            written = texts(lot, f"{A}TenderingTerms/{A}Language/{B}ID")
            assert list(read.languages) == list(dict.fromkeys(filter(None, map(LANGUAGES.get, written)))), name
        reference = f"{A}ProcurementProjectLot/{A}TenderingTerms/{A}CallForTendersDocumentReference"
        written = texts(root, f"{reference}/{A}Attachment/{A}ExternalReference/{B}URI")
        addresses = [re.sub("^www", "https://www", address) for address in dict.fromkeys(written)]
        assert [paper.url for paper in notice.papers] == addresses, name
