"""What a score is made of, and that nothing else can enter it."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vocab import cpv, nuts
from marketplace.matching import scoring
from marketplace.matching.scoring import Need, Offer, Score, Service, closeness, reach, score
from tests.factories.scoring import needs, offers, old_codes, real_codes, regions, services

any_code = st.one_of(real_codes, old_codes)


def need(*codes, regions=("UKE4",), phrasings=()):
    return Need(codes, frozenset(regions), tuple(frozenset(words.split()) for words in phrasings))


def offer(*codes, regions=("UKE4",), words="", everywhere=False):
    services = tuple(Service(code, frozenset(regions), everywhere) for code in codes)
    return Offer(services, frozenset(words.split()))


# --- The parts -------------------------------------------------------------------------------------------------------


def test_the_most_that_a_score_can_be_is_a_hundred():
    asked = need("90911200", phrasings=["clean school"])

    found = score(asked, offer("90911200", words="we clean your school"))

    assert (found.cpv, found.region, found.words) == (60, 25, 15)
    assert found.total == 100
    assert scoring.CPV_MOST + scoring.REGION_MOST + scoring.WORDS_MOST == 100


@given(needs, offers)
def test_the_parts_add_up_and_stay_in_their_range(asked, offered):
    found = score(asked, offered)

    assert found.total == found.cpv + found.region + found.words
    assert 0 <= found.cpv <= scoring.CPV_MOST
    assert 0 <= found.region <= scoring.REGION_MOST
    assert 0 <= found.words <= scoring.WORDS_MOST
    assert all(type(part) is int for part in (found.cpv, found.region, found.words))


@given(needs, offers, st.randoms(use_true_random=False))
def test_the_same_facts_in_any_order_give_the_same_score_and_reasons(asked, offered, random):
    shuffled = list(offered.services)
    random.shuffle(shuffled)
    again = score(asked, Offer(tuple(shuffled), offered.words))

    found = score(asked, offered)

    assert (again, again.pairs, again.common) == (found, found.pairs, found.common)


@given(needs, offers)
def test_the_reasons_are_what_the_score_came_from(asked, offered):
    found = score(asked, offered)

    if found == Score():
        assert not found.pairs
    else:
        able = {service.code for service in offered.services if reach(asked.regions, service)}
        assert [code for code, _near in found.pairs] == list(asked.codes)
        assert all(not near or near in able for _code, near in found.pairs)
        assert found.common <= offered.words


@given(needs, offers, services)
def test_to_offer_more_is_never_worth_less(asked, offered, more):
    wider = replace(offered, services=(*offered.services, more))

    before, after = score(asked, offered), score(asked, wider)

    assert after.cpv >= before.cpv
    assert after.region >= before.region
    assert after.words >= before.words


@given(needs, offers, st.frozensets(st.sampled_from("abcdefgh")))
def test_to_say_more_is_never_worth_less(asked, offered, more):
    assert score(asked, replace(offered, words=offered.words | more)).total >= score(asked, offered).total


def test_nothing_but_what_where_and_in_which_words_can_enter():
    assert {field.name for field in fields(Need)} == {"codes", "regions", "phrasings"}
    assert {field.name for field in fields(Offer)} == {"services", "words"}
    assert {field.name for field in fields(Service)} == {"code", "regions", "is_all_over_europe"}


@given(needs)
def test_who_offers_nothing_there_has_no_score(asked):
    elsewhere = offer("90911200", regions=("QQ",), words="a b c d")

    assert score(asked, elsewhere) == Score()
    assert score(asked, Offer((), frozenset("abcd"))) == Score()


# --- Codes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "offered", "points"),
    [
        ("90911200", "90911200", scoring.CPV_MOST),
        ("45000000", "45000000", scoring.CPV_MOST),
        ("90911200", "90911300", scoring.SHARED[5]),
        ("90911200", "90914000", scoring.SHARED[4]),
        ("90911200", "90920000", scoring.SHARED[3]),
        ("90911200", "90500000", scoring.SHARED[2]),
        ("90911200", "79000000", 0),
        ("90911200", "90910000", scoring.WITHIN),
        ("90910000", "90911200", scoring.WITHIN),
        ("90911200", "90000000", scoring.WITHIN_A_DIVISION),
        ("90000000", "90911200", scoring.WITHIN_A_DIVISION),
        # A division that ends on a zero holds only what begins with both of its digits.
        ("30000000", "31000000", 0),
        ("30000000", "30200000", scoring.WITHIN_A_DIVISION),
        # Levels are skipped here: there is no 3519.
        ("30190000", "30199400", scoring.WITHIN),
        # No code of CPV 2008.
        ("90911200", "90911299", scoring.SHARED[6]),
    ],
)
def test_how_close_two_codes_are(asked, offered, points):
    assert closeness(asked, offered) == points


@given(any_code, any_code)
def test_closeness_is_the_same_both_ways_and_greatest_for_the_same_code(one, other):
    assert closeness(one, other) == closeness(other, one) <= closeness(one, one)


@given(real_codes)
def test_what_lies_above_is_the_closer_the_nearer_it_is(code):
    above = [closeness(code, higher) for higher in cpv.ancestors(code)]

    assert above == sorted(above)
    assert all(points >= scoring.WITHIN_A_DIVISION for points in above)


def test_the_first_code_of_a_lot_weighs_more_than_the_others():
    main_offered = score(need("90911200", "79710000"), offer("90911200"))
    other_offered = score(need("79710000", "90911200"), offer("90911200"))

    assert (main_offered.cpv, other_offered.cpv) == (40, 20)


def test_a_code_without_an_answer_is_named_with_none():
    found = score(need("90911200", "79710000"), offer("90919200", "90911300"))

    assert found.pairs == (("90911200", "90911300"), ("79710000", ""))


# --- Regions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "served", "points"),
    [
        ("UKE42", "UKE42", scoring.WHOLE),
        ("UKE42", "UKE4", scoring.WHOLE),
        ("UKE42", "UK", scoring.PARTLY),
        ("UKE4", "UKE42", scoring.PARTLY),
        ("UK", "UKE42", scoring.PARTLY),
        ("UK", "UK", scoring.WHOLE),
        ("UKE42", "UKE41", 0),
        # These do not begin with the code of what they lie in.
        ("UKN10", "UKN0", scoring.WHOLE),
        ("UKN0", "UKN10", scoring.PARTLY),
        ("UKN10", "UKN", scoring.WHOLE),
        ("UKN1", "UKN10", 0),
        # Greece is EL here, and GR is no code.
        ("EL30", "EL", scoring.PARTLY),
        ("EL30", "GR", 0),
        # Countries outside the list stand for themselves.
        ("US", "US", scoring.WHOLE),
        ("US", "BR", 0),
        # A region of an older list is known by itself alone.
        ("FR62", "FR62", scoring.WHOLE),
        ("FR62", "FR", 0),
    ],
)
def test_how_far_a_service_reaches(asked, served, points):
    assert reach({asked}, Service("90911200", frozenset({served}))) == points


def test_all_of_europe_is_less_than_the_place_itself():
    europe = Service("90911200", frozenset(), is_all_over_europe=True)
    both = Service("90911200", frozenset({"UKE4"}), is_all_over_europe=True)

    assert reach({"UKE42"}, europe) == scoring.EUROPE_WIDE
    assert reach({"UKE42"}, both) == scoring.WHOLE


@given(regions, services)
def test_the_best_of_the_regions_asked_counts(asked, offered):
    assert reach(asked, offered) == max((reach({code}, offered) for code in asked), default=reach((), offered))


def test_codes_count_where_they_are_offered_alone():
    only_there = Offer((Service("90911200", frozenset({"FR10"})), Service("90500000", frozenset({"UKE4"}))))

    found = score(need("90911200"), only_there)

    assert found.pairs == (("90911200", "90500000"),)
    assert found.cpv == scoring.SHARED[2]


# --- Words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrasings", "said", "points"),
    [
        ([], "clean", 0),
        ([""], "clean", 0),
        (["clean"], "", 0),
        (["clean"], "clean", 15),
        (["clean school"], "clean", 7),
        (["clean school"], "clean school", 15),
        (["clean school even term"], "school", 5),
        (["clean school even term"], "school term", 10),
        (["clean school even term"], "school term even", 15),
        (["clean school even term"], "school term even clean", 15),
        (["clean school even term", "nettoyag"], "nettoyag", 15),
    ],
)
def test_points_for_words_in_common(phrasings, said, points):
    found = score(need("90911200", phrasings=phrasings), offer("90911200", words=said))

    assert found.words == points


def test_the_words_shown_are_those_of_the_phrasing_that_counted():
    found = score(
        need("90911200", phrasings=["clean school even", "nettoyag"]), offer("90911200", words="clean nettoyag")
    )

    assert (found.words, found.common) == (15, {"nettoyag"})


def test_every_region_of_the_list_lies_in_its_country():
    """What the shortcut in `reach` for whole countries relies on."""
    assert all(nuts.is_within(code, code[:2]) for code in nuts.regions())
