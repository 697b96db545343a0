"""Any address of the directory gets a page with results or a helpful sentence, within a second: over HTTP, for a
visitor, a member and a contracting authority, among a few thousand firms."""

import html
import math
import time
from datetime import timedelta
from functools import cache
from http.client import HTTPConnection, HTTPException
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.testcases import LiveServerThread, _StaticFilesHandler
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from buyers.models import Buyer
from marketplace.billing.models import Entitlement, Grant
from suppliers import crowd
from suppliers.directory import position
from suppliers.directory.lexicon import make_lexicon
from suppliers.directory.position import Order, Position
from suppliers.directory.question import Question
from suppliers.directory.rows import refresh
from suppliers.directory.search import search
from suppliers.evidence.models import Certification, Scheme
from suppliers.models import Supplier
from tests import databases
from tests.people import acts_for, person

FIRMS = 2_000
#: Taken apart so that each part of the full count says what it found.
PARTS = 8
#: One worker has the place: to make it takes as long as the short run.
pytestmark = pytest.mark.xdist_group("hostile-searches")
#: The longest address that the web server lets through.
LONGEST = 4_000
#: Seconds of which ninety-nine in a hundred searches stay below.
LIMIT = 1
CARD = 'class="card__title"'

# --- What is typed ----------------------------------------------------------------------------------------------

SIGNS = [*"\"'-!&|()<>:*\\%_ \x00\x1a\u202e\ufeffßİıﬁ", "\r\n", "or", " OR ", " -", '"a', "<->", ":*", "&#0;", "%00"]
WORDS = [
    "cleaning", "nettoyage de bureaux", "Gebäudereinigung", "servicios de limpieza", "lavori", "traduction", "the",
    "ofis temizliği", "تنظيف المكاتب", "清掃", "уборка", "καθαρισμός", "ניקיון", "सफ़ाई", "Łódź", "clening", "services",
]  # fmt: skip
CODES = st.one_of(
    st.integers(0, 10**12).map(str),
    st.integers(0, 99_999_999).map(lambda number: f"{number:08}-{number % 10}"),
    st.sampled_from(["90911200", "90919200-4", "45000000", "9091", "0", "00000000", "90911200 90919200"]),
)
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(["-0", "1e99", "NaN", "-inf", "٣", "0x10", "10000", "9" * 400, "1_000", " 50000 "]),
)
TEXT = st.one_of(st.text(max_size=12), st.text(st.characters(categories=["Cs", "Cc", "Cf", "Co"]), max_size=4))
PIECES = st.one_of(st.sampled_from(SIGNS), st.sampled_from(WORDS), TEXT, CODES)
TYPED = st.one_of(
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join),
    st.builds(lambda piece, times: piece * times, PIECES, st.integers(1, 2_000)),
)
#: As it stands in an address: UTF-8 with what no UTF-8 may hold, or any bytes at all.
ENCODED = st.one_of(
    TYPED.map(lambda typed: quote(typed.encode("utf-8", "surrogatepass"), safe="")),
    st.binary(max_size=30).map(lambda some: quote(some, safe="")),
)

# --- What else stands in an address -----------------------------------------------------------------------------

KNOWN = {
    "country": ["GB", "FR", "DE", "xx"],
    "region": ["UKE4", "FR1", "UK", "DE2", "ZZ9"],
    "cpv": ["90000000", "45000000", "90911200", "79530000", "99999999"],
    "language": ["en", "fr", "tr", "ar"],
    "size": ["micro", "small", "medium"],
    "turnover": ["100k", "500k", "2m"],
    "capacity": ["10000", "250000", "5000000", "-10000"],
    "document": ["insurance", "iso"],
    "tier": ["certified", "documented"],
    "scheme": ["hostile-proof", "other"],
    "sort": ["name", "confirmed", "relevance", "price"],
    "bridges": ["off", "on"],
}
KEYS = {
    "relevance": st.tuples(st.integers(), st.booleans(), st.integers(), st.integers()),
    "confirmed": st.tuples(st.integers(), st.integers()),
    "name": st.tuples(st.text(max_size=70), st.integers()),
}
ORDERS = st.builds(Order, st.integers(0, 200_000), st.integers(-1, 300), st.integers(-1, 300))
POSITIONS = st.sampled_from(list(KEYS)).flatmap(
    lambda sort: st.builds(Position, st.just(sort), ORDERS, st.integers(-1, 600), KEYS[sort], st.booleans())
)


def _parameters(places):
    """Pairs of a name and a value as they stand in an address; a pair may stand there many times."""
    known = st.sampled_from(sorted(KNOWN)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(KNOWN[name]).map(quote))
    )
    strange = st.tuples(
        st.sampled_from([*KNOWN, "q", "after", "page", "a[]", "", "csrfmiddlewaretoken"]),
        st.one_of(ENCODED, NUMBERS.map(quote), CODES.map(quote)),
    )
    after = st.tuples(st.just("after"), st.one_of(st.sampled_from(places), POSITIONS.map(position.write), ENCODED))
    once = st.one_of(known, known, strange, after)
    return st.lists(
        st.builds(lambda pair, times: [pair] * times, once, st.sampled_from([1, 1, 1, 1, 2, 2, 40])), max_size=6
    ).map(lambda groups: [pair for group in groups for pair in group])


def _addresses(places):
    def written(words, parameters):
        return "&".join(f"{name}={value}" for name, value in [("q", words), *parameters])[:LONGEST]

    return st.builds(written, ENCODED, _parameters(places))


# --- The place --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    """A served directory with three kinds of visitor; the database is a fresh one again afterwards."""
    with django_db_blocker.unblock():
        try:
            _fill()
            cookies = {"visitor": "", "member": _cookie("company"), "authority": _cookie("contracting_authority")}
            server = LiveServerThread("localhost", static_handler=_StaticFilesHandler)
            server.daemon = True
            server.start()
            server.is_ready.wait()
            assert server.error is None
            # One line for all: a line has a thread of the server and a connection to the database, which both take
            # longer to make than many a search.
            line = HTTPConnection("localhost", server.port, timeout=30)
            made = SimpleNamespace(line=line, cookies=cookies, places=_places(), seconds=[], at_best=[])
            for language in ("en", "fr"):
                # What is read once in the life of a server: templates, labels, names.
                _get(made, "q=cleaning&country=GB&cpv=90000000", language, "member", False)
            yield made
            line.close()
            server.terminate()
        finally:
            name = connection.settings_dict["NAME"]
            connections.close_all()
            databases.clone(name)


def _fill():
    for batch in crowd.batches(4711, 1, FIRMS):
        crowd.write(batch)
        _certify(batch.suppliers[::3])
        refresh(batch.suppliers)
    make_lexicon()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert Supplier.objects.listed().count() > FIRMS * 0.9


def _certify(suppliers):
    scheme = Scheme.objects.create(name="Hostile Proof", slug="hostile-proof", issuer="HPI")
    day = timedelta(days=300)
    Certification.objects.bulk_create(
        Certification(
            supplier_id=supplier, scheme=scheme, tier="certified", number=str(supplier), published_at=timezone.now(),
            valid_from=timezone.localdate() - day, valid_until=timezone.localdate() + day,
        )
        for supplier in suppliers
    )  # fmt: skip


def _cookie(kind):
    user = person(f"{kind}@hostile.example", kind)
    organisation = acts_for(user, f"Hostile {kind}")
    Buyer.objects.create(organisation=organisation, kind=kind, slug=kind)
    Grant.objects.create(organisation=organisation, entitlements=list(Entitlement.values), reason="pilot")
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


def _places():
    """Positions that pages of this directory lead to."""
    found = []
    for sort in position.KEYS:
        for words in ("", "services", "cleaning"):
            answer = search(Question(words=words, sort=sort, is_member=True))
            found += [answer.next, search(Question(words=words, sort=sort, after=answer.next)).previous]
    return [each for each in found if each]


# --- The test ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_any_address_of_the_directory_gets_a_page_within_a_second(place, part, prove, proof, request):
    searches = (10_000 if prove else 240) // PARTS
    first = int(getattr(request.config.option, "hypothesis_seed", None) or 4711) + part
    answered = 0

    @seed(first)
    @settings(max_examples=searches, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(_addresses(place.places), st.sampled_from(["en", "fr"]), st.sampled_from(list(place.cookies)), st.booleans())
    def any_address(query, language, who, is_fragment):
        nonlocal answered
        asked = (place, query, language, who, is_fragment)
        status, page, took = _get(*asked)
        place.seconds.append(took)
        # A search is slow when it is slow each time; once, the machine may have been busy with something else.
        place.at_best.append(took if took < LIMIT else min(took, *(_get(*asked)[2] for _ in range(2))))
        answered += 1
        assert status == 200, query
        assert _is_helpful(page, language), query
        if who == "authority":
            assert "Hostile Proof" not in page
            assert 'name="tier"' not in page

    any_address()

    assert answered >= searches
    # Of all parts so far, as of a few dozen alone the slowest would be the one in a hundred.
    p99 = _p99(place.at_best)
    proof.record(
        f"hostile searches among {FIRMS:,} firms over HTTP, part {part} of {PARTS}",
        searches=answered, seed=first, status=200,
        p99_milliseconds=round(p99 * 1000), first_try_p99_milliseconds=round(_p99(place.seconds) * 1000),
        slowest_milliseconds=round(max(place.seconds) * 1000),
    )  # fmt: skip
    # The full count has the machine to itself and is taken as it comes.
    assert (_p99(place.seconds) if prove else p99) < LIMIT


def _p99(seconds):
    return sorted(seconds)[math.ceil(len(seconds) * 0.99) - 1]


def test_the_page_is_told_from_one_that_says_nothing(place):
    """What the test above looks for is there with results and without, and evidence is there for a member."""
    _status, found, _took = _get(place, "q=cleaning", "en", "member", False)
    _status, nothing, _took = _get(place, "q=qqzzxx&bridges=off", "fr", "visitor", True)

    assert _is_helpful(found, "en")
    assert CARD in found
    assert "Hostile Proof" in found
    assert _is_helpful(nothing, "fr")
    assert CARD not in nothing
    assert not _is_helpful("<html></html>", "en")


def _get(place, query, language, who, is_fragment):
    address, _nothing, _too_long = _in(language)
    headers = {"Host": "testserver", "Cookie": place.cookies[who]} | ({"HX-Request": "true"} if is_fragment else {})
    started = time.perf_counter()
    try:
        place.line.request("GET", f"{address}?{query}", headers=headers)
        response = place.line.getresponse()
        page = response.read().decode()
    except (OSError, HTTPException):
        place.line.close()  # the next search begins a new one
        raise
    took = time.perf_counter() - started
    return response.status, page, took


@cache
def _in(language):
    """The address of the directory, and what a page says that found nothing or gave up."""
    with override(language):
        return (
            reverse("supplier-list"),
            gettext("Nothing found this time"),
            gettext("This search took too long. Add a filter or another word and try again."),
        )


def _is_helpful(page, language):
    """Cards, or the sentence that says what to do next; and never that it took too long."""
    _address, nothing, too_long = _in(language)
    said = html.unescape(page)
    return (CARD in said or nothing in said) and too_long not in said
