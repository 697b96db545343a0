import pytest

from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from suppliers.actions import hide_supplier, list_supplier
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def test_staff_put_a_waiting_supplier_on_show(stella):
    supplier = SupplierFactory(waiting=True)

    list_supplier(supplier, by=stella)

    assert supplier.is_listed
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject, entry.by) == ("supplier.listed", f"suppliers.supplier:{supplier.pk}", stella)


def test_a_supplier_that_did_not_ask_is_not_listed(stella):
    supplier = SupplierFactory()

    with pytest.raises(RuleBroken):
        list_supplier(supplier, by=stella)

    supplier.refresh_from_db()
    assert supplier.listed_at is None
    assert not AuditEntry.objects.exists()


def test_hiding_works_once_and_can_be_undone(omar):
    supplier = SupplierFactory(listed=True)

    hide_supplier(supplier, by=omar)
    assert not supplier.is_listed
    with pytest.raises(RuleBroken):
        hide_supplier(supplier, by=omar)
    list_supplier(supplier, by=omar)

    assert supplier.is_listed
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "supplier.hidden",
        "supplier.listed",
    ]


def test_listing_twice_is_refused(stella):
    supplier = SupplierFactory(listed=True)

    with pytest.raises(RuleBroken):
        list_supplier(supplier, by=stella)
