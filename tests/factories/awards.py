import factory
from django.utils import timezone

from marketplace.calls.awards.models import Award, Feedback
from tests.factories.calls import LotFactory


class AwardFactory(factory.django.DjangoModelFactory):
    """Where responses went to the official portal: a firm by its name."""

    class Meta:
        model = Award

    lot = factory.SubFactory(LotFactory, call__closed=True, call__authority=True)
    name = "Baobab Facility"
    words = "The best of three."
    decided_on = factory.LazyFunction(timezone.localdate)


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Feedback

    words = "Your night team convinced us, your price did not."
