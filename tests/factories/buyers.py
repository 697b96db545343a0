import factory
from django.utils import timezone

from buyers.models import Buyer
from tests.factories.accounts import OrganisationFactory


class BuyerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Buyer

    class Params:
        authority = factory.Trait(kind=Buyer.Kind.CONTRACTING_AUTHORITY)
        central = factory.Trait(authority=True, is_central=True)
        cleared = factory.Trait(cleared_at=factory.LazyFunction(timezone.now))
        #: Asked, and staff have not answered.
        waiting = factory.Trait(clearance_asked_at=factory.LazyFunction(timezone.now))
        refused = factory.Trait(
            waiting=True, refused_at=factory.LazyFunction(timezone.now), refused_because="Nobody knows this office."
        )

    organisation = factory.SubFactory(OrganisationFactory)
    kind = Buyer.Kind.COMPANY
    slug = factory.Sequence(lambda number: f"buyer-{number}")
