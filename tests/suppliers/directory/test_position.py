import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.directory import position
from suppliers.directory.position import Order, Position

HERE = Position("relevance", Order(105_700, 3, 256), 7, (543_293, True, -(2**62), 12), False)


@pytest.mark.parametrize(
    "place",
    [
        HERE,
        Position("confirmed", Order(105_700, 0, 0), 0, (20_000, 12), True),
        Position("name", Order(105_700, 0, 0), 0, ("ölçü 7", 12), False),
    ],
)
def test_a_position_comes_back_as_it_was(place):
    assert position.read(position.write(place), place.sort) == place


def test_a_position_of_another_order_is_none():
    assert position.read(position.write(HERE), "name") is None


def packed(parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "é", "=" * 9, packed({}), packed([]), packed(["r"] * 10), packed(["r", 1, 0, 0, 0, 0, 1, 1, 1, 1]),
        packed(["r", 1, 0, 5, 0, 0, 1, True, 1, 1]), packed(["r", -1, 0, 0, 0, 0, 1, True, 1, 1]),
        packed(["r", 1, 0, 0, 0, 0, 2**70, True, 1, 1]), packed(["r", 1, 9, 9, 9999, 0, 1, True, 1, 1]),
        base64.urlsafe_b64encode(b"[" * 300).decode(),
    ],
)  # fmt: skip
def test_what_we_did_not_write_is_none(text):
    assert position.read(text, "relevance") is None


@given(st.text(max_size=300))
def test_any_text_is_a_position_or_none(text):
    for sort in position.KEYS:
        place = position.read(text, sort)
        assert place is None or place.sort == sort
