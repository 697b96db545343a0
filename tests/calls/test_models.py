"""Every sentence that the database holds of calls and lots, broken on purpose; and where a call stands when."""

from datetime import datetime, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from buyers.models import Buyer
from marketplace.calls.models import Call, Status
from tests.calls.guards import breaks, change, without
from tests.factories.accounts import RepresentativeFactory
from tests.factories.billing import GrantFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, LotFactory, minute
from tests.factories.law import JurisdictionFactory, ReservationFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()

# --- What one row must say --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("call_has_an_address", {"slug": ""}),
        ("call_has_a_title", {"title": ""}),
        ("call_asks_for_known_tiers", {"evidence_tiers": ["hearsay"]}),
        ("call_has_a_known_procedure", {"procedure": "lottery"}),
        ("call_has_a_known_kind_of_contract", {"contract": "favours"}),
        ("call_has_a_known_audience", {"audience": "friends"}),
        ("call_has_a_known_route", {"route": "pigeon"}),
        ("call_has_a_currency", {"currency": "eur"}),
        ("call_contract_ends_after_it_begins", {"starts_on": "2027-02-01", "ends_on": "2027-01-31"}),
        ("call_response_deadline_is_one_moment", {"response_due_time": time(3, 3)}),
        ("call_response_deadline_is_one_moment", {"response_due_on": None}),
        ("call_response_deadline_is_one_moment", {"zone": "Asia/Tokyo"}),
        ("call_question_deadline_is_one_moment", {"question_due_time": time(3, 3)}),
        ("call_that_is_a_draft_has_no_history", {"announced_at": NOW}),
        ("call_that_is_a_draft_has_no_history", {"cancelled_at": NOW, "ended_because": "No money."}),
        ("call_material_amendment_is_an_amendment", {"material_number": 1}),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(rule, fields):
    call = CallFactory()

    with breaks(rule):
        change(call, **fields)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("call_that_is_published_is_whole", {"description": ""}),
        ("call_that_is_published_is_whole", {"route": "portal", "portal_url": ""}),
        ("call_that_ended_without_award_says_why", {"cancelled_at": NOW}),
        ("call_that_ended_without_award_says_why", {"withdrawn_at": NOW}),
        ("call_that_ended_without_award_says_why", {"unsuccessful_at": NOW}),
        ("call_has_one_ending", {"cancelled_at": NOW, "withdrawn_at": NOW, "ended_because": "Both."}),
        ("call_has_one_ending", {"awarded_at": NOW, "unsuccessful_at": NOW, "ended_because": "Both."}),
        ("call_is_opened_after_its_deadline", {"opened_at": NOW}),
    ],
)
def test_a_published_call_that_makes_no_sense_is_refused(rule, fields):
    call = CallFactory(published=True)

    with breaks(rule):
        change(call, **fields)


def test_a_call_is_published_before_its_deadline():
    call = CallFactory()

    with breaks("call_that_is_published_is_whole"):
        change(call, publish_at=call.response_deadline)


def test_a_call_answered_on_the_portal_is_never_opened_here():
    call = CallFactory(closed=True, route="portal", portal_url="https://portal.example/1")

    with breaks("call_is_opened_after_its_deadline"):
        change(call, opened_at=NOW)


def test_questions_end_before_responses_do():
    call = CallFactory(question_deadline=minute(days=7))
    late = minute(days=20)

    with breaks("call_questions_end_before_responses"):
        change(
            call,
            zone="UTC",
            question_deadline=late,
            question_due_on=late.date(),
            question_due_time=late.time(),
            response_due_on=call.response_deadline.date(),
            response_due_time=call.response_deadline.time(),
        )


@pytest.mark.parametrize("at", ["2026-03-29T00:30+00:00", "2026-10-25T00:30+00:00", "2026-10-25T01:30+00:00"])
def test_the_wall_time_of_a_deadline_agrees_on_the_nights_of_the_clock_change_too(at):
    moment = datetime.fromisoformat(at)
    call = CallFactory(zone="Europe/Paris", response_deadline=moment)
    with breaks("call_response_deadline_is_one_moment"):
        change(call, response_deadline=moment + timedelta(minutes=7))


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("lot_number_begins_at_one", {"number": 0}),
        ("lot_has_a_title", {"title": ""}),
        ("lot_value_range_is_forward", {"value_from": 2, "value_to": 1}),
        ("lot_reservation_has_grounds", {"reservation_grounds": "Because."}),
        ("lot_has_one_ending", {"awarded_at": NOW, "cancelled_at": NOW, "ended_because": "Both."}),
        ("lot_that_ended_without_award_says_why", {"unsuccessful_at": NOW}),
    ],
)
def test_a_lot_that_makes_no_sense_is_refused(rule, fields):
    lot = LotFactory()

    with breaks(rule):
        change(lot, **fields)


def test_two_lots_of_a_call_never_have_one_number():
    call = CallFactory(lots=2)

    with breaks("lot_number_once_per_call"):
        call.lots.update(number=1)


# --- What several rows must say together -----------------------------------------------------------------------------


def test_a_call_knows_the_kind_of_its_buyer():
    with breaks("call_knows_the_kind_of_its_buyer"):
        CallFactory(buyer_kind=Buyer.Kind.CONTRACTING_AUTHORITY, jurisdiction=JurisdictionFactory())
    with breaks("call_is_of_a_known_kind_of_buyer"):
        without("calls_call", "call_holds")
        CallFactory(buyer_kind="club")


@pytest.mark.parametrize("fields", [{"evidence_tiers": ["certified"]}, {"audience": "members"}, {"jurisdiction": None}])
def test_an_authoritys_call_asks_no_evidence_is_for_everybody_and_stands_under_a_law(fields):
    call = CallFactory(authority=True)

    with breaks("call_of_an_authority_is_public_under_a_law_and_asks_no_evidence"):
        change(call, **fields)


def test_a_companys_call_may_ask_for_evidence_and_stands_under_no_law():
    call = CallFactory(evidence_tiers=["certified", "documented"], members_only=True)

    with breaks("call_of_an_authority_is_public_under_a_law_and_asks_no_evidence"):
        change(call, jurisdiction=JurisdictionFactory())


def test_without_the_guard_an_authoritys_call_could_ask_for_evidence():
    call = CallFactory(authority=True)
    without("calls_call", "call_of_an_authority_is_public_under_a_law_and_asks_no_evidence")
    change(call, evidence_tiers=["certified"])

    assert call.evidence_tiers == ["certified"]


def test_a_buyer_with_calls_keeps_its_kind():
    call = CallFactory()
    with breaks("buyer_with_calls_keeps_its_kind"):
        change(call.buyer, kind=Buyer.Kind.CONTRACTING_AUTHORITY)

    change(BuyerFactory(), kind=Buyer.Kind.CONTRACTING_AUTHORITY)


def test_a_lot_is_reserved_under_the_law_of_its_call_alone():
    call = CallFactory(authority=True)
    own, foreign = ReservationFactory(jurisdiction=call.jurisdiction), ReservationFactory()
    said = {"reservation_grounds": "Workshops here do such work."}
    with breaks("lot_is_reserved_under_the_law_of_its_call"):
        change(call.lots.get(), reservation=foreign, **said)
    change(call.lots.get(), reservation=own, **said)

    with breaks("lot_is_reserved_under_the_law_of_its_call"):
        change(call, jurisdiction=foreign.jurisdiction)
    with breaks("lot_is_reserved_under_the_law_of_its_call"):
        change(own, jurisdiction=foreign.jurisdiction)


def test_a_companys_lot_is_never_reserved():
    with breaks("lot_is_reserved_under_the_law_of_its_call"):
        change(LotFactory(), reservation=ReservationFactory(), reservation_grounds="We like them.")


def moved(call, **ahead):
    """The fields of a deadline that lies so far from the one that is."""
    at = call.response_deadline + timedelta(**ahead)
    return {"zone": "UTC", "response_deadline": at, "response_due_on": at.date(), "response_due_time": at.time()}


def test_the_deadline_of_a_published_call_never_moves_earlier():
    call = CallFactory(published=True)
    with breaks("call_deadline_never_moves_earlier"):
        change(call, **moved(call, minutes=-1))
    with breaks("call_deadline_never_moves_earlier"):
        change(call, response_deadline=None, response_due_on=None, response_due_time=None)

    change(call, **moved(call, minutes=1))


def test_without_the_trigger_the_deadline_would_move_earlier():
    call = CallFactory(published=True)
    before = call.response_deadline
    without("calls_call", "call_holds")
    change(call, **moved(call, minutes=-1))

    assert call.response_deadline < before


def test_the_end_of_questions_never_moves_earlier():
    call = CallFactory(published=True, question_deadline=minute(days=7))
    gone = {"question_deadline": None, "question_due_on": None, "question_due_time": None}
    at = call.question_deadline - timedelta(days=1)
    with breaks("call_question_deadline_never_moves_earlier"):
        change(call, **gone)
    with breaks("call_question_deadline_never_moves_earlier"):
        change(call, question_deadline=at, question_due_on=call.question_due_on - timedelta(days=1))


def test_a_call_that_was_announced_stays_published():
    call = CallFactory(published=True)
    for fields in ({"publish_at": None}, {"publish_at": NOW}, {"announced_at": NOW}, {"announced_at": None}):
        with breaks("call_stays_published"):
            change(call, **fields)


def test_a_call_is_opened_once_and_its_deadline_is_then_fixed():
    call = CallFactory(opened=True)
    with breaks("call_is_opened_once"):
        change(call, opened_at=NOW)
    with breaks("call_is_opened_once"):
        change(call, opened_at=None)
    without("calls_call", "call_is_opened_after_its_deadline")
    with breaks("call_deadline_is_fixed_once_opened"):
        change(call, **moved(call, days=1))


def test_a_lot_of_a_published_call_is_cancelled_not_deleted():
    lot = LotFactory(call=CallFactory(published=True))
    with breaks("lot_of_a_published_call_is_cancelled_not_deleted"):
        lot.delete()

    LotFactory().delete()


# --- Where a call stands, and who sees it ----------------------------------------------------------------------------


def standing(**traits):
    call = CallFactory(**traits)
    return Call.objects.get(pk=call.pk).status()


def test_where_a_call_stands_is_read_from_the_times_that_are():
    assert standing() == Status.DRAFT
    assert standing(scheduled=True) == Status.SCHEDULED
    assert standing(published=True) == Status.OPEN
    assert standing(closed=True) == Status.CLOSED
    assert standing(opened=True) == Status.CLOSED
    assert standing(closed=True, awarded_at=NOW) == Status.AWARDED
    assert standing(closed=True, unsuccessful_at=NOW, ended_because="Nobody answered.") == Status.UNSUCCESSFUL
    assert standing(withdrawn=True) == Status.WITHDRAWN
    assert standing(cancelled=True) == Status.CANCELLED


def test_the_deadline_itself_is_too_late():
    call = CallFactory(published=True, question_deadline=minute(days=7))
    instant = timedelta(microseconds=1)

    assert call.is_open(call.response_deadline - instant)
    assert not call.is_open(call.response_deadline)
    assert Call.objects.open(call.response_deadline - instant).exists()
    assert not Call.objects.open(call.response_deadline).exists()
    assert Call.objects.closed(call.response_deadline).exists()
    assert call.takes_questions(call.question_deadline - instant)
    assert not call.takes_questions(call.question_deadline)


def test_publication_begins_at_its_moment():
    call = CallFactory(scheduled=True)

    assert call.status(call.publish_at - timedelta(microseconds=1)) == Status.SCHEDULED
    assert call.status(call.publish_at) == Status.OPEN
    assert list(Call.objects.published(call.publish_at)) == [call]
    assert not Call.objects.published(call.publish_at - timedelta(microseconds=1)).exists()


def test_drafts_scheduled_and_members_calls_are_not_public():
    shown = CallFactory(published=True)
    for traits in ({}, {"scheduled": True}, {"published": True, "members_only": True}, {"withdrawn": True}):
        CallFactory(**traits)

    assert list(Call.objects.public()) == [shown]


def test_who_sees_a_call(amina, omar, zed, stella):
    buyer = BuyerFactory(organisation=amina.organisation, cleared=True)
    draft = CallFactory(buyer=buyer)
    everybodys = CallFactory(published=True)
    members = CallFactory(published=True, members_only=True)

    def seen(user):
        return set(Call.objects.visible_to(user))

    assert seen(AnonymousUser()) == {everybodys}
    assert seen(zed) == {everybodys}
    assert seen(amina) == {everybodys, draft}
    assert seen(stella) == {everybodys, draft, members}
    SupplierFactory(organisation=omar.organisation, listed=True)
    assert seen(omar) == {everybodys, members}
    RepresentativeFactory(user=zed, organisation=GrantFactory().organisation)
    assert seen(zed) == {everybodys, members}


def test_a_call_comes_with_its_buyer_and_lots_in_two_queries(django_assert_num_queries):
    for _each in range(3):
        CallFactory(lots=2)

    with django_assert_num_queries(2):
        found = [(call.buyer.organisation.name, len(call.lots.all())) for call in Call.objects.with_lots()]
    assert len(found) == 3
