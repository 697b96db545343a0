"""The condition of the list, asked the other way round: which of some calls answer which of many questions."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from marketplace.calls.board import address, fits
from marketplace.calls.board.permissions import Reader, reader_of, readers_of
from marketplace.calls.board.search import search
from tests.factories.board import shown
from tests.factories.introductions import BuyerFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
QUERIES = [
    "",
    "q=cleaning",
    "q=nettoyage",
    "q=cleaning+-hall",
    "q=%22school+windows%22",
    "q=the",
    "q=violins&bridges=off",
    "cpv=90910000",
    "region=UKE4",
    "country=FR",
    "buyer=contracting_authority",
    "value=50k&value=none",
    "procedure=quotation&language=en",
    "route=portal",
    "q=cleaning&cpv=45000000",
]


@pytest.mark.parametrize("is_member", [False, True])
def test_it_finds_what_the_page_of_each_question_finds(is_member):
    calls = [
        shown(title="Cleaning of a hall"),
        shown(title="School windows", lots__cpv=["45000000"], lots__regions=["UKI31"]),
        shown(title="Nettoyage", language="fr", buyer__organisation__country="FR", lots__regions=["FRK26"]),
        shown(authority=True, lots__value_to=4_000_000),
        shown(audience="members"),
    ]
    over = shown(closed=True)
    questions = [address.read(QueryDict(query), "en").question for query in QUERIES]
    reader, at = Reader(is_member=is_member), timezone.now()

    found = fits.fitting([fits.Wanted(question, reader) for question in questions], [*calls_of(calls), over.pk], at)

    for place, question in enumerate(questions):
        expected = {hit.call for hit in search(question, reader, at=at).hits}
        assert {call for at_place, call in found if at_place == place} == expected, QUERIES[place]


def calls_of(calls):
    return [call.pk for call in calls]


def test_nothing_asked_or_nothing_new_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert fits.fitting([], [1], timezone.now()) == []


def test_many_readers_are_read_as_each_by_themself(omar, amina, stella, zed):
    SupplierFactory(listed=True, organisation=omar.organisation)
    BuyerFactory(organisation=amina.organisation)
    people = [omar, amina, stella, zed]

    together = readers_of(people)

    assert together == {person.pk: reader_of(person) for person in people}
    assert together[omar.pk].is_member
    assert together[amina.pk].buyers
