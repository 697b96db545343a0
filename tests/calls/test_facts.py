import copy
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.calls import facts
from marketplace.calls.models import Call, Lot
from tests.calls.guards import breaks
from tests.factories.calls import CallFactory, LotFactory, minute
from tests.factories.law import ReservationFactory

pytestmark = pytest.mark.django_db


def written(call):
    return facts.facts_of(Call.objects.get(pk=call.pk))


def test_facts_are_json_and_hold_every_field_that_people_write():
    call = CallFactory(lots=2, question_deadline=minute(days=7), starts_on=timezone.localdate())
    found = written(call)

    assert json.loads(json.dumps(found)) == found
    assert [lot["number"] for lot in found["lots"]] == [1, 2]
    editable = {field.attname for field in Call._meta.fields if field.editable and not field.primary_key}
    assert set(facts.OF_CALL) - {"question_deadline", "response_deadline"} == editable - {
        "buyer_id", "jurisdiction_id", "slug"
    }  # fmt: skip
    of_lot = {field.attname for field in Lot._meta.fields if field.editable and not field.primary_key}
    assert set(facts.OF_LOT) == of_lot - {"call_id"}


def test_what_was_read_can_be_written_back_and_nothing_is_different():
    call = CallFactory(lots=3, question_deadline=minute(days=7), response_languages=["en", "fr"])
    before = written(call)
    with transaction.atomic():
        facts.write(call, before)
        call.save()

    assert written(call) == before
    assert facts.differences(before, written(call)) == []


def test_a_cancelled_lot_is_no_part_of_the_facts_and_is_not_deleted_by_them():
    call = CallFactory(published=True, lots=2)
    LotFactory(call=call, number=3, cancelled=True)
    found = written(call)
    facts.write(call, found)

    assert [lot["number"] for lot in found["lots"]] == [1, 2]
    assert call.lots.count() == 3


def test_differences_name_the_part_the_lot_and_both_sides():
    call = CallFactory(lots=2)
    before = written(call)
    after = copy.deepcopy(before)
    after["title"] = "Cleaning of all schools"
    after["lots"][1]["cpv"] = ["90911300"]

    assert facts.differences(before, after) == [
        {"part": "title", "lot": None, "before": before["title"], "after": "Cleaning of all schools"},
        {"part": "cpv", "lot": 2, "before": ["90911200"], "after": ["90911300"]},
    ]


def test_a_lot_that_comes_or_goes_is_one_difference():
    call = CallFactory(lots=2)
    before = written(call)
    after = copy.deepcopy(before)
    after["lots"] = [after["lots"][0], after["lots"][1] | {"number": 3, "title": "Windows"}]

    assert facts.differences(before, after) == [
        {"part": "lot", "lot": 2, "before": "Lot 2", "after": None},
        {"part": "lot", "lot": 3, "before": None, "after": "Windows"},
    ]


def test_a_fingerprint_changes_with_the_facts_alone():
    call = CallFactory()
    before = written(call)
    Call.objects.filter(pk=call.pk).update(version=9)

    assert facts.fingerprint(written(call)) == facts.fingerprint(before)
    assert facts.fingerprint(before | {"contact": "Ms Rao"}) != facts.fingerprint(before)


def test_writing_adds_changes_and_deletes_lots_of_a_draft():
    call = CallFactory(lots=2)
    wanted = written(call)
    wanted["lots"] = [wanted["lots"][1] | {"title": "Windows"}, wanted["lots"][0] | {"number": 5, "title": "Roofs"}]
    facts.write(call, wanted)

    assert list(call.lots.values_list("number", "title")) == [(2, "Windows"), (5, "Roofs")]


def test_a_lot_of_a_published_call_is_not_deleted_by_facts():
    call = CallFactory(published=True, lots=2)
    wanted = written(call)
    wanted["lots"].pop()

    with breaks("lot_of_a_published_call_is_cancelled_not_deleted"):
        facts.write(call, wanted)
    assert call.lots.count() == 2


def test_moments_days_times_and_reservations_come_back_as_what_they_were():
    call = CallFactory(authority=True, question_deadline=minute(days=7), ends_on=timezone.localdate())
    reservation = ReservationFactory(jurisdiction=call.jurisdiction)
    call.lots.update(reservation=reservation, reservation_grounds="Workshops here do such work.")
    later = written(call) | {"response_deadline": (call.response_deadline + timedelta(days=1)).isoformat()}
    later["response_due_on"] = (call.response_due_on + timedelta(days=1)).isoformat()
    facts.write(call, later)
    call.save()

    call = Call.objects.get(pk=call.pk)
    assert call.response_deadline.isoformat() == later["response_deadline"]
    assert written(call) == later
    assert call.lots.get().reservation == reservation
