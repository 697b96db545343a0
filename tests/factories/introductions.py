import factory

from marketplace.introductions.models import Shortlist, ShortlistEntry
from tests.factories.buyers import BuyerFactory
from tests.factories.suppliers import SupplierFactory


class ShortlistFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Shortlist

    buyer = factory.SubFactory(BuyerFactory)
    name = factory.Sequence(lambda number: f"List {number}")


class ShortlistEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShortlistEntry

    shortlist = factory.SubFactory(ShortlistFactory)
    supplier = factory.SubFactory(SupplierFactory, listed=True)
