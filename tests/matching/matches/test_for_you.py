"""A firm's own list: what stands in it, in which order, and how it is set aside and taken back."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.calls.board.models import SavedCall
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from marketplace.matching.matches import actions
from marketplace.matching.matches.models import Match, SetAside
from suppliers.directory import rows
from suppliers.models import Supplier
from tests.calls.guards import breaks
from tests.factories.accounts import RepresentativeFactory
from tests.factories.board import SavedCallFactory, shown
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, LotFactory, minute
from tests.factories.directory import found_supplier
from tests.factories.files import DocumentFactory
from tests.factories.matches import MatchFactory, SetAsideFactory
from tests.factories.suppliers import CapabilityFactory, SupplierFactory

pytestmark = pytest.mark.django_db
LIST, ASIDE = "/workspace/calls-for-you/", "/workspace/calls-for-you/set-aside/"


@pytest.fixture
def atlas(omar):
    """Omar's firm: cleaning of buildings in West Yorkshire."""
    return found_supplier("90911200", organisation=omar.organisation, regions=["UKE4"], languages=["en"])


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def titles(response):
    return re.findall(r'class="card__title"><a [^>]*>([^<]*)</a>', response.content.decode())


def aside(call):
    return f"/workspace/calls-for-you/{call.slug}/set-aside/"


def back(call):
    return f"/workspace/calls-for-you/{call.slug}/take-back/"


# --- What stands in it ------------------------------------------------------------------------------------------------


def test_a_card_says_how_well_it_suits_and_why_in_one_line(as_user, omar, atlas):
    match = MatchFactory(supplier=atlas, call=shown(title="Cleaning of libraries"), words=15)

    page = as_user(omar).get(LIST)

    assert titles(page) == ["Cleaning of libraries"]
    said = words(page)
    assert "A very good match 100 of 100" in said
    assert "They ask for Building-cleaning services (90911200), and that is what you offer." in said
    assert "You serve West Yorkshire, where it is. There are words in common." in said
    assert match.call.buyer.organisation.name in said


def test_a_match_without_words_in_common_does_not_claim_any(as_user, omar, atlas):
    MatchFactory(supplier=atlas)

    assert "words in common" not in words(as_user(omar).get(LIST))


def test_the_best_stands_first_and_among_equals_the_one_that_closes_soonest(as_user, omar, atlas):
    MatchFactory(supplier=atlas, call=shown(title="Late", response_deadline=minute(days=20)))
    MatchFactory(supplier=atlas, call=shown(title="Soon", response_deadline=minute(days=4)))
    MatchFactory(supplier=atlas, call=shown(title="Best", response_deadline=minute(days=30)), words=10)
    browser = as_user(omar)

    assert titles(browser.get(LIST)) == ["Best", "Soon", "Late"]
    assert titles(browser.get(LIST, {"sort": "deadline"})) == ["Soon", "Late", "Best"]
    assert titles(browser.get(LIST, {"sort": "nonsense"})) == ["Best", "Soon", "Late"]


def test_what_is_over_withdrawn_or_cancelled_stands_there_no_more(as_user, omar, atlas):
    for state in ({"closed": True}, {"withdrawn": True}, {"cancelled": True}):
        MatchFactory(supplier=atlas, call=CallFactory(**state))
    MatchFactory(supplier=atlas, call=shown(title="Open"))

    assert Match.objects.count() == 4
    assert titles(as_user(omar).get(LIST)) == ["Open"]


def test_matches_of_other_firms_are_theirs(as_user, omar, atlas):
    MatchFactory()

    assert titles(as_user(omar).get(LIST)) == []


def test_nobody_is_matched_with_a_call_of_ones_own(as_user, omar, atlas):
    call = shown(buyer=BuyerFactory(organisation=omar.organisation))
    MatchFactory(supplier=atlas, call=call)
    browser = as_user(omar)

    assert titles(browser.get(LIST)) == []
    assert "0 listed firms could serve this call." in words(browser.get(f"/workspace/calls/{call.slug}/"))


def test_twenty_five_stand_on_a_page(as_user, omar, atlas):
    for _ in range(26):
        MatchFactory(supplier=atlas)
    browser = as_user(omar)

    first, second = titles(browser.get(LIST)), titles(browser.get(LIST, {"page": 2}))

    assert (len(first), len(second)) == (25, 1)
    assert len({*first, *second}) == 26


def test_five_calls_cost_as_many_queries_as_one(as_user, omar, atlas):
    browser = as_user(omar)
    MatchFactory(supplier=atlas)
    browser.get(LIST)
    with CaptureQueriesContext(connection) as one:
        browser.get(LIST)
    for _ in range(4):
        MatchFactory(supplier=atlas, call=shown(evidence_tiers=["documented"]))
    with CaptureQueriesContext(connection) as five:
        assert len(titles(browser.get(LIST))) == 5

    assert len(five) == len(one)


# --- An empty list helps ----------------------------------------------------------------------------------------------


def test_an_organisation_that_sells_nothing_is_led_to_list_its_firm(as_user, omar):
    page = as_user(omar).get(LIST)

    assert 'href="/list-your-firm/"' in page.content.decode()


def test_a_firm_that_is_not_listed_is_led_to_its_profile(as_user, omar):
    MatchFactory(supplier=SupplierFactory(organisation=omar.organisation))

    said = words(as_user(omar).get(LIST))

    assert "Your firm is not listed at the moment" in said
    assert "Cleaning of schools" not in said


def test_a_profile_without_services_or_regions_is_told_what_to_add(as_user, omar):
    supplier = SupplierFactory(listed=True, organisation=omar.organisation)
    browser = as_user(omar)
    assert 'href="/workspace/profile/services/"' in browser.get(LIST).content.decode()

    CapabilityFactory(supplier=supplier)
    page = browser.get(LIST).content.decode()
    assert "does not say where you work" in page
    assert 'href="/workspace/profile/where/"' in page


def test_with_nothing_open_the_calls_and_the_alerts_are_shown(as_user, omar, atlas):
    page = as_user(omar).get(LIST).content.decode()

    assert "No open call suits you at the moment" in page
    assert 'href="/calls/"' in page
    assert 'href="/workspace/searches/"' in page


# --- Not for me -------------------------------------------------------------------------------------------------------


def test_one_press_on_a_reason_sets_a_call_aside_and_one_press_takes_it_back(as_user, omar, atlas):
    call = MatchFactory(supplier=atlas, call=shown(title="Cleaning of libraries")).call
    browser = as_user(omar)
    assert f'action="{aside(call)}"' in browser.get(LIST).content.decode()

    gone = browser.post(aside(call), {"reason": "too_far"}, follow=True)
    assert titles(gone) == []
    assert "“Cleaning of libraries” is set aside: It is too far away." in words(gone)
    said = SetAside.objects.get()
    assert (said.supplier, said.call, said.lot, said.by) == (atlas, call, call.lots.get(), omar)

    again = browser.post(back(call), follow=True)
    assert titles(again) == ["Cleaning of libraries"]
    assert not SetAside.objects.exists()
    verbs = AuditEntry.objects.filter(verb__startswith="call.set_aside").order_by("pk")
    assert [entry.verb for entry in verbs] == ["call.set_aside", "call.set_aside_taken_back"]


def test_setting_aside_leads_back_to_the_same_order_and_page(as_user, omar, atlas):
    call = MatchFactory(supplier=atlas).call

    answer = as_user(omar).post(f"{aside(call)}?sort=deadline&page=1", {"reason": "not_now"})

    assert answer.headers["Location"] == f"{LIST}?sort=deadline&page=1&aside={call.slug}"


def test_without_a_reason_the_page_asks_for_it(as_user, omar, atlas):
    call = MatchFactory(supplier=atlas).call
    browser = as_user(omar)

    refused = browser.post(aside(call), {"reason": "ugly"})

    assert refused.status_code == 422
    assert "Why is it not for you?" in words(refused)
    assert browser.get(aside(call)).status_code == 200
    assert not SetAside.objects.exists()


def test_said_twice_the_last_reason_counts_and_taking_back_twice_is_harmless(as_user, omar, atlas):
    call = MatchFactory(supplier=atlas).call
    browser = as_user(omar)

    for reason in ("too_far", "too_large"):
        browser.post(aside(call), {"reason": reason})
    assert [said.reason for said in SetAside.objects.all()] == ["too_large"]

    for _ in range(2):
        assert browser.post(back(call)).status_code == 302
    assert AuditEntry.objects.filter(verb="call.set_aside_taken_back").count() == 1


def test_a_call_that_is_over_is_not_set_aside(as_user, omar, atlas):
    call = CallFactory(closed=True)

    with pytest.raises(RuleBroken, match="not open"):
        actions.set_aside(call, supplier=atlas, reason="too_far", by=omar)
    answer = as_user(omar).post(aside(call), {"reason": "too_far"})

    assert answer.status_code == 422
    assert "not open any more" in words(answer)


def test_what_one_may_not_see_cannot_be_set_aside(as_user, omar, atlas):
    for call in (CallFactory(), shown(published=False, scheduled=True)):
        assert as_user(omar).post(aside(call), {"reason": "too_far"}).status_code == 404


def test_a_viewer_reads_and_sets_nothing_aside(as_user, zed, atlas):
    RepresentativeFactory(user=zed, organisation=atlas.organisation)
    call = MatchFactory(supplier=atlas).call
    browser = as_user(zed)

    page = browser.get(LIST)

    assert len(titles(page)) == 1
    assert "Not for me" not in words(page)
    assert browser.post(aside(call), {"reason": "too_far"}).status_code == 403
    assert browser.post(back(call)).status_code == 403
    assert browser.post(f"{ASIDE}rules/large/").status_code == 403


def test_a_stranger_finds_no_list(as_user, zed, client):
    assert as_user(zed).get(LIST).status_code == 404
    assert client.get(LIST).status_code == 302


def test_the_page_of_what_was_set_aside_tells_reasons_and_undoes(as_user, omar, atlas):
    call = MatchFactory(supplier=atlas, call=shown(title="Cleaning of libraries")).call
    browser = as_user(omar)
    browser.post(aside(call), {"reason": "too_large"})
    SetAsideFactory(call=shown(title="Another firm's"))

    page = browser.get(ASIDE)

    assert "Cleaning of libraries" in words(page)
    assert "It is too large for us" in words(page)
    assert "Another firm's" not in words(page)
    undone = browser.post(back(call), {"next": "aside"}, follow=True)
    assert undone.redirect_chain == [(ASIDE, 302)]
    assert "Nothing set aside" in words(undone)


def test_a_call_that_ended_since_still_stands_among_those_set_aside(as_user, omar, atlas):
    SetAsideFactory(supplier=atlas, call=CallFactory(closed=True, title="Long over"))

    assert "Long over" in words(as_user(omar).get(ASIDE))


# --- What the database holds ------------------------------------------------------------------------------------------


def test_a_call_is_set_aside_once_and_for_a_known_reason(atlas):
    said = SetAsideFactory(supplier=atlas)

    with breaks("set_aside_once_per_supplier_and_call"):
        SetAsideFactory(supplier=atlas, call=said.call)
    with breaks("set_aside_for_a_known_reason"):
        SetAsideFactory(supplier=atlas, reason="ugly")


# --- Notes ------------------------------------------------------------------------------------------------------------


def test_notes_stand_beside_the_score_and_change_nothing_of_it(as_user, omar, atlas):
    Supplier.objects.filter(pk=atlas.pk).update(largest_contract=5_000_00, largest_contract_currency="EUR")
    call = shown(language="fr", currency="EUR", lots__value_from=9_000_00)
    MatchFactory(supplier=atlas, call=call)
    DocumentFactory(
        supplier=atlas, kind="insurance", title="Liability", valid_until=timezone.localdate() - timedelta(days=3)
    )

    said = words(as_user(omar).get(LIST))

    assert "85 of 100" in said
    assert "Above your largest contract so far (5,000\xa0EUR)".replace("\xa0", " ") in said
    assert "Responses are taken in French, which your profile does not name." in said
    assert "“Liability” ended on" in said


def test_a_firm_that_can_carry_it_in_its_language_has_no_notes(as_user, omar, atlas):
    Supplier.objects.filter(pk=atlas.pk).update(largest_contract=9_000_00, largest_contract_currency="EUR")
    MatchFactory(supplier=atlas, call=shown(lots__value_from=9_000_00))
    DocumentFactory(supplier=atlas, kind="insurance", valid_until=timezone.localdate() + timedelta(days=300))

    assert "match-notes" not in as_user(omar).get(LIST).content.decode()


# --- Saving, and the workspace ----------------------------------------------------------------------------------------


def test_a_call_is_saved_from_the_list(as_user, omar, atlas):
    call = MatchFactory(supplier=atlas).call
    browser = as_user(omar)
    assert "Save this call" in words(browser.get(LIST))

    browser.post(f"/calls/{call.slug}/saved/", {"next": "saved"})

    assert SavedCall.objects.filter(person=omar, call=call).exists()
    assert "No longer save it" in words(browser.get(LIST))


def test_somebody_elses_saved_call_is_not_shown_as_saved(as_user, omar, zed, atlas):
    SavedCallFactory(person=zed, call=MatchFactory(supplier=atlas).call)

    assert "No longer save it" not in words(as_user(omar).get(LIST))


def test_the_workspace_shows_the_best_three_and_leads_on(as_user, omar, atlas):
    for number in range(4):
        MatchFactory(supplier=atlas, call=shown(title=f"Call number {number}"), words=number)

    said = words(as_user(omar).get("/workspace/"))

    assert "See all 4 calls" in said
    assert all(f"Call number {number}" in said for number in (1, 2, 3))
    assert "Call number 0" not in said


def test_the_workspace_of_whoever_only_buys_has_no_such_place(as_user, amina):
    assert LIST not in as_user(amina).get("/workspace/").content.decode()


def test_a_call_for_members_stands_in_a_listed_firms_list(as_user, omar, atlas):
    call = shown(members_only=True, lots=0)
    MatchFactory(call=call, supplier=atlas, lot=LotFactory(call=call))
    rows.refresh([atlas.pk])

    assert "for members and listed suppliers only" in words(as_user(omar).get(LIST))
