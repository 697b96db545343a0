import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vocab import nuts, words

any_region = st.sampled_from(sorted(nuts.regions()))


def test_a_region_knows_its_parents_up_to_the_country():
    assert nuts.ancestors("UKE42") == ("UK", "UKE", "UKE4")
    assert nuts.ancestors("FRK26") == ("FR", "FRK", "FRK2")
    assert nuts.find("UKE42").country == "GB"
    assert nuts.is_within("UKE42", of="UKE")
    assert nuts.is_within("UKE42", of="UKE42")
    assert not nuts.is_within("UKE", of="UKE42")


@given(any_region)
def test_every_region_lies_in_one_country_of_its_own_letters(code):
    above = nuts.ancestors(code)

    assert len(above) == nuts.find(code).level
    assert all(higher[:2] == code[:2] for higher in above)
    assert [nuts.find(higher).level for higher in above] == list(range(len(above)))


def test_northern_irelands_districts_lie_in_it_although_their_codes_do_not_say_so():
    assert nuts.ancestors("UKN10") == ("UK", "UKN", "UKN0")
    assert "UKN16" in nuts.children("UKN0")


def test_greece_and_the_united_kingdom_are_found_by_either_code():
    assert nuts.find("GR") is nuts.find("el") is nuts.find("GRC") is nuts.regions()["EL"]
    assert nuts.find("GB") is nuts.find("UK") is nuts.find("GBR") is nuts.regions()["UK"]
    assert nuts.find("GR30") is nuts.find("EL30")
    assert nuts.find("EL30").country == "GR"


def test_a_country_outside_the_list_is_a_region_without_regions():
    canada = nuts.find("CA")

    assert (canada.code, canada.level, canada.country, canada.parent) == ("CA", 0, "CA", None)
    assert nuts.children("CA") == nuts.ancestors("CA") == ()
    assert nuts.name("CAN", "fr") == "Canada"


def test_what_is_no_place_is_not_found():
    assert [nuts.find(code) for code in ("", "ZZ", "QQ12", "FRZ99", "\0", "x" * 10_000)] == [None] * 6
    assert nuts.nearest("ZZ999") is None
    assert nuts.name("ZZ999") == "ZZ999"


def test_a_code_of_an_older_edition_leads_to_the_smallest_known_region_around_it():
    assert nuts.nearest("NL310").code == "NL3"
    assert nuts.nearest("UKN0A").code == "UKN0"
    assert nuts.nearest("FRK26").code == "FRK26"


def test_regions_keep_their_own_name_and_countries_are_translated():
    assert nuts.name("FRK26", "en") == "Rhône"
    assert nuts.name("DE", "fr") == "Allemagne"
    assert nuts.name("EL", "en") == "Greece"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Rhône", "FRK26"),
        ("rhone", "FRK26"),
        ("Bruxelles", "BE1"),
        ("Brussel", "BE1"),
        ("Leeds", "UKE42"),
        ("ile de france", "FR1"),
        ("munchen", "DE212"),
        ("Allemagne", "DE"),
        ("Royaume-Uni", "UK"),
        ("glasgov", "UKM82"),
        ("uke4", "UKE4"),
        ("gr", "EL"),
    ],
)
def test_a_region_is_found_by_its_name(asked, found):
    assert found in nuts.search(asked)[:3]


def test_a_name_that_no_region_bears_finds_nothing():
    assert nuts.search("Qqqqq") == []


def test_a_town_that_the_list_does_not_hold_finds_its_region():
    assert nuts.search("Lyon") == ["FRK26"]


def test_extra_regions_are_not_offered():
    assert not any(nuts.find(code).is_extra for code in nuts.search("Extra-Regio"))
    assert nuts.find("FRZZZ").is_extra


def test_regions_are_the_published_ones(nuts_rows):
    ours = {region.code: region for region in nuts.regions().values() if region.level}

    assert set(ours) == {row["code"] for row in nuts_rows}
    for row in nuts_rows:
        region = ours[row["code"]]
        parent = "UKN0" if row["parent"] == "UKN1" else row["parent"]
        assert (region.name, str(region.level), region.parent) == (" ".join(row["name"].split()), row["level"], parent)


def test_parents_agree_with_those_of_the_notices(notices_parents):
    shared = [code for code in notices_parents if code in nuts.regions()]

    assert len(shared) > 2000
    assert all((nuts.find(code).parent or "") == notices_parents[code] for code in shared)
    assert all(nuts.nearest(code) for code in notices_parents)


def test_no_name_is_overlooked_that_a_slower_look_at_every_word_would_find():
    known = list(nuts._names()[0])
    for word in known[::200]:
        for asked in {word, word[:2], word[:4], word[1:], word[:-2], f"{word}s", f"{word[:-1]}x"} - {""}:
            every = {other: words.closeness(asked, other) for other in known}
            assert nuts._close_words(asked) == {
                other: close for other, close in every.items() if close >= nuts.LEAST_CLOSE
            }, asked


def test_naughty_strings_are_only_names_that_no_region_bears(naughty_strings):
    for text in naughty_strings:
        assert set(nuts.search(text)) <= set(nuts.regions())


def test_what_shares_ground_with_a_region_lies_around_it_or_in_it():
    assert nuts.touching("UKE4") == ("UK", "UKE", "UKE4", "UKE41", "UKE42", "UKE44", "UKE45")
    assert nuts.touching("UKE42") == ("UK", "UKE", "UKE4", "UKE42")
    assert {"FR", "FR1", "FR101"} <= set(nuts.touching("FR"))
    assert nuts.touching("CA") == ("CA",)
