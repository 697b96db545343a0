from datetime import UTC, timedelta

import factory
from django.utils import timezone

from buyers.models import Buyer
from marketplace.calls.models import Call, Lot
from marketplace.core.moments import find_zone
from tests.factories.buyers import BuyerFactory
from tests.factories.law import JurisdictionFactory

ZONE = "Europe/London"
PORTAL = "https://portal.example/procedures/17"


def minute(**ahead):
    """A full minute that lies so far ahead, in UTC."""
    return (timezone.now() + timedelta(**ahead)).astimezone(UTC).replace(second=0, microsecond=0)


def wall(at, zone):
    return at.astimezone(find_zone(zone)).replace(tzinfo=None)


class CallFactory(factory.django.DjangoModelFactory):
    """A draft of a company, whole but for being published, with one lot (`lots=3`: three, `lots=0`: none).

    `response_deadline` and `question_deadline` are instants; their days and times of day follow in `zone`.
    """

    class Meta:
        model = Call
        skip_postgeneration_save = True

    class Params:
        authority = factory.Trait(buyer=factory.SubFactory(BuyerFactory, cleared=True, authority=True))
        published = factory.Trait(
            publish_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1)),
            announced_at=factory.SelfAttribute("publish_at"),
        )
        scheduled = factory.Trait(publish_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=1)))
        #: The deadline has come; nothing is opened or decided.
        closed = factory.Trait(
            publish_at=factory.LazyAttribute(lambda call: call.response_deadline - timedelta(days=21)),
            announced_at=factory.SelfAttribute("publish_at"),
            response_deadline=factory.LazyFunction(lambda: minute(minutes=-10)),
        )
        opened = factory.Trait(
            closed=True, route="here", opened_at=factory.LazyAttribute(lambda call: call.response_deadline)
        )
        withdrawn = factory.Trait(
            published=True, withdrawn_at=factory.LazyFunction(timezone.now), ended_because="It named the wrong year."
        )
        cancelled = factory.Trait(
            published=True, cancelled_at=factory.LazyFunction(timezone.now), ended_because="The money is gone."
        )
        members_only = factory.Trait(audience="members")
        #: Responses are taken here, whatever the kind of buyer.
        here = factory.Trait(route="here", portal_url="")

    buyer = factory.SubFactory(BuyerFactory, cleared=True)
    buyer_kind = factory.SelfAttribute("buyer.kind")
    slug = factory.Sequence(lambda number: f"call-{number}")
    title = factory.Sequence(lambda number: f"Cleaning of schools {number}")
    description = "Four primary schools are cleaned every evening."
    zone = ZONE
    response_deadline = factory.LazyFunction(lambda: minute(days=14))
    question_deadline = None

    @factory.lazy_attribute
    def jurisdiction(self):
        return JurisdictionFactory(code="eu") if self.buyer.kind == Buyer.Kind.CONTRACTING_AUTHORITY else None

    @factory.lazy_attribute
    def route(self):
        return "portal" if self.buyer.kind == Buyer.Kind.CONTRACTING_AUTHORITY else "here"

    portal_url = factory.LazyAttribute(lambda call: PORTAL if call.route == "portal" else "")
    response_due_on = factory.LazyAttribute(
        lambda call: call.response_deadline and wall(call.response_deadline, call.zone).date()
    )
    response_due_time = factory.LazyAttribute(
        lambda call: call.response_deadline and wall(call.response_deadline, call.zone).time()
    )
    question_due_on = factory.LazyAttribute(
        lambda call: call.question_deadline and wall(call.question_deadline, call.zone).date()
    )
    question_due_time = factory.LazyAttribute(
        lambda call: call.question_deadline and wall(call.question_deadline, call.zone).time()
    )

    @factory.post_generation
    def lots(self, create, extracted, **kwargs):
        """`lots=3`, and what is the same in each: `lots__cpv=["45000000"]`."""
        if create:
            for number in range(1, (1 if extracted is None else extracted) + 1):
                LotFactory(call=self, number=number, **kwargs)


class LotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lot

    class Params:
        cancelled = factory.Trait(
            cancelled_at=factory.LazyFunction(timezone.now), ended_because="Nobody needs it any more."
        )

    call = factory.SubFactory(CallFactory, lots=0)
    number = factory.LazyAttribute(lambda lot: lot.call.lots.count() + 1)
    title = factory.LazyAttribute(lambda lot: f"Lot {lot.number}")
    cpv = factory.LazyFunction(lambda: ["90911200"])
    regions = factory.LazyFunction(lambda: ["UKE4"])
