"""What is read from the database for the score."""

import pytest
from django.utils import timezone

from marketplace.matching.matches import facts
from marketplace.matching.matches.models import Need
from marketplace.matching.scoring import Service, score
from suppliers.directory import rows
from suppliers.models import Capability
from tests.factories.calls import CallFactory, LotFactory
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db


def needs(**fields):
    return facts.needs_of(CallFactory(**fields))


def test_a_need_is_said_in_the_words_of_the_titles_and_of_the_label_in_many_languages():
    ((lot, need),) = needs(title="Cleaning of 12 schools", lots__title="Every evening", lots__cpv=["90911200"])

    assert lot.title == "Every evening"
    assert need.codes == ("90911200",)
    assert {"clean", "school"} in need.phrasings
    assert {"build", "clean", "servic"} in need.phrasings
    assert frozenset({"gebauderein"}) in need.phrasings
    assert not any(word.isdigit() for phrasing in need.phrasings for word in phrasing)


def test_the_words_of_one_call_do_not_depend_on_which_others_are_read_with_it():
    polish = CallFactory(published=True, language="pl", lots__cpv=["90911200"])
    english = CallFactory(published=True, title="Windows", lots__cpv=["90911200"])
    alone = facts.needs_of(english)[0][1]

    facts.keep_needs([polish.pk, english.pk])

    kept = Need.objects.get(call=english)
    assert {frozenset(phrasing.split()) for phrasing in kept.phrasings} == set(alone.phrasings)


def test_a_lot_without_regions_is_where_its_buyer_is():
    ((_lot, need),) = needs(lots__regions=[], buyer__organisation__country="GR")

    assert need.regions == {"EL"}


def test_a_cancelled_lot_and_one_that_does_not_say_what_need_nothing():
    call = CallFactory(lots=0)
    standing = LotFactory(call=call, number=1, cpv=["90911200", "45000000"])
    LotFactory(call=call, number=2, cancelled=True, cpv=["90911200"])
    LotFactory(call=call, number=3, cpv=[])

    ((lot, need),) = facts.needs_of(call)

    assert lot == standing
    assert need.codes == ("90911200", "45000000")


def test_a_service_is_offered_where_it_says_else_where_its_firm_does():
    firm = found_supplier("90911200", "90911300", regions=["UKE4"], serves_europe=True)
    Capability.objects.filter(supplier=firm, cpv="90911300").update(regions=["FR1"])

    offer = facts.offers_of([firm.pk])[firm.pk]

    assert offer.services == (
        Service("90911200", frozenset({"UKE4"}), is_all_over_europe=True),
        Service("90911300", frozenset({"FR1"})),
    )


def test_who_says_nothing_of_regions_works_in_the_district_where_it_is():
    near, nowhere = found_supplier("90911200", based_in="UKE42"), found_supplier("90911200", based_in="UK")

    offers = facts.offers_of([near.pk, nowhere.pk])

    assert offers[near.pk].services[0].regions == {"UKE42"}
    assert offers[nowhere.pk].services[0].regions == frozenset()


def test_the_name_of_a_firm_is_not_among_its_words():
    firm = found_supplier(("90911200", "windows"), organisation__name="Brilliant Schools", summary="We polish floors.")

    words = facts.offers_of([firm.pk])[firm.pk].words

    assert {"window", "polish", "floor"} <= words
    assert not words & {"brilliant", "school"}


def test_with_the_name_let_in_it_would_count():
    """The positive control: the row of the directory holds it, and the score would."""
    firm = found_supplier("90911200", regions=["UKE4"], organisation__name="Evening Windows Glass")
    ((_lot, need),) = needs(title="Evening windows glass", lots__cpv=["90900000"], lots__regions=["UKE4"])
    offer = facts.offers_of([firm.pk])[firm.pk]

    assert score(need, offer).words < 15
    assert score(need, type(offer)(offer.services, offer.words | {"even", "window", "glass"})).words == 15


def test_what_was_written_down_follows_the_lots():
    call = CallFactory(published=True, lots=2, lots__cpv=["90911200"])
    facts.keep_needs([call.pk])
    first, second = call.lots.all()
    type(first).objects.filter(pk=first.pk).update(cpv=["45000000"], regions=["UKN10"])
    type(second).objects.filter(pk=second.pk).update(cancelled_at=timezone.now(), ended_because="Nobody needs it.")

    facts.keep_needs([call.pk])

    need = Need.objects.get(call=call)
    assert (need.codes, sorted(need.tokens)) == ([45000000], [-45, 45000000])
    assert (need.regions, need.whole, need.around) == (
        ["UKN10"],
        ["UKN", "UKN0", "UKN10"],
        ["UK", "UKN", "UKN0", "UKN10"],
    )


def test_a_call_of_many_lots_costs_no_more_queries(django_assert_num_queries):
    for number in (1, 5):
        call = CallFactory(lots=number)
        with django_assert_num_queries(2):
            assert len(facts.needs_of(call)) == number


def test_many_firms_cost_no_more_queries(django_assert_num_queries):
    for number in (1, 5):
        firms = [found_supplier("90911200").pk for _each in range(number)]
        rows.refresh(firms)
        with django_assert_num_queries(2):
            assert len(facts.offers_of(firms)) == number
