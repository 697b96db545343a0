from datetime import timedelta

import factory
from django.utils import timezone

from marketplace.calls.questions.models import Question
from tests.factories.accounts import OrganisationFactory
from tests.factories.calls import CallFactory


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    class Params:
        answered = factory.Trait(
            answer="Yes, on Wednesdays.", answered_at=factory.LazyAttribute(lambda row: row.asked_at)
        )

    call = factory.SubFactory(CallFactory, published=True)
    text = factory.Sequence(lambda number: f"May we visit school {number}?")
    language = "en"
    asked_for = factory.SubFactory(OrganisationFactory)
    asked_at = factory.LazyAttribute(lambda row: min(timezone.now(), row.call.response_deadline - timedelta(hours=2)))
