from datetime import timedelta

import factory
from django.utils import timezone

from marketplace.calls.law.models import Jurisdiction, Reservation, Threshold


class ReviewedFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    source = "Directive 2014/24/EU"
    source_url = "https://eur-lex.europa.eu/eli/dir/2014/24/oj"
    reviewed_on = factory.LazyFunction(timezone.localdate)
    review_by = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))


class JurisdictionFactory(ReviewedFactory):
    """Its codes are of no law that the migrations bring, unless `code` is given: then that one is taken."""

    class Meta:
        model = Jurisdiction
        django_get_or_create = ["code"]

    class Params:
        #: Nothing has to stand on the official portal first.
        free = factory.Trait(is_official_first=False)

    code = factory.Sequence(lambda number: f"law{number}")
    names = factory.LazyAttribute(lambda law: {"en": f"Law {law.code}", "fr": f"Droit {law.code}"})


class ThresholdFactory(ReviewedFactory):
    class Meta:
        model = Threshold

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    amount = 221_000_00
    currency = "EUR"


class ReservationFactory(ReviewedFactory):
    class Meta:
        model = Reservation

    class Params:
        over = factory.Trait(in_force_until=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)))

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    code = factory.Sequence(lambda number: f"reservation-{number}")
    names = {"en": "Sheltered workshops", "fr": "Entreprises adaptées"}
    conditions = {"en": "At least 30 % of the workforce is disabled or disadvantaged."}
