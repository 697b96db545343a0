import factory

from marketplace.matching import scoring
from marketplace.matching.matches.dealing import turn_of
from marketplace.matching.matches.models import Match, SetAside
from tests.factories.board import shown
from tests.factories.directory import found_supplier


class MatchFactory(factory.django.DjangoModelFactory):
    """An open call with a listed firm that offers just what it asks for, where it asks for it: 85 of 100."""

    class Meta:
        model = Match

    call = factory.LazyFunction(shown)
    supplier = factory.LazyFunction(lambda: found_supplier("90911200", regions=["UKE4"]))
    lot = factory.LazyAttribute(lambda match: match.call.lots.first())
    cpv = scoring.CPV_MOST
    region = scoring.REGION_MOST
    words = 0
    turn = factory.LazyAttribute(lambda match: turn_of(match.call.pk, match.supplier.pk))
    version = scoring.VERSION


class SetAsideFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SetAside

    supplier = factory.LazyFunction(lambda: found_supplier("90911200", regions=["UKE4"]))
    call = factory.LazyFunction(shown)
    lot = factory.LazyAttribute(lambda said: said.call.lots.first())
    reason = SetAside.Reason.NOT_NOW
