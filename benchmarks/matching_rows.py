"""A world of `matching_world` in the product's own tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from benchmarks.matching_world import Ask, Firm, World
from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.calls.board import rows as board_rows
from marketplace.calls.models import Call, Lot
from marketplace.core import copying
from suppliers.directory import rows as directory_rows
from suppliers.models import Capability, Supplier


@dataclass(frozen=True)
class Planted:
    """The numbers of the rows, in the order of the world's firms and calls."""

    suppliers: list[int]
    calls: list[int]


def plant(world: World) -> Planted:
    """Write the world into the product's tables, in the running transaction."""
    now = timezone.now()
    suppliers = _plant_firms(world.firms, now)
    for part in directory_rows.parts(suppliers):
        directory_rows.refresh(part)
    calls = _plant_calls(world.asks, now)
    board_rows.refresh(calls)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Planted(suppliers, calls)


def _plant_firms(firms: tuple[Firm, ...], now: datetime) -> list[int]:
    bodies = copying.copy_models(
        (Organisation(name=f"X {number}", country=firm.country) for number, firm in enumerate(firms)), are_keyed=True
    )
    suppliers = copying.copy_models(
        (
            Supplier(
                organisation=body,
                slug=f"firm-{body.pk}",
                summary=firm.summary[:1500],
                summary_language=firm.language,
                languages=[firm.language],
                regions=list(firm.regions),
                serves_europe=firm.is_all_over_europe,
                based_in=firm.based_in,
                submitted_at=now,
                listed_at=now,
                confirmed_on=now.date(),
            )
            for body, firm in zip(bodies, firms, strict=True)
        ),
        are_keyed=True,
    )
    copying.copy_models(
        Capability(supplier=supplier, cpv=code, words=words[:200], is_main=place == 0)
        for supplier, firm in zip(suppliers, firms, strict=True)
        for place, (code, words) in enumerate(firm.services)
    )
    return [supplier.pk for supplier in suppliers]


def _plant_calls(asks: tuple[Ask, ...], now: datetime) -> list[int]:
    lands = sorted({ask.country for ask in asks})
    bodies = copying.copy_models((Organisation(name="Northmoor", country=land) for land in lands), are_keyed=True)
    buyers = copying.copy_models(
        (Buyer(organisation=body, kind=Buyer.Kind.COMPANY, slug=f"buyer-{body.pk}", cleared_at=now) for body in bodies),
        are_keyed=True,
    )
    by_land = dict(zip(lands, buyers, strict=True))
    due = now + timedelta(days=30)
    calls = copying.copy_models(
        (
            Call(
                buyer=by_land[ask.country],
                buyer_kind=Buyer.Kind.COMPANY,
                slug=f"call-{by_land[ask.country].pk}-{place}",
                title=ask.title,
                description=ask.description,
                language=ask.language,
                zone="UTC",
                response_due_on=due.date(),
                response_due_time=due.time(),
                response_deadline=due,
                publish_at=now,
                announced_at=now,
            )
            for place, ask in enumerate(asks)
        ),
        are_keyed=True,
    )
    copying.copy_models(
        Lot(call=call, number=1, title=ask.title, cpv=list(ask.codes), regions=list(ask.regions))
        for call, ask in zip(calls, asks, strict=True)
    )
    return [call.pk for call in calls]
