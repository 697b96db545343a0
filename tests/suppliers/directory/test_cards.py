"""What a card says, and whom it leaves out whatever the search says."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from suppliers.directory.cards import SUMMARY_ON_A_CARD, cards
from suppliers.directory.permissions import Viewer
from suppliers.models import Audience, Supplier
from tests.factories.directory import found_supplier

VISITOR = Viewer(is_member=False, meets_evidence=True, filters_by_evidence=False)
MEMBER = Viewer(is_member=True, meets_evidence=True, filters_by_evidence=True)


@pytest.fixture
def shown(db, rf):
    """The cards of suppliers for a viewer, by default a visitor."""

    def ask(*suppliers, viewer=VISITOR, because=None):
        request = rf.get("/suppliers/")
        request.user, request.organisation, request.representative = AnonymousUser(), None, None
        return cards([supplier.pk for supplier in suppliers], request, viewer, because)

    return ask


def test_a_card_names_place_services_and_how_fresh_it_is(shown):
    atlas = found_supplier(
        "90911200", organisation__name="Atlas", organisation__town="Lyon", organisation__country="FR",
        summary="Nettoyage.", languages=["fr", "tr"], size_band="micro", regions=["FRK26"],
        confirmed_on=date(2026, 3, 5),
    )  # fmt: skip

    with translation.override("en"):
        [card] = shown(atlas)

    assert (card.name, card.place, card.url) == ("Atlas", "Lyon, France", atlas.get_absolute_url())
    assert card.serves == "serves Rhône"
    assert card.services == ["Building-cleaning services"]
    assert [str(fact) for fact in card.facts[:2]] == ["French, Turkish", "Micro (fewer than 10 people)"]
    assert card.facts[-1] == 'confirmed <time datetime="2026-03-05">5 Mar 2026</time>'


def test_a_card_speaks_the_language_of_the_page(shown):
    atlas = found_supplier("90911200", organisation__country="DE", organisation__town="", confirmed_on=None)

    with translation.override("en"):
        [english] = shown(atlas, because={atlas.pk: ["service"]})
    with translation.override("fr"):
        [french] = shown(atlas, because={atlas.pk: ["service"]})

    assert (english.place, french.place) == ("Germany", "Allemagne")
    assert english.because != french.because
    assert english.facts[-1] != french.facts[-1]


def test_a_long_text_is_cut_and_a_fitting_one_is_not(shown):
    long = found_supplier("90911200", summary="a" * (SUMMARY_ON_A_CARD + 1))
    fitting = found_supplier("90911200", summary="b" * SUMMARY_ON_A_CARD)

    cut, whole = shown(long, fitting)

    assert len(cut.summary) == SUMMARY_ON_A_CARD
    assert cut.summary.endswith("…")
    assert whole.summary == fitting.summary


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_at": timezone.now()},
        {"suspended_at": timezone.now()},
        {"listed_at": None},
        {"audience": Audience.MEMBERS},
    ],
)
def test_who_may_not_be_shown_is_left_out_even_if_the_search_still_finds_it(shown, change):
    atlas, other = found_supplier("90911200"), found_supplier("90911200")
    assert len(shown(atlas, other)) == 2
    Supplier.objects.filter(pk=atlas.pk).update(**change)

    assert [card.supplier.pk for card in shown(atlas, other)] == [other.pk]


def test_members_see_who_is_there_for_members(shown):
    atlas = found_supplier("90911200", audience=Audience.MEMBERS)

    assert shown(atlas) == []
    assert [card.supplier.pk for card in shown(atlas, viewer=MEMBER)] == [atlas.pk]


def test_cards_stand_in_the_order_asked_for(shown):
    suppliers = [found_supplier("90911200") for _ in range(4)]

    assert [card.supplier.pk for card in shown(*reversed(suppliers))] == [each.pk for each in reversed(suppliers)]


def test_a_service_stands_in_the_readers_language(shown):
    atlas = found_supplier(("90911200", "Nettoyage de bureaux"), summary="Nettoyage.", summary_language="fr")

    with translation.override("fr"):
        assert shown(atlas)[0].services == ["Nettoyage de bureaux"]
    with translation.override("en"):
        assert shown(atlas)[0].services == ["Building-cleaning services"]
