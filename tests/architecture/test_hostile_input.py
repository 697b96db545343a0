"""No address answers with a server error, whatever is put into it."""

import json
import random

import pytest
from django.test import Client

from tests.architecture.access import BACK_OFFICE
from tests.architecture.addresses import TABLE
from tests.architecture.routes import every_route

pytestmark = pytest.mark.django_db

NASTY = [
    "\x00",
    "%00",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "9" * 40,
    str(2**63),
    "-1",
    "../../etc/passwd",
    "' OR 1=1 --",
    "-Data",
    "\\",
    "':*",
    "<script>",
    "{{ 7*7 }}",
    "9999-12-31",
    "a" * 5_000,
    "é\u202e\ufeff",
]
PARAMETERS = ["q", "page", "country", "sort", "next", "language", "p", "id", "to", "after"]


#: Taken apart so that both workers share the full count.
PARTS = 10


@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_hostile_parameters_never_break_a_page(part, prove, proof, zed, as_user):
    seed = 4711 + part
    chosen = random.Random(seed)
    browsers = [Client(), as_user(zed)]
    addresses = [
        route.address({})
        for route in every_route()
        if not route.path.startswith(BACK_OFFICE) and "~" not in route.path and route.path in TABLE
    ]
    rounds = (50_000 if prove else 600) // PARTS
    worst = 0
    for _ in range(rounds):
        address = chosen.choice(addresses)
        query = [(chosen.choice(PARAMETERS), chosen.choice(NASTY)) for _ in range(chosen.randrange(1, 4))]
        browser = chosen.choice(browsers)
        method = chosen.choice(["get", "get", "post"])
        response = browser.get(address, query) if method == "get" else browser.post(address, dict(query))
        worst = max(worst, response.status_code)
        assert response.status_code < 500, (method, address, query)
    proof.record(f"hostile requests, part {part} of {PARTS}", requests=rounds, seed=seed, worst_status=worst)


#: In the short run one string in so many is asked for as a whole page, the others for what was found alone.
WHOLE_PAGES = 6


def test_the_known_naughty_strings_never_break_a_search(shared_data, client, prove):
    strings = json.loads((shared_data / "judges" / "blns.json").read_text())

    for place, text in enumerate(strings):
        part = {} if prove or place % WHOLE_PAGES == 0 else {"HX-Request": "true"}
        assert client.get("/suppliers/", {"q": text}, headers=part).status_code == 200, text
