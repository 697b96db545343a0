"""Each sentence of `calls.invariants`, broken with the guard of the database taken away that stands before it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from buyers.models import Buyer
from marketplace.calls.awards.models import Award, Feedback
from marketplace.calls.invariants import SENTENCES
from marketplace.calls.models import Lot
from marketplace.calls.responses.models import Response, Submission
from marketplace.core import invariants, outbox
from marketplace.core.models import OutboxMessage
from tests.calls.guards import change, without
from tests.factories.amendments import AmendmentFactory
from tests.factories.calls import CallFactory
from tests.factories.law import JurisdictionFactory, ReservationFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def broken(at=None):
    """The names of those of ours that do not hold."""
    names = {sentence: name for name, (sentence, _sql) in SENTENCES.items()}
    found = invariants.breaches(at or timezone.now())
    return sorted(names[breach.sentence] for breach in found if breach.sentence in names)


def submitted(call, **fields):
    """A response to the first lot that was handed over, past what checks its times."""
    without("responses_submission", "submission_holds")
    response = Response.objects.create(lot=call.lots.first(), supplier=SupplierFactory())
    received_at = fields.pop("received_at", call.publish_at)
    Submission.objects.create(response=response, number=1, received_at=received_at, message="Yes.", sha256="0" * 64,
                              **fields)  # fmt: skip
    return response


def test_calls_as_people_make_them_break_none():
    for traits in ({}, {"scheduled": True}, {"published": True}, {"authority": True, "published": True},
                   {"closed": True}, {"opened": True}, {"withdrawn": True}):  # fmt: skip
        CallFactory(lots=2, **traits)

    assert broken() == []


@pytest.mark.parametrize("name", ["received_at", "confirmed_at", "withdrawn_at", "replaced_at"])
def test_a_response_that_came_at_the_deadline(name):
    call = CallFactory(closed=True)
    submitted(call, **{name: call.response_deadline - timedelta(microseconds=1)})
    assert broken() == []

    submitted(call, **{name: call.response_deadline})
    assert broken() == ["response-before-deadline"]


def test_a_call_opened_before_its_deadline():
    without("calls_call", "call_is_opened_after_its_deadline")
    call = CallFactory(published=True)
    change(call, opened_at=timezone.now())

    assert broken() == ["opened-after-deadline"]


def test_a_call_on_show_without_a_lot_that_stands():
    call = CallFactory(published=True, lots=0)
    assert broken() == ["call-has-lots"]

    Lot.objects.create(call=call, number=1, title="Roofs", cpv=["45261210"])
    assert broken() == []
    call.lots.update(cancelled_at=timezone.now(), ended_because="By hand.")
    assert broken() == ["call-ends-with-its-lots", "call-has-lots"]


def test_a_lot_on_show_that_does_not_say_what_is_bought():
    CallFactory(lots__cpv=[])
    assert broken() == []

    CallFactory(published=True, lots__cpv=[])
    assert broken() == ["lot-says-what"]


def test_a_call_that_calls_its_buyer_something_else():
    call = CallFactory(published=True)
    without("buyers_buyer", "buyer_holds")
    Buyer.objects.filter(pk=call.buyer_id).update(kind=Buyer.Kind.CONTRACTING_AUTHORITY)

    assert set(broken()) == {"call-of-its-buyer", "authority-asks-no-evidence"}


@pytest.mark.parametrize("fields", [{"evidence_tiers": ["certified"]}, {"audience": "members"}, {"jurisdiction": None}])
def test_an_authoritys_call_that_asks_for_evidence_or_is_not_for_everybody(fields):
    without("calls_call", "call_of_an_authority_is_public_under_a_law_and_asks_no_evidence")
    change(CallFactory(authority=True), **fields)

    assert broken() == ["authority-asks-no-evidence"]


def test_a_lot_reserved_under_another_law():
    call = CallFactory(authority=True)
    reservation = ReservationFactory(jurisdiction=JurisdictionFactory())
    without("calls_lot", "lot_holds")
    change(call.lots.get(), reservation=reservation, reservation_grounds="Because.")

    assert broken() == ["reservation-of-the-law"]


@pytest.mark.parametrize("name", ["response", "question"])
def test_a_deadline_that_is_not_what_people_read(name):
    call = CallFactory(question_deadline=timezone.now().replace(second=0, microsecond=0) + timedelta(days=2))
    without("calls_call", f"call_{name}_deadline_is_one_moment")
    change(call, **{f"{name}_due_time": "03:33"})

    assert broken() == ["deadline-is-its-wall-time"]


def test_a_mail_about_a_response_that_is_not_hidden():
    shown = {"template": "responses/email/response_received", "to": "omar@atlas.example", "language": "en"}
    hidden = OutboxMessage.objects.create(**shown, hidden_until=outbox.FOREVER, last_error="tried")
    assert broken() == []

    change(hidden, about=["calls.call:1"])
    assert broken() == ["sealed-mails"]
    change(hidden, about=[], hidden_until=None)
    assert broken() == ["sealed-mails"]


def test_a_lot_awarded_to_nobody():
    call = CallFactory(closed=True, lots=2)
    lot = call.lots.first()
    change(lot, awarded_at=timezone.now())
    assert broken() == ["lot-awarded-to-somebody"]

    without("awards_award", "award_holds")
    Award.objects.create(lot=lot, name="Baobab", words="Best plan.", decided_on=timezone.localdate())
    assert broken() == []


def test_whoever_was_not_chosen_and_was_told_nothing():
    call = CallFactory(opened=True, lots=2)
    chosen, other = submitted(call), submitted(call)
    submitted(call, withdrawn_at=call.publish_at)
    without("awards_award", "award_holds")
    Award.objects.create(
        lot=chosen.lot, response=chosen, name="Baobab", words="Best plan.", decided_on=timezone.localdate()
    )
    assert broken() == []
    change(chosen.lot, awarded_at=timezone.now())
    assert broken() == ["feedback-for-everybody"]

    Feedback.objects.create(response=other, words="Your plan had no evenings.")
    assert broken() == []


def test_who_did_not_confirm_a_material_change_is_owed_no_feedback():
    call = CallFactory(opened=True, lots=2)
    AmendmentFactory(call=call, number=1, is_material=True)
    change(call, amendment_number=1, material_number=1)
    submitted(call)
    change(call.lots.first(), unsuccessful_at=timezone.now(), ended_because="Nobody answered.")

    assert broken() == []


def test_a_call_whose_lots_are_all_decided_and_which_is_not():
    call = CallFactory(closed=True)
    change(call.lots.get(), unsuccessful_at=timezone.now(), ended_because="Nobody answered.")
    assert broken() == ["call-ends-with-its-lots"]

    change(call, unsuccessful_at=timezone.now(), ended_because="Nobody answered.")
    assert broken() == []


def test_amendments_with_a_gap():
    call = CallFactory(published=True)
    AmendmentFactory(call=call, number=1)
    assert broken() == ["amendments-without-gap"]
    change(call, amendment_number=1)
    assert broken() == []

    without("amendments_amendment", "amendment_holds")
    call.amendments.update(is_material=True)
    assert broken() == ["amendments-without-gap"]


def test_each_sentence_has_a_test_here():
    said = Path(__file__).read_text(encoding="utf-8")

    assert [name for name in SENTENCES if f'"{name}"' not in said] == []
