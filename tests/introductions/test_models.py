import pytest
from django.db import IntegrityError
from django.utils import timezone

from marketplace.introductions.models import Shortlist, ShortlistEntry
from tests.factories.introductions import BuyerFactory, ShortlistEntryFactory, ShortlistFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def test_a_buyer_has_one_list_of_a_name_whatever_its_capitals():
    shortlist = ShortlistFactory(name="Catering")
    ShortlistFactory(name="Catering")

    with pytest.raises(IntegrityError, match="shortlist_name_once_per_buyer"):
        ShortlistFactory(buyer=shortlist.buyer, name="CATERING")


def test_a_list_has_a_name():
    with pytest.raises(IntegrityError, match="shortlist_has_a_name"):
        ShortlistFactory(name="")


def test_a_list_holds_a_firm_once():
    entry = ShortlistEntryFactory()

    with pytest.raises(IntegrityError, match="shortlist_holds_a_supplier_once"):
        ShortlistEntryFactory(shortlist=entry.shortlist, supplier=entry.supplier)


def test_a_firm_that_hides_is_counted_as_gone_and_comes_back():
    entry = ShortlistEntryFactory()
    ShortlistEntryFactory(shortlist=entry.shortlist)
    type(entry.supplier).objects.filter(pk=entry.supplier.pk).update(hidden_at=timezone.now())

    shortlist = Shortlist.objects.with_counts().get()

    assert (shortlist.firms, shortlist.gone) == (1, 1)
    assert not ShortlistEntry.objects.listed().filter(pk=entry.pk).exists()
    type(entry.supplier).objects.filter(pk=entry.supplier.pk).update(hidden_at=None)
    assert ShortlistEntry.objects.listed().filter(pk=entry.pk).exists()


def test_lists_belong_to_the_organisation_that_keeps_them():
    mine = ShortlistFactory()
    ShortlistFactory(buyer=BuyerFactory())

    assert list(Shortlist.objects.kept_by(mine.buyer.organisation)) == [mine]


def test_each_list_says_whether_it_holds_a_firm():
    entry = ShortlistEntryFactory()
    other = ShortlistFactory(buyer=entry.shortlist.buyer)

    holds = dict(Shortlist.objects.with_mark_of(entry.supplier).values_list("pk", "holds"))

    assert holds == {entry.shortlist.pk: True, other.pk: False}
    assert not Shortlist.objects.with_mark_of(SupplierFactory()).filter(holds=True).exists()
