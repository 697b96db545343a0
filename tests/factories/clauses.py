import factory

from marketplace.calls.clauses.models import ChosenClause, Clause, Reading
from tests.factories.calls import CallFactory
from tests.factories.law import JurisdictionFactory


class ClauseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Clause

    class Params:
        reviewed = factory.Trait(reviewed_by="Maître Roux, Lyon", reviewed_on=factory.Faker("past_date"))

    code = factory.Sequence(lambda number: f"clause-{number}")
    jurisdiction = factory.LazyFunction(lambda: JurisdictionFactory(code="eu"))
    stage = "performance_condition"
    titles = {"en": "Prompt payment", "fr": "Paiement rapide"}
    texts = {"en": "Each invoice is paid within 30 days.", "fr": "Chaque facture est payée en 30 jours."}
    legal_basis = "Directive 2014/24/EU, Article 70"
    subject_checks = {"en": "Is anybody paid under it?", "fr": "Quelqu’un est-il payé ?"}
    indicators = {"en": "Days until payment", "fr": "Jours avant paiement"}


class ChosenClauseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChosenClause

    call = factory.SubFactory(CallFactory)
    clause = factory.SubFactory(ClauseFactory)
    title = factory.LazyAttribute(lambda chosen: chosen.clause.titles["en"])
    text = factory.LazyAttribute(lambda chosen: chosen.clause.texts["en"])
    link_to_subject = "Cleaning firms here pay their people by the week."


class ReadingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reading

    chosen = factory.SubFactory(ChosenClauseFactory)
    period_from = "2026-01-01"
    period_until = "2026-03-31"
    value = 17
