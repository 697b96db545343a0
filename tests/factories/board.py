import factory

from marketplace.calls.board.models import SavedCall
from marketplace.calls.board.rows import refresh
from tests.factories.accounts import UserFactory
from tests.factories.calls import CallFactory


def shown(**fields):
    """A published call with its row in the list."""
    call = CallFactory(**({"published": True} | fields))
    refresh([call.pk])
    return call


class SavedCallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SavedCall

    person = factory.SubFactory(UserFactory)
    call = factory.LazyFunction(shown)
