from datetime import timedelta

import factory
from django.utils import timezone

from suppliers.proposals.models import Partner, PartnerConsent, Proposal
from tests.factories.accounts import OrganisationFactory
from tests.factories.suppliers import SupplierFactory


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda number: f"partner-{number}")


class ProposalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Proposal

    class Params:
        asked = factory.Trait(
            email=factory.Sequence(lambda number: f"owner{number}@example.org"),
            asked_at=factory.LazyFunction(timezone.now),
            last_asked_at=factory.LazyFunction(timezone.now),
            times_asked=1,
        )
        lapsed = factory.Trait(
            created_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=31)),
            expires_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
        )
        accepted = factory.Trait(accepted_at=factory.LazyFunction(timezone.now))

    supplier = factory.SubFactory(SupplierFactory)
    name = factory.LazyAttribute(lambda proposal: proposal.supplier.organisation.name)
    language = "en"
    source = "The members’ list of 2026"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


class PartnerConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PartnerConsent

    partner = factory.SubFactory(PartnerFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    way = PartnerConsent.Way.LINK
    language = "en"
