import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buyers.models import Buyer
from marketplace.billing.models import Entitlement, Grant
from marketplace.core import tally
from suppliers.directory import rows
from suppliers.directory.lexicon import make_lexicon
from suppliers.evidence.models import Certification, Scheme
from suppliers.models import Audience, Capability
from suppliers.signals import tell_changed
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def listed(name, country="GB", *, cpv="90919200", words="", **fields):
    supplier = SupplierFactory(listed=True, organisation__name=name, organisation__country=country, **fields)
    Capability.objects.create(supplier=supplier, cpv=cpv, words=words)
    rows.refresh([supplier.pk])
    return supplier


@pytest.fixture
def atlas():
    return listed(
        "Atlas Cleaning",
        slug="atlas",
        summary="We keep offices bright.",
        organisation__town="Leeds",
        languages=["en", "ar"],
        regions=["UKE4"],
        size_band="small",
        turnover_band="500k",
        confirmed_on=timezone.localdate() - timedelta(days=3),
    )


@pytest.fixture
def dubois():
    return listed("Dubois", "FR", cpv="15811000", summary="Du pain frais.", summary_language="fr", regions=["FRK"])


def certify(supplier):
    scheme = Scheme.objects.create(name="Open Supply Mark", slug="open-mark", issuer="OSM")
    today = timezone.localdate()
    Certification.objects.create(
        supplier=supplier,
        scheme=scheme,
        tier="certified",
        number="N-17",
        valid_from=today - timedelta(days=9),
        valid_until=today + timedelta(days=9),
        published_at=timezone.now(),
    )
    rows.refresh([supplier.pk])


def make_buyer(organisation, kind, entitlements=()):
    Buyer.objects.create(organisation=organisation, kind=kind, slug=f"buyer-{organisation.pk}")
    if entitlements:
        Grant.objects.create(organisation=organisation, entitlements=list(entitlements), reason="pilot")


def names(browser, query=None):
    return [card.name for card in browser.get("/suppliers/", query or {}).context["cards"]]


def page_of(browser, query=None, **headers):
    return browser.get("/suppliers/", query or {}, **headers).content.decode()


def test_the_list_shows_listed_suppliers_only(client, atlas):
    SupplierFactory(waiting=True, organisation__name="Not Yet Ltd")
    listed("Gone Ltd", hidden_at=timezone.now())

    assert names(client) == ["Atlas Cleaning"]


def test_a_card_says_who_where_what_and_how_fresh(client, atlas):
    page = page_of(client)

    for words in (
        'href="/suppliers/atlas/"',
        "Leeds, United Kingdom",
        "serves West Yorkshire",
        "We keep offices bright.",
        "Office cleaning services",
        "English, Arabic",
        "Small (10 to 49 people)",
        "confirmed <time",
    ):
        assert words in page, words


def test_the_list_is_searched_by_words_and_filters(client, atlas, dubois):
    assert names(client, {"q": "OFFICES"}) == ["Atlas Cleaning"]
    assert names(client, {"country": "FR"}) == ["Dubois"]
    assert names(client, {"country": ["FR", "GB"], "sort": "name"}) == ["Atlas Cleaning", "Dubois"]
    assert names(client, {"cpv": "90000000"}) == ["Atlas Cleaning"]
    assert names(client, {"region": "UKE4"}) == ["Atlas Cleaning"]
    assert names(client, {"language": "ar"}) == ["Atlas Cleaning"]
    assert names(client, {"size": "small", "turnover": "500k"}) == ["Atlas Cleaning"]
    assert names(client, {"q": "pain", "country": "GB", "bridges": "off"}) == []


def test_filters_that_are_on_can_be_taken_off_one_by_one(client, atlas):
    response = client.get("/suppliers/", {"q": "offices", "country": "GB", "size": "small"})

    labels = {chip.label: chip.url for chip in response.context["chips"]}
    assert labels == {
        "Country: United Kingdom": "/suppliers/?q=offices&size=small",
        "Size: Small (10 to 49 people)": "/suppliers/?q=offices&country=GB",
    }
    assert response.context["clear_url"] == "/suppliers/?q=offices"


def test_facets_count_and_belong_to_the_one_form(client, atlas, dubois):
    page = page_of(client)

    assert re.search(r'form="search" name="country" value="FR".*?France.*?facet__count">1<', page, re.S)
    assert re.search(r'form="search" name="cpv" value="90000000".*?facet__code">90000000', page, re.S)


def test_a_search_in_another_language_says_by_which_service_it_found(client, atlas):
    response = client.get("/suppliers/", {"q": "nettoyage de bureaux"})
    page = response.content.decode()

    assert "Atlas Cleaning" in page
    assert "because you searched <em>" in page
    own_words = response.context["own_words_url"]
    assert "bridges=off" in own_words
    without = client.get(own_words)
    assert [chip.label for chip in without.context["chips"]] == ["Only my words"]
    assert "because you searched" not in without.content.decode()


def test_a_typing_error_is_asked_about(client, atlas):
    make_lexicon()

    response = client.get("/suppliers/", {"q": "offces"})

    assert response.context["did_you_mean"] == "offices"
    assert names(client, {"q": "offices"}) == ["Atlas Cleaning"]


def test_a_search_without_a_result_teaches_the_next_step(client, atlas):
    page = page_of(client, {"q": "zeppelin", "country": "GB"})

    assert "Nothing found this time" in page
    assert "Search without filters" in page
    assert 'href="/suppliers/"' in page


def test_pages_follow_one_another_and_lead_back(client):
    for number in range(60):
        listed(f"Firm {number:02}")

    seen, address, pages = [], "/suppliers/?sort=name", 0
    while address:
        response = client.get(address)
        seen += [card.name for card in response.context["cards"]]
        address, pages = response.context["next_url"], pages + 1
    back = client.get(response.context["previous_url"])

    assert seen == [f"Firm {number:02}" for number in range(60)]
    assert pages == 3
    assert [card.name for card in back.context["cards"]] == seen[25:50]


def test_a_firm_that_hides_is_gone_with_the_next_request(client, atlas):
    assert names(client) == ["Atlas Cleaning"]

    atlas.hidden_at = timezone.now()
    atlas.save()

    assert names(client) == []
    tell_changed(atlas)
    assert (
        client.get("/suppliers/", {"q": "offices"}).context["amount"] == '<strong class="number">0</strong> suppliers'
    )


def test_profiles_for_members_are_found_by_members_alone(client, as_user, amina, zed, atlas):
    atlas.audience = Audience.MEMBERS
    atlas.save()
    rows.refresh([atlas.pk])
    make_buyer(amina.organisation, "company", [Entitlement.DIRECTORY])

    assert names(client) == names(as_user(zed)) == []
    assert names(as_user(amina)) == ["Atlas Cleaning"]


def test_an_entitled_company_filters_by_evidence(as_user, amina, atlas, dubois):
    certify(atlas)
    make_buyer(amina.organisation, "company", [Entitlement.DIRECTORY, Entitlement.EVIDENCE])
    browser = as_user(amina)

    response = browser.get("/suppliers/", {"tier": "certified"})

    assert names(browser, {"tier": "certified"}) == names(browser, {"scheme": "open-mark"}) == ["Atlas Cleaning"]
    assert [group.name for group in response.context["groups"]][-2:] == ["tier", "scheme"]
    assert "Scheme: Open Supply Mark" in page_of(browser, {"scheme": "open-mark"})


@pytest.mark.parametrize("entitlements", [[], [Entitlement.DIRECTORY, Entitlement.EXPORT]])
def test_without_the_entitlement_evidence_is_seen_but_no_filter(client, as_user, amina, atlas, dubois, entitlements):
    certify(atlas)
    make_buyer(amina.organisation, "company", entitlements)

    for browser in (client, as_user(amina)):
        response = browser.get("/suppliers/", {"tier": "certified", "scheme": "open-mark"})
        assert {card.supplier.pk for card in response.context["cards"]} == {atlas.pk, dubois.pk}
        assert {"tier", "scheme"}.isdisjoint(group.name for group in response.context["groups"])
        assert b"Certified by OSM until" in response.content


def test_whoever_acts_for_an_authority_meets_no_evidence_whatever_it_was_granted(as_user, amina, atlas, dubois):
    certify(atlas)
    make_buyer(amina.organisation, "contracting_authority", Entitlement.values)
    browser = as_user(amina)

    plain = browser.get("/suppliers/")
    asked = browser.get("/suppliers/", {"tier": "certified", "scheme": "open-mark", "sort": "name"})

    assert [card.supplier.pk for card in asked.context["cards"]] == [atlas.pk, dubois.pk]
    for response in (plain, asked):
        page = response.content.decode()
        for word in ("Open Supply Mark", "OSM", "Certified", 'name="tier"', 'name="scheme"'):
            assert word not in page
        assert {"tier", "scheme"}.isdisjoint(group.name for group in response.context["groups"])
        assert response.context["question"].tiers == response.context["question"].schemes == ()
    assert "does not exist for you" in asked.content.decode()


def test_what_counts_is_for_whom_one_acts_now(as_user, amina, atlas):
    from tests.people import acts_for

    certify(atlas)
    make_buyer(amina.organisation, "contracting_authority", Entitlement.values)
    company = acts_for(amina, "Northern Rail")
    make_buyer(company, "company", Entitlement.values)
    browser = as_user(amina)

    assert "Certified by" not in page_of(browser)
    browser.post("/account/organisations/switch/", {"organisation": company.pk})
    assert 'name="tier"' in page_of(browser)


def test_a_changed_filter_brings_the_results_and_the_counts_alone(client, atlas):
    response = client.get("/suppliers/", {"q": "", "country": "GB", "capacity": ""}, headers={"HX-Request": "true"})
    part = response.content.decode()

    assert "<html" not in part
    assert 'id="results"' in part
    assert 'id="facet-country" hx-swap-oob="true"' in part
    assert response["HX-Push-Url"] == "/suppliers/?country=GB"


def test_the_words_searched_for_stay_in_the_box(client):
    assert 'value="café &#34;au lait&#34;"' in page_of(client, {"q": 'café "au lait"'})


def test_searches_are_kept_from_search_engines_and_the_plain_list_is_not(client, atlas):
    assert "noindex" not in page_of(client)
    assert "noindex" in page_of(client, {"country": "GB"})


def test_found_firms_are_counted_for_searches_unless_staff_or_their_own_people_look(client, as_user, omar, stella):
    own = SupplierFactory(listed=True, organisation=omar.organisation, summary="Clean offices.")
    other = listed("Other", summary="Clean offices.")
    rows.refresh([own.pk])
    tally.drain("supplier-found")

    page_of(client)
    for browser in (client, as_user(omar), as_user(stella)):
        assert len(names(browser, {"q": "offices"})) == 2

    assert tally.drain("supplier-found") == {own.pk: 1, other.pk: 2}


@pytest.mark.parametrize("query", ["", "?q=cleaning", "?q=cleaning&country=GB&cpv=90000000&size=micro&language=en"])
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_twenty_five_suppliers_cost_no_more_queries_than_one(client, query, prefix):
    fields = {"summary": "cleaning", "size_band": "micro", "languages": ["en"]}
    certify(listed("Atlas", **fields))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{prefix}/suppliers/{query}").context["cards"]
        return len(captured)

    queries()
    few = queries()
    for number in range(24):
        listed(f"Firm {number}", **fields)

    # So few results may come from a typing error, which costs a search of words two queries more. While the directory
    # is small, its plain list asks for figures that are not kept yet: one query that a large one spares.
    many = queries()
    assert many <= (8 if query else 9)
    assert few - many == (2 if "q=" in query else 0)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff%fe",
        "q=-Data",
        "q=" + "x" * 5_000,
        "q=%22&q=%22&q='%3A*",
        "country=XX&country=%00",
        "region=" + "9" * 300,
        "cpv=99999999&cpv=-1&cpv=9" + "0" * 40,
        "size=%27%3A%2A&turnover=2m&turnover=2m",
        "language=%e2%80%ae",
        "capacity=-10000&capacity=1e99",
        "document=../../etc/passwd",
        "tier=certified&scheme=%00",
        "sort=name&sort=price",
        "bridges=maybe",
        "after=%00",
        "after=" + "A" * 9_000,
        "after=eyJhIjoxfQ",
        "&".join(f"cpv={number}" for number in range(300)),
        "a[]=1&=&&;=",
    ],
)
def test_hostile_addresses_get_a_page(client, atlas, query):
    response = client.get(f"/suppliers/?{query}")

    assert response.status_code == 200
    assert client.get(f"/directory/suggestions/?{query}").status_code == 200
    assert len(response.context["notes"]) <= 6


def test_a_position_that_is_none_begins_the_list_and_says_so(client, atlas):
    response = client.get("/suppliers/", {"after": "nonsense"})

    assert names(client, {"after": "nonsense"}) == ["Atlas Cleaning"]
    assert "here is its beginning" in response.content.decode()


def test_suggestions_lead_to_services_and_names_and_keep_the_filters(client, atlas):
    page = client.get("/directory/suggestions/", {"q": "office clea", "country": "GB"}).content.decode()

    assert 'role="option"' in page
    assert 'data-url="/suppliers/?country=GB&amp;cpv=909192' in page
    assert client.get("/directory/suggestions/", {"q": ""}).content.strip() == b""


def test_suggestions_never_name_a_firm_for_members(client, atlas):
    atlas.audience = Audience.MEMBERS
    atlas.save()
    rows.refresh([atlas.pk])

    assert b"Atlas Cleaning" not in client.get("/directory/suggestions/", {"q": "atlas cl"}).content
