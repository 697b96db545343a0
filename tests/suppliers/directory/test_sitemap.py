from xml.etree import ElementTree

import pytest
from django.utils import timezone

from suppliers.directory.sitemap import KEYS_ON_A_PAGE
from suppliers.models import Audience
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
NAMES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}


def locations(client, address, kind):
    tree = ElementTree.fromstring(client.get(address).content)
    return [each.text for each in tree.findall(f"map:{kind}/map:loc", NAMES)]


def page_of(supplier):
    return f"/sitemap-suppliers-{supplier.pk // KEYS_ON_A_PAGE}.xml"


def test_the_sitemap_names_public_profiles_in_every_language(client):
    shown = SupplierFactory(listed=True, slug="shown")
    SupplierFactory(waiting=True, slug="waiting")
    SupplierFactory(listed=True, slug="members", audience=Audience.MEMBERS)

    (index,) = locations(client, "/sitemap.xml", "sitemap")
    found = locations(client, page_of(shown), "url")

    assert index.endswith(page_of(shown))
    assert [address.partition("/suppliers/")[2] for address in found] == ["shown/", "shown/"]
    assert {"/fr/suppliers/" in address for address in found} == {True, False}
    alternates = ElementTree.fromstring(client.get(page_of(shown)).content).findall("map:url/xhtml:link", NAMES)
    assert sorted(link.get("hreflang") for link in alternates) == ["en", "en", "fr", "fr"]


def test_a_profile_that_hides_is_gone_from_the_sitemap_at_once(client):
    shown, hidden = SupplierFactory.create_batch(2, listed=True)
    client.get("/sitemap.xml")
    hidden.hidden_at = timezone.now()
    hidden.save()

    assert not any(hidden.slug in address for address in locations(client, page_of(shown), "url"))


@pytest.mark.parametrize("number", ["0", "7", "9" * 30])
def test_a_page_that_holds_nothing_is_missing(client, number):
    assert client.get(f"/sitemap-suppliers-{number}.xml").status_code == 404


def test_without_profiles_the_sitemap_is_still_an_answer(client):
    assert locations(client, "/sitemap.xml", "sitemap") == []
