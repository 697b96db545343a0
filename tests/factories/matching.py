import factory
from django.utils import timezone

from marketplace.matching.models import NewCall, SavedSearch, Told
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.board import shown


class SavedSearchFactory(factory.django.DjangoModelFactory):
    """Of the directory, without mails; with them its moment has come."""

    class Meta:
        model = SavedSearch

    class Params:
        calls = factory.Trait(kind="calls", query="")
        carry = factory.Trait(kind="carry", query="", name="Calls you can carry")

    organisation = factory.SubFactory(OrganisationFactory)
    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda number: f"Search {number}")
    query = factory.Sequence(lambda number: f"q=word{number}")
    alert = "none"
    next_at = factory.LazyAttribute(lambda search: None if search.alert == "none" else timezone.now())


class NewCallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NewCall

    call = factory.LazyFunction(shown)
    shown_at = factory.LazyAttribute(lambda new: new.call.announced_at)


class ToldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Told

    person = factory.SubFactory(UserFactory)
    call = factory.LazyFunction(shown)
