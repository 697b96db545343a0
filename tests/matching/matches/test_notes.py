"""Notes beside a score: what either side should know, and nothing that gives points."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.matching.matches import notes
from suppliers.evidence.models import Certification, Scheme
from tests.factories.calls import CallFactory, minute
from tests.factories.files import DocumentFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def for_firm(call, supplier, *, meets_evidence=True):
    papers = notes.own_papers(supplier)
    found = notes.for_firm(call, call.lots.first(), supplier, papers, meets_evidence=meets_evidence)
    return [note.words.replace("\xa0", " ") for note in found]


def certified(supplier, tier, **fields):
    scheme = Scheme.objects.create(name="Weighed", slug="weighed", issuer="Weighers")
    dates = {"valid_from": timezone.localdate(), "published_at": timezone.now()}
    Certification.objects.create(supplier=supplier, scheme=scheme, tier=tier, **(dates | fields))


@pytest.mark.parametrize(
    ("largest", "currency", "is_noted"),
    [
        (10_000_00, "EUR", False),
        (9_999_00, "EUR", True),
        (8_000_00, "GBP", False),
        (5_000_00, "GBP", True),
        (1_00, "XXX", False),
        (None, "", False),
    ],
)
def test_capacity_is_compared_in_one_currency_or_roughly_in_two(largest, currency, is_noted):
    call = CallFactory(currency="EUR", lots__value_from=10_000_00)
    supplier = SupplierFactory(largest_contract=largest, largest_contract_currency=currency)

    said = for_firm(call, supplier)

    assert bool(said) is is_noted
    assert all("rounded rates" in words for words in said) is (currency == "GBP" or not is_noted)


def test_a_value_that_is_not_disclosed_is_above_nothing():
    assert for_firm(CallFactory(), SupplierFactory(largest_contract=1, largest_contract_currency="EUR")) == []


def test_of_a_range_the_lower_end_counts():
    call = CallFactory(lots__value_from=5_000_00, lots__value_to=50_000_00)

    assert for_firm(call, SupplierFactory(largest_contract=6_000_00, largest_contract_currency="EUR")) == []


def test_a_language_is_missed_only_where_the_firm_names_others():
    call = CallFactory(response_languages=["fr-be", "nl"])

    assert "French, Dutch" in for_firm(call, SupplierFactory(languages=["en"]))[0]
    assert for_firm(call, SupplierFactory(languages=["nl"])) == []
    assert for_firm(call, SupplierFactory(languages=[])) == []


def test_an_insurance_that_ends_before_the_deadline_is_noted_unless_a_later_one_is_there():
    call, supplier = CallFactory(response_deadline=minute(days=14)), SupplierFactory()
    today = timezone.localdate()
    DocumentFactory(supplier=supplier, kind="insurance", title="Old", valid_until=today + timedelta(days=3))
    assert "“Old” ends on" in for_firm(call, supplier)[0]

    DocumentFactory(supplier=supplier, kind="insurance", title="New", valid_until=today + timedelta(days=90))
    assert for_firm(call, supplier) == []


def test_evidence_is_noted_where_it_is_asked_and_a_stronger_one_will_do():
    call, supplier = CallFactory(evidence_tiers=["documented"]), SupplierFactory()
    assert for_firm(call, supplier) == ["They ask for evidence: Proof seen by our staff. Your profile shows none."]
    assert for_firm(call, supplier, meets_evidence=False) == []
    assert for_firm(CallFactory(), supplier) == []

    certified(supplier, "self_declared")
    assert for_firm(call, supplier)[0].endswith("Yours is: Said by the firm.")
    Certification.objects.update(tier="certified", number="7", valid_until=timezone.localdate() + timedelta(days=9))
    assert for_firm(call, supplier) == []


def test_what_is_not_published_or_over_does_not_count_as_evidence():
    call, supplier = CallFactory(evidence_tiers=["documented"]), SupplierFactory()
    certified(supplier, "documented", published_at=None)
    assert "shows none" in for_firm(call, supplier)[0]


def test_a_contracting_authority_is_told_nothing_of_evidence_even_if_the_row_asked():
    """The guard by itself: the database would refuse such a call."""
    call = CallFactory(authority=True)
    call.evidence_tiers = ["documented"]

    assert for_firm(call, SupplierFactory()) == []
    assert notes.for_buyer(call, call.lots.first(), SupplierFactory(), set()) == []
    call.buyer_kind = "company"
    assert len(notes.for_buyer(call, call.lots.first(), SupplierFactory(), set())) == 1
