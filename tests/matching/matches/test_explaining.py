"""A score in words: every part is told by what the score found, for either side."""

import pytest

from marketplace.matching.matches import explaining
from marketplace.matching.matches.explaining import Degree, Side
from marketplace.matching.scoring import Need, Offer, Service, score


def need(*codes, regions=("UKE42",), phrasings=()):
    return Need(codes, frozenset(regions), tuple(frozenset(each) for each in phrasings))


def offer(*codes, regions=("UKE4",), europe=False, words=()):
    return Offer(tuple(Service(code, frozenset(regions), europe) for code in codes), frozenset(words))


def told(asked, offered, side=Side.FIRM, written=None):
    return explaining.explained(score(asked, offered), asked, offered, side, written or {})


@pytest.mark.parametrize(
    ("asked", "near", "how"),
    [
        ("90911200", "90911200", Degree.SAME),
        ("90910000", "90911200", Degree.PART),
        ("90911200", "90910000", Degree.WIDER),
        ("90911200", "90911300", Degree.TRADE),
        ("90911200", "90915000", Degree.TRADE),
        ("90911200", "90922000", Degree.RELATED),
        ("90911200", "90500000", Degree.INDUSTRY),
        ("90911200", "", Degree.NOTHING),
    ],
)
def test_how_near_a_code_is_follows_from_the_tree(asked, near, how):
    assert explaining.degree(asked, near) is how


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("how", Degree)
def test_both_sides_have_a_sentence_for_every_degree(side, how):
    words = explaining._pair_template(how, side) % {"asked": "A", "offered": "B"}

    assert words.startswith("They ask" if side is Side.FIRM else "You ask")


def test_the_parts_add_up_to_the_total():
    found = told(need("90911200", "79710000"), offer("90910000"))

    assert sum(part.value for part in found.parts) == found.total
    assert found.of == sum(part.max for part in found.parts) == 100


def test_further_codes_are_told_one_by_one_and_the_rest_counted():
    codes = ["90911200", "90911300", "79710000", "45210000", "55500000", "60100000", "64110000"]

    words = told(need(*codes), offer("90911200")).parts[0].reason

    assert words.count("Also asked") == explaining.CODES_SHOWN
    assert words.endswith("And 2 further services.")


@pytest.mark.parametrize(
    ("served", "europe", "points", "words"),
    [
        (["UKE42"], False, 25, "You serve Leeds, where it is."),
        (["UKE"], False, 25, "You serve Yorkshire and The Humber, where it is."),
        (["UK"], False, 20, "You serve United Kingdom, where it is."),
        ([], True, 15, "You serve all of Europe."),
        (["UK"], True, 20, "You serve United Kingdom, where it is."),
        (["FR"], False, 0, "It is in Leeds, which is not served."),
    ],
)
def test_where_is_told_with_the_region_that_gave_the_points(served, europe, points, words):
    offered = offer("90911200", regions=served, europe=europe)

    assert explaining.ground(need("90911200"), offered).points == points
    assert score(need("90911200"), offered).region == points
    assert explaining.region_words(need("90911200"), offered, Side.FIRM) == words


def test_a_part_of_what_is_asked_is_called_a_part():
    asked = need("90911200", regions=["UKE"])

    words = explaining.region_words(asked, offer("90911200", regions=["UKE42"]), Side.BUYER)

    assert words == "The firm serves Leeds, a part of Yorkshire and The Humber."


def test_words_are_shown_as_people_write_them_and_a_stem_never():
    written = {"clean": "cleaning", "cleaning": "cleaning", "offic": "offices"}

    assert explaining.common_words({"clean", "cleaning", "offic"}, written) == "Words in common: cleaning, offices."
    assert explaining.common_words({"xyzzi"}, written) == "There are words in common."
    assert explaining.common_words((), written) == "No words in common."


def test_among_lots_the_best_stands_first_and_of_equals_the_first():
    needs = [("one", need("79710000")), ("two", need("90911200")), ("three", need("90911200"))]

    found = explaining.best_first(needs, offer("90911200"))

    assert [each.lot for each in found] == ["two", "three", "one"]
