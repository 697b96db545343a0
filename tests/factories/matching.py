import factory

from marketplace.matching.models import SavedSearch
from tests.factories.accounts import OrganisationFactory, UserFactory


class SavedSearchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SavedSearch

    organisation = factory.SubFactory(OrganisationFactory)
    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda number: f"Search {number}")
    query = factory.Sequence(lambda number: f"q=word{number}")
