"""Notices as the parsers give them, and rows of the room of notices."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from marketplace.calls.feeds import notice as said
from marketplace.calls.notices.models import BuyerKey, Notice, NoticeSource, Run, RunLine, Visit
from tests.factories.buyers import BuyerFactory

OFFICIAL = "https://notices.example/17"


def moment(**ahead):
    """A full minute that lies so far ahead, as a source writes it in UTC."""
    at = (timezone.now() + timedelta(**ahead)).astimezone(UTC).replace(second=0, microsecond=0)
    return said.Moment(at)


def said_body(**fields):
    known = {"name": "Northmoor Council", "country": "GB", "town": "Northmoor", "region": "UKE4"}
    return said.Body(**known | fields)


def said_lot(identifier="1", **fields):
    known = {"title": f"Lot {identifier}", "cpv": ("90911200",), "regions": ("UKE42",)}
    return said.NoticeLot(identifier=identifier, **known | fields)


def said_notice(**fields):
    """A whole notice of a call that is open for two weeks, published yesterday."""
    known = {
        "form": said.Form.OCDS,
        "kind": said.Kind.CALL,
        "procedure": "ocds-abc123-17",
        "identifier": "ocds-abc123-17-1",
        "version": "",
        "published_at": timezone.now().replace(microsecond=0) - timedelta(days=1),
        "language": "en",
        "title": "Cleaning of schools",
        "description": "Four primary schools are cleaned every evening.",
        "buyers": (said_body(),),
        "lots": (said_lot(),),
        "amount": said.Amount(high=Decimal("120000"), currency="GBP"),
        "response_deadline": moment(days=14),
        "method": "open",
        "contract": "services",
        "reference": "NC/17",
        "official_url": OFFICIAL,
    }
    return said.Notice(**known | fields)


def newer(notice, **fields):
    """The next notice of the same procedure, published an hour later."""
    from dataclasses import replace

    later = {"identifier": f"{notice.identifier}+", "published_at": notice.published_at + timedelta(hours=1)}
    return replace(notice, **later | fields)


def of_year(year, month=5, day=1, hour=12):
    return datetime(year, month, day, hour, tzinfo=UTC)


class NoticeSourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NoticeSource

    class Params:
        #: Fetched on the clock, and due.
        on = factory.Trait(
            address="https://notices.example/all", is_on=True, next_fetch_at=factory.LazyFunction(timezone.now)
        )

    key = factory.Sequence(lambda number: f"source-{number}")
    name = factory.Sequence(lambda number: f"Portal {number}")


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    class Params:
        over = factory.Trait(ended_at=factory.LazyFunction(timezone.now))

    source = factory.SubFactory(NoticeSourceFactory, on=True)
    began_at = factory.LazyFunction(timezone.now)


class NoticeFactory(factory.django.DjangoModelFactory):
    """A row that did nothing, or with `call=` and `effect=` what it did."""

    class Meta:
        model = Notice

    source = factory.SubFactory(NoticeSourceFactory)
    identifier = factory.Sequence(lambda number: f"notice-{number}")
    procedure = factory.Sequence(lambda number: f"procedure-{number}")
    form = "ocds"
    kind = "call"
    title = "Cleaning of schools"
    published_at = factory.LazyFunction(timezone.now)
    official_url = OFFICIAL
    digest = "0" * 64


class RunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Run

    class Params:
        finished = factory.Trait(finished_at=factory.LazyFunction(timezone.now))

    source = factory.SubFactory(NoticeSourceFactory)
    file_name = "notices.json"


class RunLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RunLine

    run = factory.SubFactory(RunFactory, finished=True)
    number = factory.Sequence(lambda number: number + 1)
    place = "notices.json, release 1"
    outcome = "reported"
    reasons = factory.LazyFunction(lambda: [["no-title", {}]])


class UnclaimedBuyerFactory(BuyerFactory):
    """A contracting authority that came with a notice."""

    class Meta:
        skip_postgeneration_save = True

    class Params:
        authority = factory.Trait(kind="contracting_authority")

    kind = "contracting_authority"

    @factory.post_generation
    def keys(self, create, extracted, **kwargs):
        if create:
            BuyerKey.objects.create(buyer=self, key=f"name:GB:{self.slug}")
