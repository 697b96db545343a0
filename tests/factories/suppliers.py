import factory
from django.utils import timezone

from suppliers.models import Supplier
from tests.factories.accounts import OrganisationFactory


class SupplierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Supplier

    class Params:
        waiting = factory.Trait(submitted_at=factory.LazyFunction(timezone.now))
        listed = factory.Trait(
            submitted_at=factory.LazyFunction(timezone.now), listed_at=factory.LazyFunction(timezone.now)
        )

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda number: f"supplier-{number}")
