"""Any address of the list and its feeds gets a page, whatever stands in it."""

from itertools import product
from random import Random

import pytest
from django.test import Client

from tests.factories.board import shown
from tests.suppliers.directory.test_hostile_searches import SIGNS, WORDS

pytestmark = pytest.mark.django_db
NAMES = ("q", "cpv", "region", "country", "buyer", "value", "procedure", "language", "route", "state", "sort", "after")
VALUES = [
    "\x00", "%00", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "9" * 40, str(2**63), "-1",
    "' OR 1=1 --", "-Data", "\\", "':*", "<script>", "{{ 7*7 }}", "a" * 5_000, "é\u202e\ufeff", "90911200", "FR", "all",
    "WyJkIiwwLDAsMCwwXQ", "WyJuIiwwLDkyMjMzNzIwMzY4NTQ3NzU4MDcsMSwxXQ", "",
]  # fmt: skip
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_no_address_of_the_list_fails(part, prove, proof, as_user, zed):
    seed = 2_604 + part
    random = Random(seed)
    shown(title="Cleaning -of \\ 'schools':*")
    browsers, worst = [Client(), as_user(zed)], 0
    rounds = (4_000 if prove else 160) // PARTS
    for number in range(rounds):
        words = " ".join(random.choices([*WORDS, *SIGNS], k=random.randint(1, 6)))
        query = [("q", words)] if number % 2 else []
        query += [(random.choice(NAMES), random.choice(VALUES)) for _ in range(random.randint(0, 4))]
        address = random.choice(["/calls/", "/fr/calls/", "/feeds/calls.atom", "/feeds/calls.ics"])
        response = random.choice(browsers).get(address, query)
        worst = max(worst, response.status_code)
        assert response.status_code == 200, (address, query)
    proof.record(f"hostile searches for calls, part {part + 1} of {PARTS}", requests=rounds, seed=seed, worst=worst)


def test_each_sign_alone_is_answered(client):
    for name, value in product(NAMES, VALUES):
        assert client.get("/calls/", {name: value}).status_code == 200, (name, value)
