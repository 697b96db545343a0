import html
import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buyers.models import Buyer
from marketplace.billing.models import Entitlement, Grant
from tests.factories.board import shown
from tests.factories.calls import CallFactory, LotFactory, minute
from tests.factories.law import JurisdictionFactory, ReservationFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
PARTS_OF_SCHEMA = {
    "Organization": {"name", "address", "seeks"},
    "GovernmentOrganization": {"name", "address", "seeks"},
    "PostalAddress": {"addressLocality", "addressCountry"},
    "Demand": {
        "name", "description", "identifier", "url", "validFrom", "validThrough", "availabilityStarts",
        "availabilityEnds", "itemOffered", "priceSpecification",
    },
    "Service": {"name", "description", "category", "areaServed", "offers"},
    "PriceSpecification": {"priceCurrency", "minPrice", "maxPrice", "valueAddedTaxIncluded"},
}  # fmt: skip


def text(response):
    """The words of a page, without marks and with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def titles(response):
    return re.findall(r'class="card__title"><a [^>]*>([^<]*)</a>', response.content.decode())


def page_of(client, call):
    return client.get(call.get_absolute_url())


# --- The list ---------------------------------------------------------------------------------------------------------


def test_a_card_says_what_for_whom_where_until_when_and_how_much(client):
    shown(
        title="Cleaning of libraries",
        buyer__organisation__name="Northmoor Council",
        buyer__organisation__town="Northmoor",
        lots=2,
        lots__value_from=1_000_000,
        lots__value_to=2_500_000,
        lots__regions=["UKE42"],
        currency="GBP",
    )

    words = text(client.get("/calls/"))

    for said in ("Cleaning of libraries", "Northmoor Council", "Northmoor, United Kingdom", "in Leeds", "2 lots"):
        assert said in words
    assert "20,000 to 50,000\u00a0GBP" in html.unescape(client.get("/calls/").content.decode())
    assert re.search(r"closes in 1[34] days", words)
    assert "(London)" in words


def test_open_calls_stand_first_by_their_deadline_and_closed_ones_only_when_asked_for(client):
    later, sooner = shown(response_deadline=minute(days=9)), shown(response_deadline=minute(days=3))
    over = shown(closed=True)

    assert titles(client.get("/calls/")) == [sooner.title, later.title]
    assert titles(client.get("/calls/?state=all")) == [sooner.title, later.title, over.title]
    assert titles(client.get("/calls/?state=closed")) == [over.title]


def test_the_language_of_a_text_is_said_where_it_is_not_that_of_the_page(client):
    shown(language="nl", title="Schoonmaak van scholen")

    assert "in Dutch" in text(client.get("/calls/"))
    shown(language="fr", title="Nettoyage")
    assert "in French" not in text(client.get("/fr/calls/"))


def test_the_filters_are_chips_and_the_address_holds_the_search(client):
    shown(authority=True)

    response = client.get("/calls/?buyer=contracting_authority&state=all&sort=newest")

    words = response.content.decode()
    assert "Kind of buyer: Contracting authority" in words
    assert 'href="/calls/?state=all&amp;sort=newest"' in words
    assert 'name="state" value="all"' in words


def test_htmx_gets_the_part_alone_with_its_address(client):
    shown()

    part = client.get("/calls/?route=here", headers={"HX-Request": "true"})

    assert part["HX-Push-Url"] == "/calls/?route=here"
    assert b"<html" not in part.content
    assert b'id="facet-route"' in part.content


def test_an_empty_list_says_what_to_do_next(client):
    over = shown(closed=True, title="Windows of the town hall")

    response = client.get("/calls/?q=windows")

    assert titles(response) == []
    assert "Look at closed calls too" in text(response)
    assert titles(client.get("/calls/?q=windows&state=all")) == [over.title]


def test_no_filter_speaks_of_evidence_for_a_visitor_an_authority_or_an_entitled_company(client, as_user, amina, omar):
    shown(evidence_tiers=["certified"])
    Buyer.objects.create(organisation=amina.organisation, kind=Buyer.Kind.CONTRACTING_AUTHORITY, slug="leeds")
    Buyer.objects.create(organisation=omar.organisation, kind=Buyer.Kind.COMPANY, slug="atlas")
    Grant.objects.create(organisation=omar.organisation, entitlements=Entitlement.values, reason="Pilot")

    for browser in (client, as_user(amina), as_user(omar)):
        page = browser.get("/calls/?tier=certified&evidence=certified")
        assert titles(page) != []
        assert not re.search(r'name="(tier|scheme|evidence|mark|owner)', page.content.decode())
        assert "Certified" not in text(page)


def test_what_cannot_be_read_is_passed_over_with_a_note(client):
    call = shown()

    response = client.get("/calls/?country=XX&value=12&state=lost&sort=price&after=%F0%9F%92%A9&cpv=1")

    assert titles(response) == [call.title]
    words = text(response)
    for note in ("“XX” (Country of the buyer)", "“12” (Value of a lot)", "“lost” (Where it stands)"):
        assert note in words


# --- Who sees what ----------------------------------------------------------------------------------------------------


@pytest.fixture
def seller(as_user, zed):
    """Signed in for a listed firm."""
    from marketplace.accounts.models import Representative

    supplier = SupplierFactory(listed=True)
    Representative.objects.create(user=zed, organisation=supplier.organisation, role="viewer")
    return as_user(zed)


def test_a_call_for_members_is_there_for_members_listed_firms_and_its_buyer(client, as_user, seller, amina, omar):
    call = shown(members_only=True)
    for browser in (client, as_user(amina)):
        assert titles(browser.get("/calls/")) == []
        assert page_of(browser, call).status_code == 404
    Grant.objects.create(organisation=omar.organisation, entitlements=[Entitlement.DIRECTORY], reason="Member")
    from marketplace.accounts.models import Representative

    Representative.objects.create(user=amina, organisation=call.buyer.organisation, role="viewer")

    for browser in (seller, as_user(omar), as_user(amina)):
        assert titles(browser.get("/calls/")) == [call.title]
        page = page_of(browser, call)
        assert page.status_code == 200
        assert "noindex" in page.content.decode()
        assert "application/ld+json" not in page.content.decode()


def test_a_firm_that_is_hidden_finds_no_calls_for_members(seller):
    from suppliers.models import Supplier

    call = shown(members_only=True)
    Supplier.objects.update(hidden_at=timezone.now())

    assert titles(seller.get("/calls/")) == []
    assert page_of(seller, call).status_code == 404


def test_a_draft_and_a_scheduled_call_exist_for_their_buyer_alone(client, as_user, amina):
    from marketplace.accounts.models import Representative

    draft, scheduled = CallFactory(), shown(published=False, scheduled=True)
    for call in (draft, scheduled):
        assert page_of(client, call).status_code == 404
        Representative.objects.create(user=amina, organisation=call.buyer.organisation, role="viewer")

    assert "Only the buyer and our staff see it." in text(page_of(as_user(amina), draft))
    assert "It comes on show at" in text(page_of(as_user(amina), scheduled))
    assert titles(as_user(amina).get("/calls/?state=all")) == []


# --- The page of a call -----------------------------------------------------------------------------------------------


def test_everything_a_bidder_needs_stands_on_the_page(client):
    law = JurisdictionFactory(names={"en": "Law of the land"})
    reservation = ReservationFactory(jurisdiction=law, names={"en": "Sheltered workshops"})
    call = shown(
        authority=True,
        jurisdiction=law,
        title="Cleaning of schools",
        reference="NM-44",
        procedure="restricted",
        contact="Beatriz, calls@northmoor.example",
        question_deadline=minute(days=7),
        official_notice_on=date(2026, 11, 2),
        starts_on=date(2027, 2, 1),
        ends_on=date(2028, 1, 31),
        response_languages=["en", "cy"],
        lots=0,
    )
    LotFactory(call=call, number=1, title="Schools, east", value_to=12_000_000, cpv=["90911200"], regions=["UKE42"])
    LotFactory(
        call=call,
        number=2,
        title="Libraries",
        reservation=reservation,
        reservation_grounds="A third of the work suits people who find it hard to get any.",
    )

    page = page_of(client, call)
    words = text(page)

    for said in (
        "Cleaning of schools", "NM-44", "Restricted procedure", "calls@northmoor.example", "English, Welsh",
        "1 Feb 2027 to 31 Jan 2028", "Law of the land", "What is bought · 2 lots", "Lot 1 Schools, east",
        "up to 120,000\u00a0EUR", "Building-cleaning services CPV 90911200", "Leeds", "value not disclosed",
        "Reserved: Sheltered workshops", "A third of the work suits people", "the official text counts",
        "2 Nov 2026", "Contracting authority", "Open",
    ):  # fmt: skip
        assert " ".join(said.split()) in words, said
    assert f'href="{call.portal_url}" ' in page.content.decode()
    assert 'rel="external noopener nofollow"' in page.content.decode()
    assert re.search(r"It closes in 1[34] days\.", words)


def test_a_call_that_is_answered_here_says_beforehand_that_the_servers_clock_decides(client):
    words = text(page_of(client, shown()))

    assert "Our server's clock decides. A response counts from the moment at which all of it has arrived" in words
    assert "official portal" not in words


def test_a_withdrawn_call_shows_only_that_and_why(client):
    call = shown(withdrawn=True, description="Four schools.", lots__title="The first lot")

    page = page_of(client, call)

    assert page.status_code == 200
    words = text(page)
    assert "This call was withdrawn" in words
    assert call.ended_because in words
    for hidden in ("Four schools.", "The first lot", "Responses until", "Keep it in mind"):
        assert hidden not in words
    assert "noindex" in page.content.decode()
    assert "application/ld+json" not in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cancelled": True}, "The money is gone."),
        ({"closed": True}, "The deadline is over"),
        ({"closed": True, "awarded_at": timezone.now()}, "This call is decided"),
        ({"closed": True, "unsuccessful_at": timezone.now(), "ended_because": "Nobody came."}, "Nobody came."),
    ],
)
def test_how_a_call_ended_stands_above_everything(client, fields, said):
    words = text(page_of(client, shown(**fields)))

    assert said in words
    assert "It closes" not in words
    assert words.index(said) < words.index("What is asked for")


def test_a_cancelled_lot_says_why_and_is_not_answered(client):
    call = shown(lots=1)
    LotFactory(call=call, number=2, cancelled=True)

    page = page_of(client, call)

    assert "Nobody needs it any more." in text(page)
    assert "lots/2/response/" not in page.content.decode()


def test_evidence_that_a_company_asks_for_is_told_to_firms_and_never_to_an_authority(client, as_user, amina):
    call = shown(evidence_tiers=["certified"])
    Buyer.objects.create(organisation=amina.organisation, kind=Buyer.Kind.CONTRACTING_AUTHORITY, slug="leeds")

    assert "Evidence asked for Certified" in text(page_of(client, call))
    assert "vidence asked for" not in text(page_of(as_user(amina), call))


def test_the_page_costs_the_same_queries_for_one_lot_document_and_question_as_for_five(as_user, zed):
    from marketplace.calls.papers.models import CallDocument
    from marketplace.calls.questions.models import Question

    call, browser = shown(lots=1), as_user(zed)

    def add(number):
        CallDocument.objects.create(
            call=call,
            title=f"Paper {number}",
            stored_as=f"private/calls/{number}",
            original_name="a.pdf",
            media_type="application/pdf",
            size=7,
            sha256=f"{number:064}",
        )
        Question.objects.create(
            call=call, text=f"What {number}?", language="en", answer="That.", answered_at=timezone.now()
        )

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert page_of(browser, call).status_code == 200
        return len(captured)

    add(1)
    queries()
    one = queries()
    for number in range(2, 6):
        LotFactory(call=call, number=number)
        add(number)

    assert queries() == one


def test_search_engines_get_valid_linked_data(client):
    call = shown(
        title='Cleaning </script><script>alert("x")</script>',
        lots=2,
        lots__value_from=100_050,
        lots__value_to=200_000,
        question_deadline=minute(days=3),
    )

    page = page_of(client, call).content.decode()
    (written,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    data = json.loads(written)

    assert data["@context"] == "https://schema.org"
    assert data["seeks"]["name"] == call.title
    assert data["seeks"]["validThrough"] == call.response_deadline.isoformat()
    assert data["seeks"]["itemOffered"][0]["offers"]["priceSpecification"]["minPrice"] == 1000.5
    check_schema(data)


def check_schema(data):
    """Every property is one that schema.org gives its type."""
    unknown = set(data) - {"@context", "@type"} - PARTS_OF_SCHEMA[data["@type"]]
    assert unknown == set()
    for value in data.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                check_schema(each)


def test_the_page_stands_in_both_languages_and_says_so(client):
    call = shown(language="fr", title="Nettoyage des écoles")

    page = client.get(f"/fr/calls/{call.slug}/").content.decode()

    assert f'hreflang="en" href="/calls/{call.slug}/"' in page
    assert 'lang="fr"' in page
    assert "in French" in text(client.get(f"/calls/{call.slug}/"))


def test_a_call_that_does_not_exist_is_missing(client):
    assert client.get("/calls/nothing/").status_code == 404
    assert client.get("/calls/nothing/calendar.ics").status_code == 404


def test_a_deadline_that_is_near_is_marked_and_never_told_longer_than_it_is(client):
    call = shown(response_deadline=minute(hours=30))

    assert re.search(r"It closes in 29 hours\.|It closes in 30 hours\.", text(page_of(client, call)))
    assert "deadline--soon" in page_of(client, call).content.decode()
    assert call.response_deadline - timezone.now() > timedelta(hours=29)
