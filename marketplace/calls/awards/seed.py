"""Of the demo's calls that are over most are decided: firms that could serve them responded here, one was chosen, the
others were told why.

Written as rows past the actions, so that nobody gets a mail about what never was; the database holds its rules.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from marketplace.accounts.models import Identifier
from marketplace.calls.awards.actions import standstill_of
from marketplace.calls.awards.models import Award, Feedback
from marketplace.calls.invented import WORDS, Words
from marketplace.calls.models import Call, Lot, Procedure
from marketplace.calls.responses import sealing
from marketplace.calls.responses.actions import opening_at
from marketplace.calls.responses.models import Response, Submission
from marketplace.calls.signals import calls_changed
from marketplace.core import demo, registry
from suppliers.models import Supplier, SupplierQuerySet

MOST = 60
#: Of the calls that are over the first are of those whom a visitor of the demo can be: two are awarded, the third ends
#: without result.
OF_VISITORS = 3
#: Of those who could serve a lot so many are thought of, and so many of them respond.
FIRMS, RESPONDING = 40, 3
#: In a call of a visitor, so that somebody was not chosen.
FEWEST = 2


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
    for place, call in enumerate(over.distinct().order_by("pk")[:MOST] if firms.exists() else []):
        own = Random(f"awards {call.slug}")
        if place < OF_VISITORS or own.random() < 0.6:
            _decide(own, call, firms.exclude(organisation=call.buyer.organisation_id), place, at)
        progress.update()
    return awarded.count()


def _firms() -> SupplierQuerySet:
    """The first is that of the visitor who owns one."""
    ours = Identifier.objects.filter(organisation=OuterRef("organisation"), scheme=demo.SCHEME)
    return Supplier.objects.listed().filter(Exists(ours)).select_related("organisation").order_by("pk")


def _decide(random: Random, call: Call, firms: SupplierQuerySet, place: int, at: datetime) -> None:
    words = WORDS[call.language]
    lots = list(call.lots.order_by("number"))
    able = {lot.pk: _able(random, lot, firms, is_of_visitor=place < OF_VISITORS) for lot in lots}
    responses: dict[int, list[Response]] = {}
    if call.is_answered_here:
        responses = {lot.pk: [_response(random, call, lot, firm, words) for firm in able[lot.pk]] for lot in lots}
        Call.objects.filter(pk=call.pk).update(opened_at=opening_at(call))
    decided_at = call.response_deadline + (at - call.response_deadline) * random.uniform(0.3, 0.9)
    for lot in lots:
        nobody = call.is_answered_here and not able[lot.pk]
        if nobody or place == OF_VISITORS - 1 or (place >= OF_VISITORS and random.random() < 0.15):
            _end_without(lot, responses.get(lot.pk, []), words, decided_at)
        elif call.is_answered_here:
            _award(random, call, lot, responses[lot.pk], words, decided_at)
        else:
            _award_elsewhere(random, call, lot, able[lot.pk], words, decided_at)
    _settle(call, words, decided_at)


def _able(random: Random, lot: Lot, firms: SupplierQuerySet, *, is_of_visitor: bool) -> list[Supplier]:
    """A few of those who offer what is asked for in that country, else anywhere. To the call of a visitor the owner's
    firm responds too, and in the smallest demos whoever there is."""
    land = sorted({code[:2] for code in lot.regions})
    near = list(firms.able_to_serve(lot.cpv, land)[:FIRMS] or firms.able_to_serve(lot.cpv, [])[:FIRMS])
    chosen = random.sample(near, min(len(near), RESPONDING))
    if not is_of_visitor:
        return chosen
    first = list(firms[:FEWEST])
    chosen = list(dict.fromkeys([*first[:1], *chosen]))
    return chosen if len(chosen) >= FEWEST else first


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


def _award(random: Random, call: Call, lot: Lot, responses: list[Response], words: Words, at: datetime) -> None:
    """For one of those who responded; the others are told why not."""
    winner = random.choice(responses)
    Feedback.objects.bulk_create(
        Feedback(response=response, words=random.choice(words.feedback), given_at=at)
        for response in responses
        if response is not winner
    )
    name = winner.supplier.organisation.name
    _record(call, lot, words, at, supplier=winner.supplier, name=name, response=winner, value=winner.price)


def _award_elsewhere(random: Random, call: Call, lot: Lot, able: list[Supplier], words: Words, at: datetime) -> None:
    """Responses went to a portal: to a firm of ours by its name, or to one that is not here."""
    firm = random.choice(able) if able else None
    name = firm.organisation.name if firm else demo.invented_name(random)
    _record(call, lot, words, at, supplier=firm, name=name, value=lot.value_to)


def _record(call: Call, lot: Lot, words: Words, at: datetime, **decided: Any) -> None:
    day = at.astimezone(ZoneInfo(call.zone)).date()
    until = standstill_of(call, day)
    Award.objects.create(
        lot=lot, words=words.awarded, decided_on=day, standstill_until=until, recorded_at=at, **decided
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
