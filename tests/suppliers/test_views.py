import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buyers.models import Buyer
from marketplace.billing.models import Entitlement, Grant
from marketplace.core import tally
from suppliers.evidence.models import Certification, Scheme
from suppliers.models import Audience, Capability, Reference, SupplierText
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def atlas(omar):
    supplier = SupplierFactory(
        listed=True,
        slug="atlas",
        organisation=omar.organisation,
        summary="We clean </script><b>offices</b>.",
        summary_language="en",
        languages=["fr", "ar"],
        regions=["FRK"],
        size_band="small",
        turnover_band="500k",
        largest_contract=9_000_000,
        largest_contract_currency="EUR",
    )
    Capability.objects.create(supplier=supplier, cpv="90919200", words="Desks and floors", regions=["UKE4"])
    Reference.objects.create(supplier=supplier, title="Town hall", buyer_name="Lyon", year=2025)
    Reference.objects.create(supplier=supplier, title="A secret bank", buyer_name="Bank", year=2024, is_private=True)
    return supplier


def certify(supplier, **fields):
    scheme, _ = Scheme.objects.get_or_create(
        slug="open-mark",
        defaults={"name": "Open Supply Mark", "issuer": "OSM", "dimensions": ["owned"], "threshold": 51},
    )
    today = timezone.localdate()
    facts = {
        "tier": "certified",
        "number": "N-17",
        "valid_from": today - timedelta(days=9),
        "valid_until": today + timedelta(days=9),
        "published_at": timezone.now(),
    }
    return Certification.objects.create(supplier=supplier, scheme=scheme, **(facts | fields))


def make_buyer(organisation, kind, entitlements=()):
    Buyer.objects.create(organisation=organisation, kind=kind, slug=f"buyer-{organisation.pk}")
    if entitlements:
        Grant.objects.create(organisation=organisation, entitlements=list(entitlements), reason="pilot")


def page_of(browser, address="/suppliers/atlas/"):
    return browser.get(address).content.decode()


def test_a_profile_says_who_where_what_and_how_fresh(client, atlas):
    page = page_of(client)

    for words in (
        "Atlas Propreté",
        "Villeurbanne, France",
        "Desks and floors",
        "Office cleaning services",
        "CPV 90919200",
        "West Yorkshire",
        "Auvergne-Rhône-Alpes",
        "French, Arabic",
        "Small (10 to 49 people)",
        "100,000 to 500,000 €",
        "90,000\u00a0EUR",
        "has not confirmed",
    ):
        assert words in page, words


def test_the_readers_language_comes_first_and_the_others_are_labelled(client, atlas):
    SupplierText.objects.create(supplier=atlas, language="fr", summary="Nous nettoyons.")
    SupplierText.objects.create(supplier=atlas, language="ar", summary="ننظف المكاتب")

    english, french = page_of(client), page_of(client, "/fr/suppliers/atlas/")

    assert english.index("We clean") < english.index("Nous nettoyons.")
    assert french.index("Nous nettoyons.") < french.index("We clean", french.index("<h1"))
    assert "The same in French" in english
    assert 'lang="ar" dir="rtl"' in english


def test_a_text_in_another_language_alone_is_labelled(client, atlas):
    atlas.summary_language = "tr"
    atlas.save()

    assert "in Turkish" in page_of(client)


def test_the_street_is_shown_only_when_the_firm_wants_it(client, atlas):
    atlas.organisation.street = "12 rue des Lilas"
    atlas.organisation.save()

    assert "rue des Lilas" not in page_of(client)
    atlas.shows_street = True
    atlas.save()
    page = page_of(client)
    assert "12 rue des Lilas" in page
    assert linked_data_of(page)["address"]["streetAddress"] == "12 rue des Lilas"


def linked_data_of(page):
    return json.loads(re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.S).group(1))


def test_linked_data_is_json_that_cannot_leave_its_element(client, atlas):
    response = client.get("/suppliers/atlas/")
    page = response.content.decode()

    data = linked_data_of(page)
    assert data["description"] == "We clean </script><b>offices</b>."
    assert data["address"] == {"@type": "PostalAddress", "addressLocality": "Villeurbanne", "addressCountry": "FR"}
    nonce = re.search(r'<script type="application/ld\+json" nonce="([^"]+)"', page).group(1)
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]
    assert "<b>offices</b>" not in page


def test_an_unlisted_profile_exists_only_for_its_own_people_and_staff(client, as_user, omar, zed, stella):
    SupplierFactory(waiting=True, slug="atlas", organisation=omar.organisation)

    assert client.get("/suppliers/atlas/").status_code == 404
    assert as_user(zed).get("/suppliers/atlas/").status_code == 404
    own = page_of(as_user(omar))
    assert "not on show yet" in own
    assert "You see it because you act for this firm" in own
    assert "application/ld+json" not in own
    assert '<meta name="robots" content="noindex">' in own
    assert "This profile is not on show yet" in page_of(as_user(stella))


@pytest.mark.parametrize(
    ("field", "words"),
    [("hidden_at", "The firm has hidden it"), ("suspended_at", "Our staff have taken this profile off")],
)
def test_a_profile_taken_off_is_gone_for_others_and_says_why_to_its_own(client, as_user, omar, atlas, field, words):
    setattr(atlas, field, timezone.now())
    atlas.save()

    assert client.get("/suppliers/atlas/").status_code == 404
    assert words in page_of(as_user(omar))


def test_a_profile_for_members_is_missing_for_others_and_kept_from_search_engines(client, as_user, amina, zed, atlas):
    atlas.audience = Audience.MEMBERS
    atlas.save()
    make_buyer(amina.organisation, "company", [Entitlement.DIRECTORY])

    assert client.get("/suppliers/atlas/").status_code == 404
    assert as_user(zed).get("/suppliers/atlas/").status_code == 404
    page = page_of(as_user(amina))
    assert "For members of the network" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "application/ld+json" not in page


def test_references_are_for_members_and_private_ones_for_the_firm_and_staff(
    client, as_user, atlas, zed, amina, omar, stella
):
    make_buyer(amina.organisation, "company", [Entitlement.DIRECTORY])

    for browser in (client, as_user(zed)):
        page = page_of(browser)
        assert "Members of the network see past work" in page
        assert "Town hall" not in page
    member = page_of(as_user(amina))
    assert "Town hall" in member
    assert "A secret bank" not in member
    for person in (omar, stella):
        assert "A secret bank" in page_of(as_user(person))


def test_evidence_says_who_until_when_and_what_it_looks_at(client, atlas):
    certification = certify(atlas)

    page = page_of(client)

    assert "Certified by OSM until" in page
    assert "Open Supply Mark" in page
    assert "owned, at least 51 %" in page
    assert f"Number {certification.number}" in page


@pytest.mark.parametrize(
    "change",
    [
        {"published_at": None},
        {
            "valid_from": timezone.localdate() - timedelta(days=9),
            "valid_until": timezone.localdate() - timedelta(days=1),
        },
        {"revoked_on": timezone.localdate()},
    ],
)
def test_evidence_that_does_not_count_today_or_is_not_published_is_not_shown(client, atlas, change):
    certify(atlas, **change)

    assert "Open Supply Mark" not in page_of(client)


def test_whoever_acts_for_an_authority_meets_no_evidence(as_user, atlas, amina):
    certify(atlas)
    make_buyer(amina.organisation, "contracting_authority", Entitlement.values)

    page = page_of(as_user(amina))

    assert "Town hall" in page
    for word in ("Open Supply Mark", "OSM", "Certified", "N-17"):
        assert word not in page


def test_staff_get_a_way_to_the_back_office(as_user, stella, atlas):
    assert f"/staff/supplier-review/inspect/{atlas.pk}/" in page_of(as_user(stella))


def test_views_are_counted_unless_they_are_staffs_or_the_firms_own(client, as_user, atlas, omar, stella, zed):
    tally.drain("supplier-viewed")

    for browser in (client, as_user(zed), as_user(omar), as_user(stella)):
        browser.get("/suppliers/atlas/")

    assert tally.drain("supplier-viewed") == {atlas.pk: 2}


def test_a_profile_costs_the_same_queries_whatever_it_holds(client, atlas):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page_of(client)
        return len(captured)

    queries()
    few = queries()
    for code in ("90911200", "90911300", "90914000"):
        Capability.objects.create(supplier=atlas, cpv=code)
    for language in ("fr", "tr", "es"):
        SupplierText.objects.create(supplier=atlas, language=language, summary="…")
    certify(atlas)
    certify(atlas, number="N-18")

    assert queries() == few


def test_a_service_with_a_code_of_an_older_list_does_not_break_the_page(client, atlas):
    Capability.objects.create(supplier=atlas, cpv="99999999")

    assert "CPV 99999999" in page_of(client)


def test_the_workspace_leads_to_the_profile_of_the_firm_one_acts_for(as_user, omar, amina, atlas):
    assert atlas.get_absolute_url() in page_of(as_user(omar), "/workspace/")
    assert atlas.get_absolute_url() not in page_of(as_user(amina), "/workspace/")
