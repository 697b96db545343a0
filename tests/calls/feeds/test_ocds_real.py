"""Real files of publishers, each compared with what it says itself, read here by plain paths."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from marketplace.calls.feeds import ocds
from marketplace.calls.feeds.notice import Broken, Kind, Notice, Skipped

FILES = {
    "uk_find_a_tender": {"Notice": 5},
    "uk_contracts_finder": {"Notice": 14, "Skipped": 86},
    "uk_public_contracts_scotland": {"Notice": 10},
    "uk_sell2wales": {"Notice": 45},
    "paraguay_dncp_release_1": {"Skipped": 1},
}
OF_NOTICES = [name for name, counts in FILES.items() if counts.get("Notice")]


@pytest.fixture
def pairs(shared_data):
    """Of each file what it says itself, beside what was read."""

    def read(name):
        path = shared_data / "ocds" / f"{name}.json"
        releases = json.loads(path.read_text(), parse_float=Decimal)["releases"]
        with path.open("rb") as stream:
            found = list(ocds.read(stream))
        assert len(found) == len(releases)
        return list(zip(releases, found, strict=True))

    return read


@pytest.mark.parametrize("name", FILES)
def test_every_release_of_a_real_file_is_a_notice_or_passed_over_by_name(pairs, name):
    found = [each for _said, each in pairs(name)]

    counts = {kind.__name__: sum(isinstance(each, kind) for each in found) for kind in (Notice, Skipped, Broken)}
    assert {kind: count for kind, count in counts.items() if count} == FILES[name]


def notices(pairs):
    return [(said, said["tender"], found) for said, found in pairs if isinstance(found, Notice)]


@pytest.mark.parametrize("name", OF_NOTICES)
def test_words_and_languages_are_those_of_the_source(pairs, name):
    for said, tender, notice in notices(pairs(name)):
        assert notice.procedure == said["ocid"]
        assert notice.identifier == said.get("id", notice.identifier)
        assert notice.published_at == datetime.fromisoformat(said["date"])
        assert notice.title == " ".join(tender["title"].split())
        assert notice.description == tender["description"].replace("\r\n", "\n").strip()
        assert notice.language == said["language"].lower() == "en"
        assert list(notice.languages) == tender.get("submissionTerms", {}).get("languages", [])


@pytest.mark.parametrize("name", OF_NOTICES)
def test_the_buyer_is_that_of_the_source(pairs, name):
    for said, _tender, notice in notices(pairs(name)):
        (party,) = (party for party in said["parties"] if party["id"] == said["buyer"]["id"])
        buyer = notice.buyers[0]
        address = party.get("address", {})
        assert buyer.name == " ".join(party["name"].split())
        assert buyer.town == address.get("locality", "").rstrip(", ")
        assert buyer.postcode == address.get("postalCode", "")
        assert buyer.country == "GB"
        assert buyer.region == address.get("region", buyer.region)
        assert buyer.contact.email == party["contactPoint"]["email"]
        assert len(notice.buyers) == len({each["name"] for each in said["parties"] if "buyer" in each["roles"]})


@pytest.mark.parametrize("name", OF_NOTICES)
def test_deadlines_are_those_of_the_source_with_their_offsets(pairs, name):
    for said, tender, notice in notices(pairs(name)):
        ends = tender.get("tenderPeriod", {}).get("endDate")
        if not ends:
            (ends,) = (each["dueDate"] for each in said["planning"]["milestones"]) if "planning" in said else (None,)
        written = datetime.fromisoformat(ends)
        assert notice.response_deadline.at == written
        assert notice.response_deadline.at.utcoffset() == written.utcoffset()
        assert not notice.response_deadline.is_day
        assert notice.response_deadline.has_offset


@pytest.mark.parametrize("name", OF_NOTICES)
def test_codes_of_what_is_bought_are_those_of_the_source(pairs, name):
    for _said, tender, notice in notices(pairs(name)):
        main = tender["classification"]["id"]
        others = [each["id"] for each in tender.get("additionalClassifications", [])]
        of_items = {each["id"] for item in tender["items"] for each in item.get("additionalClassifications", [])}
        assert notice.cpv == tuple(dict.fromkeys([main, *others]))
        assert {code for lot in notice.lots for code in lot.cpv} == {main, *others} | of_items
        assert all(lot.cpv[0] == main for lot in notice.lots)


@pytest.mark.parametrize("name", OF_NOTICES[:1] + OF_NOTICES[2:])
def test_lots_are_those_of_the_source_and_lie_where_it_says(pairs, name):
    for _said, tender, notice in notices(pairs(name)):
        assert [lot.identifier for lot in notice.lots] == [lot["id"] for lot in tender["lots"]]
        for lot, found in zip(tender["lots"], notice.lots, strict=True):
            items = [item for item in tender["items"] if item["relatedLot"] == lot["id"]]
            regions = [
                each["region"] for item in items for each in item.get("deliveryAddresses", []) if "region" in each
            ]
            assert found.title == " ".join(lot.get("title", found.title).split())
            assert found.title
            assert found.description == lot["description"].replace("\r\n", "\n").strip()
            assert found.regions == tuple(dict.fromkeys(regions))
            assert found.amount.high == lot.get("value", {}).get("amount")
            period = lot.get("contractPeriod", {})
            assert found.starts_on == day(period.get("startDate"))
            assert found.ends_on == day(period.get("endDate"))


def day(written):
    return date.fromisoformat(written[:10]) if written else None


#: What Contracts Finder calls the regions of NUTS; England are nine, and the last lie nowhere in Europe's list.
REGIONS = {
    "North East": "UKC",
    "North West": "UKD",
    "Yorkshire and the Humber": "UKE",
    "East Midlands": "UKF",
    "West Midlands": "UKG",
    "East of England": "UKH",
    "London": "UKI",
    "South East": "UKJ",
    "South West": "UKK",
    "Wales": "UKL",
    "Scotland": "UKM",
    "Northern Ireland": "UKN",
}


def test_regions_that_are_only_named_are_found(pairs):
    for _said, tender, notice in notices(pairs("uk_contracts_finder")):
        named = {each.get("region") for item in tender["items"] for each in item["deliveryAddresses"]} - {None}
        england = set(list(REGIONS.values())[:9]) if "England" in named else set()
        (lot,) = notice.lots
        assert set(lot.regions) == {REGIONS[name] for name in named if name in REGIONS} | england


@pytest.mark.parametrize("name", OF_NOTICES)
def test_values_are_those_of_the_source_unless_they_only_fill_the_field(pairs, name):
    seen = 0
    for _said, tender, notice in notices(pairs(name)):
        high, low = (tender.get(end, {}).get("amount") for end in ("value", "minValue"))
        if high == Decimal("0.01"):
            assert notice.amount.high is None
            assert notice.warnings == ("The value 0.01 GBP only fills the field.",)
            continue
        assert notice.amount.high == high
        assert notice.amount.low == low
        assert notice.amount.currency == ("GBP" if high or low else "")
        seen += bool(high)
    assert seen


@pytest.mark.parametrize("name", OF_NOTICES)
def test_every_call_of_a_real_file_names_where_its_official_text_is(pairs, name):
    for said, _tender, notice in notices(pairs(name)):
        assert notice.official_url.startswith("https://")
        assert all(paper.url != notice.official_url for paper in notice.papers)
        if name == "uk_contracts_finder":
            assert said["id"].startswith(notice.official_url.rpartition("/")[2])


def test_announcements_of_contracts_finder_are_consultations(pairs):
    kinds = [(said["tag"], found.kind) for said, found in pairs("uk_contracts_finder") if isinstance(found, Notice)]

    assert kinds.count((["planning"], Kind.PLANNING)) == 3
    assert kinds.count((["tenderAmendment"], Kind.CALL)) == 2
    assert kinds.count((["tender"], Kind.CALL)) == 9
