from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from marketplace.calls.amendments import actions, changes
from marketplace.calls.amendments.changes import COMPANY_EXTENSION_DAYS, COMPANY_LATE_DAYS, DeadlineTooNear
from marketplace.calls.amendments.models import Amendment
from marketplace.calls.models import Call
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.amendments.writing import as_stands, with_deadline
from tests.calls.guards import breaks, change
from tests.factories.calls import CallFactory, LotFactory, minute, wall

pytestmark = pytest.mark.django_db


def mails():
    return list(OutboxMessage.objects.filter(template="calls/email/call_amended").order_by("pk"))


# --- What an amendment does -------------------------------------------------------------------------------------------


def test_an_amendment_changes_the_call_and_keeps_what_was_and_is(amina):
    call = CallFactory(published=True, lots=2)
    wanted = as_stands(call) | {"title": "Cleaning of all schools"}
    wanted["lots"][1]["cpv"] = ["90911300"]
    amendment = actions.amend_call(call, wanted, words="Windows too.", by=amina)

    assert as_stands(call) == wanted
    assert (amendment.number, amendment.is_material, amendment.words, amendment.by) == (1, True, "Windows too.", amina)
    assert amendment.changes == [
        {"part": "title", "lot": None, "before": call.title, "after": "Cleaning of all schools"},
        {"part": "cpv", "lot": 2, "before": ["90911200"], "after": ["90911300"]},
    ]
    call.refresh_from_db()
    assert (call.amendment_number, call.material_number, call.version) == (1, 1, 2)
    entry = AuditEntry.objects.get(verb="call.amended")
    assert entry.data == {"number": 1, "is_material": True, "parts": ["cpv", "title"]}


def test_numbers_go_on_and_only_material_ones_ask_for_confirmation(amina):
    call = CallFactory(published=True)
    actions.amend_call(call, with_deadline(as_stands(call), minute(days=20)), by=amina)
    actions.amend_call(call, as_stands(call) | {"contract": "works"}, by=amina)
    actions.amend_call(call, as_stands(call) | {"title": "Cleaning"}, is_wording_only=True, by=amina)

    call.refresh_from_db()
    assert [(row.number, row.is_material) for row in call.amendments.all()] == [(1, False), (2, True), (3, False)]
    assert (call.amendment_number, call.material_number) == (3, 2)


@pytest.mark.parametrize("part", ["contract", "response_languages", "starts_on", "procedure"])
def test_what_is_no_wording_is_material_whatever_the_buyer_says(amina, part):
    call = CallFactory(published=True)
    other = {"contract": "works", "response_languages": ["fr"], "starts_on": "2027-05-01", "procedure": "open"}

    with pytest.raises(RuleBroken, match="can be a correction of wording"):
        actions.amend_call(call, as_stands(call) | {part: other[part]}, is_wording_only=True, by=amina)
    assert not Amendment.objects.exists()


def test_nothing_different_is_no_amendment(amina):
    call = CallFactory(published=True)

    with pytest.raises(RuleBroken, match="Nothing is different"):
        actions.amend_call(call, as_stands(call), by=amina)


def test_a_lot_may_be_added_and_is_never_taken_out(amina):
    call = CallFactory(published=True, lots=2)
    LotFactory(call=call, number=3, cancelled=True)
    wanted = as_stands(call)
    wanted["lots"].append(wanted["lots"][0] | {"number": 3, "title": "Windows"})
    actions.amend_call(call, wanted, by=amina)
    fewer = as_stands(call)
    del fewer["lots"][0]

    assert list(call.lots.standing().values_list("number", "title")) == [(1, "Lot 1"), (2, "Lot 2"), (4, "Windows")]
    assert call.lots.get(number=3).cancelled_at
    with pytest.raises(RuleBroken, match="cancel it, and say why"):
        actions.amend_call(call, fewer, by=amina)


@pytest.mark.parametrize("other", [{"route": "portal", "portal_url": "https://p.example/1"}, {"audience": "members"},
                                   {"currency": "CHF"}])  # fmt: skip
def test_what_firms_have_begun_to_answer_to_stays(amina, other):
    call = CallFactory(published=True)

    with pytest.raises(RuleBroken, match="stay as they were published"):
        actions.amend_call(call, as_stands(call) | other, by=amina)


def test_a_new_lot_says_what_is_bought(amina):
    call = CallFactory(published=True)
    wanted = as_stands(call)
    wanted["lots"].append(wanted["lots"][0] | {"number": 2, "cpv": []})

    with pytest.raises(RuleBroken, match="what is bought"):
        actions.amend_call(call, wanted, by=amina)


@pytest.mark.parametrize(
    "traits", [{}, {"scheduled": True}, {"closed": True}, {"withdrawn": True}, {"cancelled": True}]
)
def test_only_an_open_call_is_amended(amina, traits):
    call = CallFactory(**traits)

    with pytest.raises(RuleBroken, match="Only a call that is open"):
        actions.amend_call(call, as_stands(call) | {"title": "Other"}, by=amina)


def test_at_its_deadline_a_call_is_not_amended_any_more(amina):
    call = CallFactory(published=True)
    wanted = with_deadline(as_stands(call), minute(days=60))

    with pytest.raises(RuleBroken, match="Only a call that is open"):
        actions.amend_call(call, wanted, by=amina, at=call.response_deadline)
    actions.amend_call(call, wanted, by=amina, at=call.response_deadline - timedelta(microseconds=1))


# --- Deadlines --------------------------------------------------------------------------------------------------------


def test_the_deadline_moves_later_and_never_earlier(amina):
    call = CallFactory(published=True, question_deadline=minute(days=7))
    earlier = call.response_deadline - timedelta(minutes=1)
    with pytest.raises(RuleBroken, match="moved later, never earlier"):
        actions.amend_call(call, with_deadline(as_stands(call), earlier), by=amina)
    with pytest.raises(RuleBroken, match="end of questions"):
        actions.amend_call(call, with_deadline(as_stands(call), minute(days=6), "question"), by=amina)
    actions.amend_call(call, with_deadline(as_stands(call), call.response_deadline + timedelta(minutes=1)), by=amina)


def test_with_the_action_bypassed_the_database_still_refuses_an_earlier_deadline():
    call = CallFactory(published=True)
    at = call.response_deadline - timedelta(days=1)

    with breaks("call_deadline_never_moves_earlier"):
        change(call, response_deadline=at, response_due_on=wall(at, call.zone).date())


@pytest.mark.parametrize("authority", [False, True])
def test_a_late_material_change_has_to_give_more_time(amina, authority):
    call = CallFactory(published=True, authority=authority, response_deadline=minute(days=2))
    late, days = (6, 10) if authority else (COMPANY_LATE_DAYS, COMPANY_EXTENSION_DAYS)
    assert changes.days_for(Call.objects.get(pk=call.pk)) == (late, days)
    wanted = as_stands(call) | {"contract": "works"}
    with pytest.raises(DeadlineTooNear) as refused:
        actions.amend_call(call, wanted, by=amina)

    earliest = refused.value.earliest
    assert timedelta(days=days) <= earliest.at - timezone.now() <= timedelta(days=days + 1)
    assert wall(earliest.at, call.zone).time() == call.response_due_time
    assert f"at least {days} days" in str(refused.value)
    actions.amend_call(call, with_deadline(wanted, earliest.at), by=amina)
    call.refresh_from_db()
    assert call.response_deadline == earliest.at


@pytest.mark.parametrize(("left", "is_late"), [(timedelta(days=3), False), (timedelta(days=3, microseconds=-1), True)])
def test_late_begins_at_the_very_moment(amina, left, is_late):
    call = CallFactory(published=True)
    wanted = as_stands(call) | {"contract": "works"}
    at = call.response_deadline - left
    if is_late:
        with pytest.raises(DeadlineTooNear):
            actions.amend_call(call, wanted, by=amina, at=at)
    else:
        assert actions.amend_call(call, wanted, by=amina, at=at).is_material


def test_a_late_correction_of_wording_or_a_later_deadline_gives_no_more_time_than_it_says(amina):
    call = CallFactory(published=True, response_deadline=minute(days=1))
    actions.amend_call(call, as_stands(call) | {"contact": "Ms Rao"}, is_wording_only=True, by=amina)
    actions.amend_call(call, with_deadline(as_stands(call), minute(days=1, hours=3)), by=amina)

    call.refresh_from_db()
    assert call.material_number == 0


@pytest.mark.parametrize(
    ("now", "due", "earliest"),
    [
        # Five days later the clocks have jumped over half past two: the later reading, for firms lose no time.
        ("2026-03-23T12:00+01:00", "2026-03-24T02:30+01:00", "2026-03-29T03:30+02:00"),
        # Five days later half past two comes twice: the second.
        ("2026-10-20T02:10+02:00", "2026-10-21T02:30+02:00", "2026-10-25T02:30+01:00"),
        # The hour of the deadline stays what people read, across the change.
        ("2026-10-22T12:00+02:00", "2026-10-23T17:00+02:00", "2026-10-27T17:00+01:00"),
        ("2028-02-24T12:00+01:00", "2028-02-25T17:00+01:00", "2028-02-29T17:00+01:00"),
    ],
)
def test_the_earliest_deadline_is_a_time_that_exists(now, due, earliest):
    call = CallFactory(zone="Europe/Paris", response_deadline=datetime.fromisoformat(due))
    found = changes.earliest_deadline(call, datetime.fromisoformat(now))

    assert found.at == datetime.fromisoformat(earliest)


# --- Who hears of it --------------------------------------------------------------------------------------------------


def test_everybody_concerned_hears_of_it_once_in_their_language_with_the_difference(amina, omar, zed, told):
    told["open"] += [omar]
    told["secret"] += [omar, zed]
    call = CallFactory(published=True, question_deadline=minute(days=7))
    wanted = with_deadline(as_stands(call), minute(days=20))
    wanted["lots"][0]["value_to"] = 9_000_000
    actions.amend_call(call, wanted, words="More schools.", by=amina)

    french, english = mails()
    assert (french.to, french.language, french.hidden_until) == ("omar@atlas.example", "fr", None)
    assert english.to == "zed@elsewhere.example"
    assert english not in OutboxMessage.objects.known()
    assert english.about == []
    deadline, value = english.context["changes"]
    assert deadline.startswith("Responses until: ")
    assert value == "Lot 1, Value up to, new: 90,000\u00a0GBP".replace("GBP", call.currency)
    assert english.context["words"] == "More schools."
    assert english.context["has_new_deadline"]
    assert french.context["changes"] != english.context["changes"]
