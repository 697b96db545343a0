from datetime import timedelta

import factory
from django.utils import timezone

from marketplace.billing.models import Entitlement, Grant
from tests.factories.accounts import OrganisationFactory


class GrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grant

    class Params:
        lapsed = factory.Trait(
            valid_from=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30)),
            valid_until=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)),
        )
        everything = factory.Trait(entitlements=Entitlement.values)

    organisation = factory.SubFactory(OrganisationFactory)
    entitlements = [Entitlement.DIRECTORY]
    reason = "Pilot"
