import factory

from buyers.models import Buyer
from marketplace.introductions.models import Shortlist, ShortlistEntry
from tests.factories.accounts import OrganisationFactory
from tests.factories.suppliers import SupplierFactory


class BuyerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Buyer

    class Params:
        authority = factory.Trait(kind=Buyer.Kind.CONTRACTING_AUTHORITY)

    organisation = factory.SubFactory(OrganisationFactory)
    kind = Buyer.Kind.COMPANY
    slug = factory.Sequence(lambda number: f"buyer-{number}")


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
