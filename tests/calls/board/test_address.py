import pytest
from django.http import QueryDict

from marketplace.calls.board import address, position
from marketplace.calls.board.facets import BANDS, FACETS, value_label
from marketplace.calls.board.position import Position
from marketplace.calls.board.question import Question


def asked(query):
    return address.read(QueryDict(query), "en")


def test_every_parameter_is_read_and_written_back():
    query = (
        "q=caf%C3%A9+au+lait&cpv=90919200&region=UKE4&country=GB&country=FR&buyer=company&value=none&value=10k"
        "&procedure=open&language=fr&route=here&state=closed&sort=newest&bridges=off&after=abc"
    )

    found = asked(query)

    assert found.notes == []
    assert found.question == Question(
        words="café au lait",
        cpv=("90919200",),
        regions=("UKE4",),
        countries=("GB", "FR"),
        buyers=("company",),
        values=("none", "10k"),
        procedures=("open",),
        languages=("fr",),
        routes=("here",),
        state="closed",
        sort="newest",
        bridges=False,
        after="abc",
    )
    assert address.write(found.question) == query


def test_the_plain_list_has_the_plain_address():
    assert address.url(asked("state=open&sort=deadline&q=&page=7&utm_source=mail").question) == "/calls/"


def test_a_feed_has_the_address_of_its_search_without_the_place_in_the_list():
    question = asked("country=FR&after=abc").question

    assert address.url(question, at="call-atom") == "/feeds/calls.atom?country=FR"


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("country=XX", "“XX” (Country of the buyer)"),
        ("cpv=12", "“12” (What is bought)"),
        ("region=QQ9", "“QQ9” (Where)"),
        ("buyer=person", "“person” (Kind of buyer)"),
        ("value=17", "“17” (Value of a lot)"),
        ("procedure=secret", "“secret” (Procedure)"),
        ("language=klingon", "“klingon” (Language of the text)"),
        ("route=pigeon", "“pigeon” (Where responses go)"),
        ("state=lost", "“lost” (Where it stands)"),
        ("sort=price", "“price” (Order of the list)"),
        ("state=open&state=closed", "“state” stands in the address more than once"),
        ("q=" + "x" * 201, "We searched for the first 200 characters."),
    ],
)
def test_what_cannot_be_read_is_passed_over_with_a_note(query, note):
    assert any(said.startswith(note) for said in asked(query).notes)


def test_evidence_is_no_parameter_of_calls():
    assert {facet.name for facet in FACETS}.isdisjoint({"tier", "scheme", "evidence", "mark", "owner"})


def test_bands_of_values_are_told_in_words():
    assert [value_label(band, "en") for band in BANDS[:2]] == ["not disclosed", "up to 10,000 €"]
    assert value_label("more", "en") == "more than 5,000,000 €"


@pytest.mark.parametrize(
    "written",
    [
        Position("deadline", 0, 1_900_000_000_000_000, 17),
        Position("newest", 0, 0, 1, is_backward=True),
        Position("deadline", 1, position.LAST, 2**62),
    ],
)
def test_a_position_is_read_as_it_was_written(written):
    assert position.read(position.write(written), written.sort) == written


@pytest.mark.parametrize(
    "text",
    ["", "é", "AAAA", "W10", position.write(Position("deadline", 0, position.LAST + 1, 1)), "WyJkIiwyLDEsMSwwXQ"],
)
def test_a_position_that_we_did_not_write_is_none(text):
    assert position.read(text, "deadline") is None


def test_a_position_of_another_order_is_none():
    assert position.read(position.write(Position("newest", 0, 5, 1)), "deadline") is None
