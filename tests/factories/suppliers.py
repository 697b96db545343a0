import factory
from django.utils import timezone

from suppliers.models import Capability, Reference, Supplier
from tests.factories.accounts import OrganisationFactory


class SupplierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Supplier
        skip_postgeneration_save = True

    class Params:
        waiting = factory.Trait(submitted_at=factory.LazyFunction(timezone.now))
        listed = factory.Trait(
            submitted_at=factory.LazyFunction(timezone.now), listed_at=factory.LazyFunction(timezone.now)
        )
        hidden = factory.Trait(listed=True, hidden_at=factory.LazyFunction(timezone.now))
        suspended = factory.Trait(listed=True, suspended_at=factory.LazyFunction(timezone.now))
        #: All that must be there before it can be sent.
        ready = factory.Trait(
            summary="We clean offices and shops before they open.",
            regions=["UKE4"],
            languages=["en"],
            organisation__town="Leeds",
            offers=["90911200"],
        )

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda number: f"supplier-{number}")

    @factory.post_generation
    def offers(self, create, codes, **kwargs):
        """`offers=["90911200"]`: the services it names."""
        for code in codes or []:
            CapabilityFactory(supplier=self, cpv=code)


class CapabilityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Capability

    supplier = factory.SubFactory(SupplierFactory)
    cpv = "90911200"


class ReferenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reference

    supplier = factory.SubFactory(SupplierFactory)
    title = factory.Sequence(lambda number: f"Cleaning of school {number}")
    buyer_name = "City of Leeds"
    year = 2025


def supplier_of(organisation, **fields):
    """The organisation's supplier, made as the factory makes it unless it is there already."""
    return Supplier.objects.filter(organisation=organisation).first() or SupplierFactory(
        organisation=organisation, **fields
    )
