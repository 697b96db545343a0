import factory
from django.utils import timezone

from marketplace.calls.amendments.models import Amendment
from tests.factories.calls import CallFactory


class AmendmentFactory(factory.django.DjangoModelFactory):
    """A record that the title changed; the call's own counters are left alone."""

    class Meta:
        model = Amendment

    call = factory.SubFactory(CallFactory, published=True)
    number = factory.LazyAttribute(lambda amendment: amendment.call.amendments.count() + 1)
    amended_at = factory.LazyFunction(timezone.now)
    is_material = False
    changes = [{"part": "title", "lot": None, "before": "Cleaning of school", "after": "Cleaning of schools"}]
