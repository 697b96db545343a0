"""Of the demo's calls that are over most are decided: firms responded here, one was chosen, the others were told why.

Written as rows past the actions, so that nobody gets a mail about what never was; the database holds its rules.
"""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from marketplace.calls.awards.actions import standstill_of
from marketplace.calls.awards.models import Award, Feedback
from marketplace.calls.invented import WORDS, Words
from marketplace.calls.models import Call, Lot, Procedure
from marketplace.calls.responses import sealing
from marketplace.calls.responses.actions import opening_at
from marketplace.calls.responses.models import Response, Submission
from marketplace.calls.signals import calls_changed
from marketplace.core import demo, registry
from suppliers.models import Supplier

MOST = 60
#: Of the calls that are over the first are of those whom a visitor of the demo can be: two are awarded, the third ends
#: without result.
OF_VISITORS = 3
FIRMS = 40


def plant_awards(random: Random, amounts, progress) -> int:
    """Those that are over on the day of the first run; a second run adds none. Returns how many are awarded."""
    progress.reset(total=MOST)
    ours = Call.objects.filter(buyer__organisation__identifiers__scheme=demo.SCHEME)
    awarded = ours.exclude(awarded_at=None).distinct()
    if awarded.exists():
        return awarded.count()
    at = timezone.now()
    over = ours.published(at).running().filter(opened_at=None, response_deadline__lt=at - timedelta(days=1))
    over = over.exclude(procedure=Procedure.MARKET_QUESTION).select_related("buyer", "jurisdiction")
    firms = _firms()
    for place, call in enumerate(over.distinct().order_by("pk")[:MOST]):
        own = Random(f"awards {call.slug}")
        others = [firm for firm in firms if firm.organisation_id != call.buyer.organisation_id]
        if others and (place < OF_VISITORS or own.random() < 0.6):
            _decide(own, call, others, place, at)
        progress.update()
    return awarded.count()


def _firms() -> list[Supplier]:
    """The first is that of the visitor who owns one."""
    ours = Supplier.objects.listed().filter(organisation__identifiers__scheme=demo.SCHEME)
    return list(ours.select_related("organisation").distinct().order_by("pk")[:FIRMS])


def _decide(random: Random, call: Call, firms: list[Supplier], place: int, at: datetime) -> None:
    words = WORDS[call.language]
    lots = list(call.lots.order_by("number"))
    responses: dict[int, list[Response]] = {}
    if call.is_answered_here:
        for lot in lots:
            chosen = random.sample(firms, min(len(firms), 3))
            if place < OF_VISITORS:
                chosen = list(dict.fromkeys([firms[0], *chosen]))
            responses[lot.pk] = [_response(random, call, lot, firm, words) for firm in chosen]
        Call.objects.filter(pk=call.pk).update(opened_at=opening_at(call))
    decided_at = call.response_deadline + (at - call.response_deadline) * random.uniform(0.3, 0.9)
    for lot in lots:
        if place == OF_VISITORS - 1 or (place >= OF_VISITORS and random.random() < 0.15):
            _end_without(lot, responses.get(lot.pk, []), words, decided_at)
        else:
            _award(random, call, lot, responses.get(lot.pk), firms, words, decided_at)
    _settle(call, words, decided_at)


def _response(random: Random, call: Call, lot: Lot, firm: Supplier, words: Words) -> Response:
    """Handed over some days before the deadline, with a price below the upper value."""
    most = lot.value_to or 4_000_000
    took = call.response_deadline - call.publish_at
    received_at = call.publish_at + took * random.uniform(0.4, 0.95)
    response = Response.objects.create(
        lot=lot,
        supplier=firm,
        message=random.choice(words.offer),
        price=int(most * random.uniform(0.7, 0.98)) // 100 * 100,
        begun_at=received_at,
        changed_at=received_at,
    )
    Submission.objects.create(
        response=response,
        number=1,
        received_at=received_at,
        message=response.message,
        price=response.price,
        sha256=sealing.digest_of(response.pk, message=response.message, price=response.price, files=[]),
        confirmed_for=call.material_number,
    )
    return response


def _end_without(lot: Lot, responses: list[Response], words: Words, at: datetime) -> None:
    Feedback.objects.bulk_create(
        Feedback(response=response, words=words.feedback[-1], given_at=at) for response in responses
    )
    Lot.objects.filter(pk=lot.pk).update(unsuccessful_at=at, ended_because=words.unsuccessful)


def _award(
    random: Random,
    call: Call,
    lot: Lot,
    responses: list[Response] | None,
    firms: list[Supplier],
    words: Words,
    at: datetime,
) -> None:
    """For one of those who responded; where responses went to a portal, for a firm by its name."""
    winner = random.choice(responses) if responses else None
    firm = winner.supplier if winner else random.choice(firms)
    day = at.astimezone(ZoneInfo(call.zone)).date()
    Feedback.objects.bulk_create(
        Feedback(response=response, words=random.choice(words.feedback), given_at=at)
        for response in responses or []
        if response is not winner
    )
    Award.objects.create(
        lot=lot,
        supplier=firm,
        name=firm.organisation.name,
        response=winner,
        value=winner.price if winner else lot.value_to,
        words=words.awarded,
        decided_on=day,
        standstill_until=standstill_of(call, day),
        recorded_at=at,
    )
    Lot.objects.filter(pk=lot.pk).update(awarded_at=at)


def _settle(call: Call, words: Words, at: datetime) -> None:
    """The call ends with the last of its lots, and its row in the list follows."""
    ending = {"unsuccessful_at": at, "ended_because": words.unsuccessful}
    if call.lots.exclude(awarded_at=None).exists():
        ending = {"awarded_at": at}
    Call.objects.filter(pk=call.pk).update(**ending, changed_at=at, version=F("version") + 1)
    calls_changed.send(sender=None, calls=[call.pk])


registry.seeds.register("awards", registry.Seed("awards", plant_awards, order=93))
