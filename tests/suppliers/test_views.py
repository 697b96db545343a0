import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suppliers.models import Capability
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def atlas():
    supplier = SupplierFactory(
        listed=True,
        slug="atlas",
        summary="We clean </script> offices.",
        languages=["fr", "ar"],
        organisation__town="Roubaix",
    )
    Capability.objects.create(supplier=supplier, cpv="90911200", words="Office cleaning")
    return supplier


def test_the_list_shows_listed_suppliers_only(client, atlas):
    SupplierFactory(waiting=True, organisation__name="Not Yet Ltd")
    SupplierFactory(listed=True, hidden_at=timezone.now(), organisation__name="Gone Ltd")

    page = client.get("/suppliers/").content.decode()

    assert atlas.organisation.name in page
    assert "Not Yet Ltd" not in page
    assert "Gone Ltd" not in page


def test_the_list_is_searched_by_words_and_by_country(client, atlas):
    SupplierFactory(listed=True, organisation__name="Dubois", organisation__country="FR", summary="Bread")

    def names(query):
        return [str(card["supplier"]) for card in client.get("/suppliers/", query).context["cards"]]

    assert names({"q": "OFFICE"}) == [atlas.organisation.name]
    assert names({"country": "FR"}) == ["Dubois"]
    assert names({"country": ["FR", "GB"]}) == ["Dubois", atlas.organisation.name]
    assert names({"q": "bread", "country": "GB"}) == []


def test_a_search_without_a_result_teaches_the_next_step(client, atlas):
    page = client.get("/suppliers/", {"q": "zeppelin"}).content.decode()

    assert "Nothing found this time" in page
    assert 'href="/suppliers/"' in page


@pytest.mark.parametrize("address", ["/suppliers/", "/fr/suppliers/"])
def test_one_supplier_and_twenty_five_cost_the_same_queries(client, atlas, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for supplier in SupplierFactory.create_batch(24, listed=True):
        Capability.objects.create(supplier=supplier, cpv="90911200")

    assert queries() == few <= 8


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff%fe", "q=-Data", "country=XX", "q=" + "x" * 500, "country=%00&q=%27%3A%2A"]
)
def test_hostile_searches_are_answered(client, atlas, query):
    assert client.get(f"/suppliers/?{query}").status_code == 200


def test_a_profile_says_who_where_what_and_how_fresh(client, atlas):
    page = client.get("/suppliers/atlas/").content.decode()

    for words in (atlas.organisation.name, "Roubaix", "Office cleaning", "French, Arabic", "has not confirmed"):
        assert words in page


def test_linked_data_is_json_that_cannot_leave_its_element(client, atlas):
    response = client.get("/suppliers/atlas/")
    page = response.content.decode()

    script, nonce = re.search(r'<script type="application/ld\+json" nonce="([^"]+)">(.*?)</script>', page, re.S).group(
        2, 1
    )
    data = json.loads(script)
    assert data["description"] == "We clean </script> offices."
    assert data["address"] == {"@type": "PostalAddress", "addressLocality": "Roubaix", "addressCountry": "GB"}
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]


def test_an_unlisted_profile_exists_only_for_its_own_people_and_staff(client, as_user, omar, zed, stella):
    SupplierFactory(waiting=True, slug="atlas", organisation=omar.organisation)

    assert client.get("/suppliers/atlas/").status_code == 404
    assert as_user(zed).get("/suppliers/atlas/").status_code == 404
    own = as_user(omar).get("/suppliers/atlas/")
    assert own.status_code == 200
    assert b"not on show" in own.content
    assert b"You see it because you act for this firm" in own.content
    assert b"application/ld+json" not in own.content
    assert as_user(stella).get("/suppliers/atlas/").status_code == 200


def test_the_workspace_leads_to_the_profile_of_the_firm_one_acts_for(as_user, omar, amina):
    supplier = SupplierFactory(organisation=omar.organisation, listed=True)

    page = as_user(omar).get("/workspace/").content.decode()

    assert supplier.get_absolute_url() in page
    assert "Everybody can find your firm." in page
    assert supplier.get_absolute_url() not in as_user(amina).get("/workspace/").content.decode()


def test_the_words_searched_for_stay_in_the_box(client, db):
    page = client.get("/suppliers/", {"q": 'café "au lait"'}).content.decode()

    assert 'value="café &quot;au lait&quot;"' in page
