"""The firms that could serve a call: names with reasons for a company, numbers and nothing else for an authority."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suppliers.directory import rows
from suppliers.evidence.models import Certification, Scheme
from suppliers.models import Supplier
from tests.factories.accounts import RepresentativeFactory
from tests.factories.billing import GrantFactory
from tests.factories.board import shown
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, LotFactory
from tests.factories.directory import found_supplier
from tests.factories.introductions import ShortlistFactory
from tests.factories.matches import MatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(amina):
    """Amina's organisation as a company that is a member."""
    GrantFactory(organisation=amina.organisation)
    return BuyerFactory(organisation=amina.organisation)


@pytest.fixture
def city(amina):
    """The same as a contracting authority, to which somebody granted everything."""
    GrantFactory(organisation=amina.organisation, everything=True)
    return BuyerFactory(organisation=amina.organisation, authority=True, cleared=True)


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def names(response):
    return re.findall(r'class="card__title"><a [^>]*>([^<]*)</a>', response.content.decode())


def address(call):
    return f"/workspace/calls/{call.slug}/suppliers/"


def firm(name, *services, **fields):
    fields = {"regions": ["UKE4"], "organisation__name": name} | fields
    return found_supplier(*(services or ["90911200"]), **fields)


# --- A company --------------------------------------------------------------------------------------------------------


def test_firms_stand_by_their_score_with_the_reasons_in_words(as_user, amina, company):
    call = shown(buyer=company)
    MatchFactory(call=call, supplier=firm("Close", "90910000"), cpv=50)
    MatchFactory(call=call, supplier=firm("Same"))

    page = as_user(amina).get(address(call))

    assert names(page) == ["Same", "Close"]
    said = words(page)
    assert "You ask for Building-cleaning services (90911200), and that is what the firm offers." in said
    assert "the firm offers Cleaning services (90910000), which it is part of." in said
    assert "The firm serves West Yorkshire." in said
    assert "Together 85 of 100" in said
    assert "Together 75 of 100" in said


def test_equal_scores_stand_in_the_order_dealt_for_the_call(as_user, amina, company):
    call = shown(buyer=company)
    for name, turn in (("Third", 30), ("First", 10), ("Second", 20)):
        MatchFactory(call=call, supplier=firm(name), turn=turn)

    assert names(as_user(amina).get(address(call))) == ["First", "Second", "Third"]


def test_firms_that_hid_themselves_are_gone_at_once(as_user, amina, company):
    call = shown(buyer=company)
    match = MatchFactory(call=call, supplier=firm("Shy"))
    Supplier.objects.filter(pk=match.supplier.pk).update(listed_at=None)

    assert names(as_user(amina).get(address(call))) == []


def test_a_buyer_that_is_no_member_meets_no_profile_for_members(as_user, amina):
    call = shown(buyer=BuyerFactory(organisation=amina.organisation))
    MatchFactory(call=call, supplier=firm("Open"))
    MatchFactory(call=call, supplier=firm("Guarded", audience="members"))
    browser = as_user(amina)

    page = browser.get(address(call))
    assert names(page) == ["Open"]
    assert "1 further firm shows itself to members of the network only." in words(page)
    assert "Guarded" not in words(browser.get(address(call), {"firm": "Guarded"})).replace('value="Guarded"', "")

    GrantFactory(organisation=amina.organisation)
    assert set(names(browser.get(address(call)))) == {"Open", "Guarded"}


def test_notes_of_capacity_language_and_evidence_for_the_buyer(as_user, amina, company):
    call = shown(
        buyer=company, language="fr", currency="EUR", evidence_tiers=["documented"], lots__value_from=900_000_00
    )
    small = firm("Small", languages=["en"], largest_contract=5_000_00, largest_contract_currency="GBP")
    MatchFactory(call=call, supplier=small)

    said = words(as_user(amina).get(address(call))).replace("\xa0", " ")

    assert (
        "Above the firm's largest contract so far (5,000 GBP): it may respond jointly.".replace("'", "&#x27;") in said
    )
    assert "Two currencies, compared by rounded rates." in said
    assert "Responses are taken in French, which the firm does not name." in said
    assert "You ask for evidence: Proof seen by our staff. This firm shows none." in said


def test_no_claim_of_a_firm_stands_on_its_card(as_user, amina, company):
    call = shown(buyer=company)
    supplier = firm("Certified")
    MatchFactory(call=call, supplier=supplier)
    scheme = Scheme.objects.create(name="Weighed", slug="weighed", issuer="Weighers")
    today = timezone.localdate()
    Certification.objects.create(
        supplier=supplier, scheme=scheme, tier="documented", valid_from=today, published_at=timezone.now()
    )
    rows.refresh([supplier.pk])
    browser = as_user(amina)

    assert "badge-check" not in browser.get(address(call)).content.decode()
    assert "Weighed" not in words(browser.get(address(call)))
    assert "Weighed" in words(browser.get("/suppliers/"))


def test_the_list_is_narrowed_to_a_lot(as_user, amina, company):
    call = shown(buyer=company, lots=2)
    first, second = call.lots.all()
    MatchFactory(call=call, supplier=firm("One"), lot=first)
    MatchFactory(call=call, supplier=firm("Two"), lot=second)
    browser = as_user(amina)

    assert set(names(browser.get(address(call)))) == {"One", "Two"}
    assert names(browser.get(address(call), {"lot": 2})) == ["Two"]
    assert "Answers lot 2 best" in words(browser.get(address(call), {"lot": 2}))
    assert len(names(browser.get(address(call), {"lot": "99"}))) == 2


def test_a_firm_is_put_on_a_shortlist_from_its_card(as_user, amina, company):
    call = shown(buyer=company)
    match = MatchFactory(call=call, supplier=firm("One"))
    ShortlistFactory(buyer=company, name="Cleaners")

    page = as_user(amina).get(address(call))

    assert "Add to “Cleaners”" in words(page)
    assert f"/workspace/shortlists/add/{match.supplier.slug}/" in page.content.decode()


def test_five_firms_cost_as_many_queries_as_one(as_user, amina, company):
    call, browser = shown(buyer=company), as_user(amina)
    MatchFactory(call=call, supplier=firm("Firm 0"))
    browser.get(address(call))
    with CaptureQueriesContext(connection) as one:
        browser.get(address(call))
    for number in range(1, 5):
        MatchFactory(call=call, supplier=firm(f"Firm {number}"))
    with CaptureQueriesContext(connection) as five:
        assert len(names(browser.get(address(call)))) == 5

    assert len(five) == len(one)


def test_the_desk_leads_to_the_firms(as_user, amina, company):
    call = shown(buyer=company)
    MatchFactory(call=call)

    desk = as_user(amina).get(f"/workspace/calls/{call.slug}/")

    assert "1 listed firm could serve this call." in words(desk)
    assert f'href="{address(call)}"' in desk.content.decode()


# --- Why is a firm not in it? -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("services", "regions", "reason"),
    [
        (["90911200"], ["UKI31"], "The firm offers nothing where the work is: West Yorkshire."),
        (["45210000"], ["UKE4"], "No service of the firm is close to what you ask."),
        ([], ["UKE4"], "The firm names no services."),
        (["90911200"], ["UKE4"], "Something has just changed"),
    ],
)
def test_a_buyer_asks_why_a_firm_is_not_there(services, regions, reason, as_user, amina, company):
    call = shown(buyer=company, title="Brooms")
    found_supplier(*services, organisation__name="Marigold Works", regions=regions)

    said = words(as_user(amina).get(address(call), {"firm": "marigold"}))

    assert "Marigold Works" in said
    assert reason in said


def test_a_firm_that_is_there_is_found_there(as_user, amina, company):
    call = shown(buyer=company)
    MatchFactory(call=call, supplier=firm("Marigold Works"))

    assert "It is in the list, with 85 of 100." in words(as_user(amina).get(address(call), {"firm": "Marigold"}))


@pytest.mark.parametrize("typed", ["Nobody At All", "\x00", "' OR 1=1 --", "a" * 500])
def test_whatever_is_typed_is_answered(typed, as_user, amina, company):
    page = as_user(amina).get(address(shown(buyer=company)), {"firm": typed})

    assert page.status_code == 200


# --- Its time ---------------------------------------------------------------------------------------------------------


def test_a_draft_shows_numbers_as_before(as_user, amina, company):
    firm("One")
    call = CallFactory(buyer=company)

    said = words(as_user(amina).get(address(call)))

    assert "1 listed supplier could serve this." in said
    assert "Which firms they are stands here once the call is on show." in said


def test_after_the_deadline_firms_are_looked_for_no_more(as_user, amina, company):
    call = CallFactory(buyer=company, closed=True)
    MatchFactory(call=call, supplier=firm("One"))

    page = as_user(amina).get(address(call))

    assert "The time for responses is over" in words(page)
    assert names(page) == []


# --- Who gets in ------------------------------------------------------------------------------------------------------


def test_to_strangers_it_is_missing_and_viewers_of_the_buyer_read_it(as_user, amina, omar, zed, stella, company):
    call = shown(buyer=company)
    RepresentativeFactory(user=zed, organisation=company.organisation)

    assert as_user(zed).get(address(call)).status_code == 200
    assert as_user(omar).get(address(call)).status_code == 404
    assert as_user(stella).get(address(call)).status_code == 404


# --- A contracting authority ------------------------------------------------------------------------------------------


@pytest.fixture
def city_call(city):
    call = CallFactory(buyer=city, published=True, lots=2, title="Schools")
    first, second = call.lots.all()
    for number, lot in enumerate([first, first, second]):
        supplier = firm(f"Hidden Tile {number}", based_in="UKE42")
        MatchFactory(call=call, supplier=supplier, lot=lot, words=number)
    MatchFactory(call=call, supplier=firm("Hidden Tile 3", organisation__country="FR"), lot=second)
    return call


def test_an_authority_reads_numbers_by_lot_and_region(as_user, amina, city_call):
    said = words(as_user(amina).get(address(city_call)))

    assert "4 listed firms could serve this call." in said
    assert "1. Lot 1 2 2. Lot 2 2" in said
    assert "Yorkshire and The Humber 3 France 1" in said


@pytest.mark.parametrize(
    "query",
    [{}, {"lot": "1"}, {"firm": "Hidden Tile 1"}, {"page": "1"}, {"sort": "name"}, {"format": "json"}, {"form": "csv"}],
)
def test_an_authority_meets_no_name_in_no_format(query, as_user, amina, city_call):
    slugs = list(Supplier.objects.values_list("slug", flat=True))
    for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
        for prefix in ("", "/fr"):
            page = as_user(amina).get(f"{prefix}{address(city_call)}", query, headers=headers)

            text = page.content.decode()
            assert page.status_code == 200
            assert names(page) == []
            assert "Hidden Tile" not in text
            assert not [slug for slug in slugs if slug in text]
            assert not re.search(r"\b(85|86|87) (of|sur) 100", text)


def test_neither_the_desk_nor_the_public_page_tells_an_authority_names(as_user, amina, city_call):
    browser = as_user(amina)
    for path in (f"/workspace/calls/{city_call.slug}/", city_call.get_absolute_url()):
        assert "Hidden Tile" not in browser.get(path).content.decode()
    assert "4 listed firms could serve this call." in words(browser.get(f"/workspace/calls/{city_call.slug}/"))


def test_the_same_page_of_a_company_does_tell_them(as_user, amina, company):
    """The positive control: what the crawl looks for would be found."""
    call = shown(buyer=company)
    MatchFactory(call=call, supplier=firm("Hidden Tile 0"))

    page = as_user(amina).get(address(call))

    assert "Hidden Tile" in page.content.decode()
    assert "85 of 100" in words(page)


def test_nobody_matching_is_said_with_what_helps(as_user, amina, city):
    call = CallFactory(buyer=city, published=True, lots=0)
    LotFactory(call=call)

    assert "No listed supplier could serve this as it is written." in words(as_user(amina).get(address(call)))
