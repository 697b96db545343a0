import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page, Site

from cms.models import HomePage, SiteDetails, StandardPage
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", "Good work finds its buyer."),
        ("/fr/", "Le bon travail trouve son acheteur."),
        ("/about/", "one tile of a mosaic"),
        ("/fr/a-propos/", "une pièce de mosaïque"),
        ("/privacy/", "load nothing from other companies’"),
        ("/fr/confidentialite/", "aucune fiche n’a de champ pour cela"),
        ("/accessibility/", "No independent audit has been made yet"),
        ("/fr/accessibilite/", "Aucun audit indépendant"),
    ],
)
def test_the_first_pages_are_there_in_both_languages(client, address, words):
    response = client.get(address)

    assert response.status_code == 200
    assert words in response.content.decode()


def test_every_page_is_a_translation_of_its_counterpart():
    french = Locale.objects.get(language_code="fr")
    pages = [
        *HomePage.objects.filter(locale__language_code="en"),
        *StandardPage.objects.filter(locale__language_code="en"),
    ]

    assert len(pages) == 4
    for page in pages:
        assert page.get_translation(french).url.startswith("/fr/")
    assert Page.find_problems() == ([], [], [], [], [])
    assert Site.objects.get().root_page.specific == HomePage.objects.get(locale__language_code="en")


def test_the_language_switch_leads_to_the_same_page(client):
    page = client.get("/privacy/").content.decode()

    assert 'hreflang="fr" href="/fr/confidentialite/"' in page


def test_the_language_switch_leads_home_where_there_is_no_translation(client):
    StandardPage.objects.get(slug="a-propos").delete()

    page = client.get("/about/").content.decode()

    assert 'hreflang="fr" href="/fr/"' in page


def test_the_home_page_counts_live(client):
    SupplierFactory(listed=True, languages=["fr", "ar"])
    SupplierFactory(listed=True, languages=["fr"], organisation__country="FR")
    SupplierFactory(waiting=True, languages=["tr"])

    page = client.get("/").content.decode()

    for number, label in ((2, "suppliers on show"), (2, "countries"), (2, "languages they speak")):
        assert f'<p class="stat__value">{number}</p><p>{label}' in page


def test_the_home_page_is_light_and_asks_little(client):
    client.get("/")

    with CaptureQueriesContext(connection) as captured:
        response = client.get("/")

    assert len(captured) <= 10
    assert len(gzip.compress(response.content)) < 30_000


def test_a_standard_page_says_how_to_reach_us(client):
    details = SiteDetails.for_site(Site.objects.get())
    details.email = "write@tessera.example"
    details.save()

    assert 'href="mailto:write@tessera.example"' in client.get("/accessibility/").content.decode()


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("/suppliers/", ["/about/", "/privacy/", "/accessibility/"]),
        ("/fr/suppliers/", ["/fr/a-propos/", "/fr/confidentialite/"]),
    ],
)
def test_every_page_links_to_the_statements_at_its_foot(client, address, links):
    foot = client.get(address).content.decode().split('class="footer__links"')[1]

    for link in links:
        assert f'href="{link}"' in foot


def test_editors_decide_what_stands_at_the_foot(client):
    StandardPage.objects.filter(slug="about").update(in_footer=False)

    assert 'href="/about/"' not in client.get("/suppliers/").content.decode()
