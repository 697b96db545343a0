"""The lots of a tender, what is bought in each of them, and where."""

import pytest

from tests.calls.feeds.ocds_written import read_tender, without_none


def test_a_call_without_lots_is_one_that_is_named_as_itself():
    notice = read_tender(lots=None, otherRequirements={"reservedParticipation": ["shelteredWorkshop"]})

    (lot,) = notice.lots
    assert (lot.identifier, lot.title) == ("1", "Cleaning of schools and libraries")
    assert lot.cpv == notice.cpv == ("90910000", "90919000", "90919300", "90911300")
    assert lot.regions == notice.regions
    assert lot.amount == notice.amount
    assert lot.reserved_for == ("res-ws",)


def test_an_only_lot_without_a_title_has_that_of_the_tender():
    assert read_tender(lots=[{"id": "1", "description": "x"}]).lots[0].title == "Cleaning of schools and libraries"


def test_several_lots_without_titles_are_told_apart_by_their_identifiers():
    notice = read_tender(lots=[{"id": "A"}, {"id": "B", "title": "n/a"}, {"id": "C", "title": "Parks"}])

    assert [lot.title for lot in notice.lots] == [
        "Cleaning of schools and libraries (A)",
        "Cleaning of schools and libraries (B)",
        "Parks",
    ]


def test_lots_without_identifiers_are_counted_and_namesakes_told_apart():
    notice = read_tender(lots=[{"title": "Parks"}, {"id": 7, "title": "Roads"}, {"id": "7", "title": "Paths"}])

    assert [lot.identifier for lot in notice.lots] == ["1", "7", "7 (3)"]
    assert notice.warnings[0] == "Two lots are called '7'."


def test_an_item_may_belong_to_several_lots_and_a_lot_have_none():
    items = [
        {
            "id": "1",
            "classification": {"scheme": "CPV", "id": "90911300"},
            "deliveryLocation": {"gazetteer": {"scheme": "NUTS", "identifiers": ["FRI11", "FRI12"]}},
            "relatedLots": ["A", "B"],
        }
    ]

    notice = read_tender(lots=[{"id": "A"}, {"id": "B"}, {"id": "C"}], items=items)

    assert [lot.cpv for lot in notice.lots] == [("90911300",), ("90911300",), ("90910000",)]
    assert [lot.regions for lot in notice.lots] == [("FRI11", "FRI12"), ("FRI11", "FRI12"), ()]
    assert notice.regions == ()


def test_an_item_of_no_lot_or_of_one_that_is_not_there_is_the_whole_tenders():
    items = [
        {"id": "1", "deliveryAddresses": [{"region": "FRI11"}]},
        {"id": "2", "deliveryAddresses": [{"countryName": "France"}], "relatedLot": "Z"},
    ]

    notice = read_tender(items=items)

    assert (notice.regions, notice.countries) == (("FRI11",), ("FR",))
    assert notice.warnings == ("An item belongs to a lot that is not there, 'Z'.",)


def test_a_lot_with_additional_codes_alone_has_the_tenders_main_code_first():
    items = [{"id": "1", "additionalClassifications": [{"scheme": "CPV", "id": "90911300"}], "relatedLot": "LOT-1"}]

    assert read_tender(items=items).lots[0].cpv == ("90910000", "90911300")


@pytest.mark.parametrize(
    ("scheme", "code", "read_as"),
    [
        ("CPV", "90910000", ("90910000",)),
        ("cpv", "90910000-9", ("90910000",)),
        ("CPVS", "90910000", ("90910000",)),
        (None, "90910000", ("90910000",)),
        ("CPV", 3000000, ("03000000",)),
        ("CPV", "90910001", ()),
        ("CPV", "cleaning", ()),
        ("UNSPSC", "90910000", ()),
    ],
)
def test_cpv_is_read_under_the_names_that_publishers_give_it(scheme, code, read_as):
    classification = without_none({"scheme": scheme, "id": code})

    notice = read_tender(classification=classification, additionalClassifications=None)

    assert notice.cpv == read_as


def test_a_code_that_is_not_in_the_list_is_reported():
    assert read_tender(classification={"scheme": "CPV", "id": "12345678"}).warnings == (
        "There is no CPV code '12345678'.",
    )


def places(address):
    notice = read_tender(lots=None, items=[{"id": "1", "deliveryAddresses": [address]}])
    return notice.regions, notice.countries


@pytest.mark.parametrize(
    ("address", "regions", "countries"),
    [
        ({"region": "UKM82"}, ("UKM82",), ()),
        ({"region": "UK"}, ("UK",), ()),
        ({"region": "GBM82"}, ("UKM82",), ()),
        ({"region": "UKL18 - Swansea"}, ("UKL18",), ()),
        ({"region": "FR21", "countryName": "France"}, ("FR21",), ()),
        ({"region": "DE300", "countryName": "Deutschland"}, ("DE300",), ()),
        ({"region": "ITALY", "countryName": "Italy"}, (), ("IT",)),
        ({"region": "DE", "countryName": "United States"}, (), ("US",)),
        ({"region": "DE21 4AB"}, (), ()),
        ({"region": "South East", "countryName": "United Kingdom"}, ("UKJ",), ()),
        ({"region": "Yorkshire and the Humber", "countryName": "UK"}, ("UKE",), ()),
        ({"region": "Bretagne", "countryName": "FRA"}, ("FRH",), ()),
        ({"region": "Nowhere", "countryName": "UK"}, (), ("GB",)),
        ({"countryName": "Scotland"}, ("UKM",), ()),
        ({"countryName": "DEU"}, (), ("DE",)),
        ({"countryName": "Allemagne"}, (), ("DE",)),
        ({"country": "EL"}, (), ("GR",)),
        ({"country": "PRY", "countryName": "somewhere"}, (), ("PY",)),
        ({"postalCode": "ZZ1 1ZZ"}, (), ()),
    ],
)
def test_places_are_read_from_codes_and_names(address, regions, countries):
    assert places(address) == (regions, countries)


def test_a_country_that_nobody_knows_is_reported():
    notice = read_tender(lots=None, items=[{"id": "1", "deliveryAddresses": [{"countryName": "Atlantis"}]}])

    assert notice.warnings == ("The country 'Atlantis' is not known.",)
