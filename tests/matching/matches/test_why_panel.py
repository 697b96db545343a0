"""On the page of an open call a firm reads how well the two suit one another, or why they do not."""

import re

import pytest

from marketplace.matching import scoring
from marketplace.matching.matches import facts
from tests.factories.accounts import RepresentativeFactory
from tests.factories.board import shown
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, LotFactory
from tests.factories.directory import found_supplier
from tests.factories.matches import MatchFactory, SetAsideFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def atlas(omar):
    return found_supplier(
        ("90911200", "Evening cleaning of school buildings"), organisation=omar.organisation, regions=["UKE4"]
    )


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def page_of(browser, call):
    return words(browser.get(call.get_absolute_url()))


def matched(call, supplier):
    """As the matching would keep it."""
    _lot, need = facts.needs_of(call)[0]
    found = scoring.score(need, facts.offers_of([supplier.pk])[supplier.pk])
    parts = {"cpv": found.cpv, "region": found.region, "words": found.words}
    return MatchFactory(call=call, supplier=supplier, **parts)


# --- A match ----------------------------------------------------------------------------------------------------------


def test_the_parts_on_the_page_add_up_to_the_score(as_user, omar, atlas):
    call = shown(title="Cleaning of schools")
    match = matched(call, atlas)

    said = page_of(as_user(omar), call)

    parts = [int(part) for part in re.findall(r"(\d+) of (?:60|25|15)\b", said)]
    assert len(parts) == 3
    assert sum(parts) == match.score
    assert f"You match this call: {match.score} of 100" in said
    assert f"Together {match.score} of 100" in said


def test_words_in_common_are_shown_as_people_write_them(as_user, omar, atlas):
    call = shown(title="Cleaning of schools")
    match = matched(call, atlas)
    assert match.words

    said = page_of(as_user(omar), call)

    assert "Words in common: building, cleaning, services." in said


def test_codes_and_regions_are_told_with_their_names(as_user, omar):
    call = shown(lots__cpv=["90911200", "79710000"], lots__regions=["UKE42"])
    matched(call, found_supplier("90910000", organisation=omar.organisation, regions=["UKE"]))

    said = page_of(as_user(omar), call)

    assert "They ask for Building-cleaning services (90911200); you offer Cleaning services (90910000), which" in said
    assert "Also asked: Security services (79710000); nothing close is offered." in said
    assert "You serve Yorkshire and The Humber, where it is." in said


def test_of_several_lots_the_best_is_named_and_the_others_are_told_in_a_line(as_user, omar, atlas):
    call = shown(lots=0, title="Two things")
    LotFactory(call=call, title="Guards", cpv=["79713000"])
    LotFactory(call=call, title="Brooms", cpv=["90911200"])
    MatchFactory(call=call, supplier=atlas, lot=call.lots.get(number=2))

    said = page_of(as_user(omar), call)

    assert "You answer lot 2 best: Brooms" in said
    assert "The other lots 1. Guards no match" in said


def test_notes_stand_there_and_the_evidence_asked_for_only_with_companies(as_user, omar, atlas):
    call = shown(language="fr", evidence_tiers=["documented"])
    matched(call, atlas)
    of_city = CallFactory(published=True, authority=True)
    matched(of_city, atlas)
    browser = as_user(omar)

    assert "They ask for evidence: Proof seen by our staff. Your profile shows none." in page_of(browser, call)
    assert "evidence" not in page_of(browser, of_city)


def test_whoever_acts_for_a_contracting_authority_reads_nothing_of_evidence(as_user, omar, atlas):
    BuyerFactory(organisation=omar.organisation, authority=True)
    call = shown(evidence_tiers=["documented"])
    matched(call, atlas)

    said = page_of(as_user(omar), call)

    assert "You match this call" in said
    assert "evidence" not in said


def test_set_aside_it_says_so_and_is_put_back(as_user, omar, atlas):
    call = shown()
    matched(call, atlas)
    SetAsideFactory(call=call, supplier=atlas, reason="too_far")
    browser = as_user(omar)

    assert "You set it aside: It is too far away." in page_of(browser, call)
    browser.post(f"/workspace/calls-for-you/{call.slug}/take-back/")
    assert "You set it aside" not in page_of(browser, call)


def test_left_out_by_a_rule_it_says_by_which(as_user, omar, atlas):
    call = shown(lots__value_from=90_000_00)
    matched(call, atlas)
    SetAsideFactory(supplier=atlas, call=shown(lots__value_from=50_000_00), reason="too_large")

    said = page_of(as_user(omar), call).replace("\xa0", " ")

    assert "It is not in your list: You said that 50,000 EUR is too large for you." in said


# --- No match ---------------------------------------------------------------------------------------------------------


def why_not(browser, call):
    said = page_of(browser, call)
    assert "Why is this call not in your list?" in said
    return said


def test_a_firm_that_is_not_listed_is_told_that(as_user, omar):
    SupplierFactory(organisation=omar.organisation)

    assert "Your firm is not listed, so it is matched with no call." in page_of(as_user(omar), shown())


def test_no_service_where_the_work_is(as_user, omar, atlas):
    said = why_not(as_user(omar), shown(lots__regions=["UKI31"]))

    assert "None of your services is offered where the work is: Camden and City of London." in said
    assert "What you offer is close to what is asked." in said


def test_neither_there_nor_close(as_user, omar, atlas):
    said = why_not(as_user(omar), shown(lots__regions=["UKI31"], lots__cpv=["45210000"], title="Walls"))

    assert "And none of your services is close to what is asked." in said


def test_there_but_not_close(as_user, omar, atlas):
    call = shown(lots__cpv=["45210000"], title="Walls")
    _lot, need = facts.needs_of(call)[0]
    total = scoring.score(need, facts.offers_of([atlas.pk])[atlas.pk]).total

    said = why_not(as_user(omar), call)

    assert "No service of yours is close to what is asked." in said
    assert f"Together it comes to {total} of 100; from 40 on it is a match." in said


def test_no_services_at_all(as_user, omar):
    found_supplier(organisation=omar.organisation, regions=["UKE4"])

    assert "You name no services yet." in why_not(as_user(omar), shown())


def test_the_list_of_the_call_is_full(as_user, omar, atlas, monkeypatch):
    call = shown()
    MatchFactory(call=call)
    browser = as_user(omar)
    assert "Something has just changed" in why_not(browser, call)

    monkeypatch.setattr("marketplace.matching.matches.absence.KEPT_OF_A_CALL", 1)
    assert "The 1 firms that are kept for this call answer it as well or better." in why_not(browser, call)


def test_the_firms_own_list_is_full(as_user, omar, atlas, monkeypatch):
    monkeypatch.setattr("marketplace.matching.matches.absence.KEPT_OF_A_SUPPLIER", 1)
    MatchFactory(supplier=atlas)

    assert "Your list is full" in why_not(as_user(omar), shown())


# --- Who reads it -----------------------------------------------------------------------------------------------------


def test_visitors_buyers_and_those_who_sell_nothing_read_no_such_panel(client, as_user, zed, amina):
    call = shown(buyer=BuyerFactory(organisation=amina.organisation))

    for browser in (client, as_user(zed), as_user(amina)):
        said = page_of(browser, call)
        assert "not in your list" not in said
        assert "You match" not in said


def test_nobody_is_told_how_well_they_would_answer_their_own_call(as_user, omar, atlas):
    call = shown(buyer=BuyerFactory(organisation=omar.organisation))
    matched(call, atlas)

    assert "You match" not in page_of(as_user(omar), call)


def test_a_call_that_is_over_says_nothing_of_it(as_user, omar, atlas):
    assert "not in your list" not in page_of(as_user(omar), CallFactory(closed=True))


def test_a_viewer_reads_it_and_sets_nothing_aside(as_user, zed, atlas):
    RepresentativeFactory(user=zed, organisation=atlas.organisation)
    call = shown()
    matched(call, atlas)

    said = page_of(as_user(zed), call)

    assert "You match this call" in said
    assert "Not for me" not in said
