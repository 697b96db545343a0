from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.introductions.comparison import service_cells
from suppliers.evidence.models import Certification, Scheme
from suppliers.files.models import Document
from suppliers.models import Supplier
from tests.factories.introductions import ShortlistEntryFactory, ShortlistFactory
from tests.factories.suppliers import CapabilityFactory, ReferenceFactory, SupplierFactory
from tests.introductions.test_views import words

pytestmark = pytest.mark.django_db


def compare(browser, shortlist, *suppliers):
    address = reverse("shortlist-compare", kwargs={"pk": shortlist.pk})
    return browser.get(address, {"supplier": [getattr(supplier, "pk", supplier) for supplier in suppliers]})


def certify(supplier, scheme="Womens Own"):
    made, _ = Scheme.objects.get_or_create(name=scheme, slug="womens-own", issuer="The Issuer")
    today = timezone.localdate()
    return Certification.objects.create(
        supplier=supplier,
        scheme=made,
        tier="certified",
        number=f"N{supplier.pk}",
        valid_from=today,
        valid_until=today + timedelta(days=90),
        published_at=timezone.now(),
    )


def share_document(supplier, **fields):
    said = {
        "kind": "insurance",
        "title": "Liability cover",
        "valid_until": timezone.localdate(),
        "audience": "members",
        "stored_as": f"file{Document.objects.count()}",
        "size": 1,
        "sha256": f"{Document.objects.count():064x}",
    }
    return Document.objects.create(supplier=supplier, **(said | fields))


@pytest.fixture
def firm(company):
    supplier = SupplierFactory(
        listed=True,
        organisation__name="Atlas",
        organisation__town="Leeds",
        languages=["tr"],
        regions=["UKE4"],
        size_band="small",
        turnover_band="2m",
        founded_year=1998,
        largest_contract=12_345_600,
        largest_contract_currency="GBP",
        confirmed_on=timezone.localdate(),
    )
    ShortlistEntryFactory(shortlist=ShortlistFactory(buyer=company), supplier=supplier)
    return supplier


def test_each_fact_of_a_firm_has_its_row(as_user, omar, firm):
    ReferenceFactory(supplier=firm)
    ReferenceFactory(supplier=firm, is_private=True)
    share_document(firm)
    share_document(firm, audience="private", title="Secret accounts")
    share_document(firm, valid_until=timezone.localdate() - timedelta(days=1), title="Old cover")
    certify(firm)

    page = words(compare(as_user(omar), firm.shortlist_entries.get().shortlist, firm))

    for expected in ("Leeds, United Kingdom", "Turkish", "West Yorkshire", "123,456 GBP", "1998", "Liability cover"):
        assert expected in page
    assert "References 1" in page
    assert "Certified by The Issuer" in page
    assert "Secret accounts" not in page
    assert "Old cover" not in page


def test_a_contracting_authority_compares_without_evidence(as_user, amina, city):
    supplier = SupplierFactory(listed=True)
    certify(supplier)
    shortlist = ShortlistEntryFactory(shortlist__buyer=city, supplier=supplier).shortlist

    pages = [
        words(compare(as_user(amina), shortlist, supplier)),
        words(as_user(amina).get(shortlist.get_absolute_url())),
    ]

    for page in pages:
        assert str(supplier) in page
        assert "Evidence" not in page
        assert "Certified" not in page
        assert "Womens Own" not in page


def test_shared_services_come_first_and_are_marked():
    one, two = SupplierFactory(), SupplierFactory()
    for supplier, codes in ((one, ["15811000", "90911200"]), (two, ["79530000", "90911200"])):
        for code in codes:
            CapabilityFactory(supplier=supplier, cpv=code)

    first, second = service_cells([one, two], "en")

    assert [line.is_shared for line in first] == [line.is_shared for line in second] == [True, False]
    assert first[0].words == second[0].words
    assert [line.is_shared for line in service_cells([one], "en")[0]] == [False, False]


def test_no_more_than_four_stand_side_by_side(as_user, omar, company):
    shortlist = ShortlistFactory(buyer=company)
    firms = [ShortlistEntryFactory(shortlist=shortlist).supplier for _ in range(5)]

    response = compare(as_user(omar), shortlist, *firms)

    assert response.context["suppliers"] == firms[:4]
    assert "Here are the first 4" in words(response)


def test_what_is_not_on_the_list_or_not_listed_is_passed_over(as_user, omar, firm):
    shortlist = firm.shortlist_entries.get().shortlist
    hidden = ShortlistEntryFactory(shortlist=shortlist).supplier
    Supplier.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    elsewhere = SupplierFactory(listed=True)

    response = compare(as_user(omar), shortlist, "x", "", "-1", "9" * 40, "²", hidden, elsewhere, firm, firm)

    assert response.context["suppliers"] == [firm]


def test_nothing_marked_is_a_page_that_helps(as_user, omar, firm):
    response = compare(as_user(omar), firm.shortlist_entries.get().shortlist)

    assert response.status_code == 200
    assert "Mark the firms first" in words(response)
