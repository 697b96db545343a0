import pytest
from django.utils import translation

from marketplace.calls.amendments import actions, reading
from marketplace.calls.amendments.models import PendingAmendment
from marketplace.calls.models import Call, Status
from tests.calls.amendments.writing import as_stands, with_deadline
from tests.calls.guards import breaks, change
from tests.factories.amendments import AmendmentFactory
from tests.factories.calls import CallFactory, minute
from tests.factories.law import ReservationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("amendment_is_never_changed", {"words": "Other words."}),
        ("amendment_is_never_changed", {"is_material": True}),
        ("amendment_is_never_changed", {"number": 7}),
        ("amendment_is_never_changed", {"changes": [{}]}),
    ],
)
def test_an_amendment_is_a_record(rule, fields):
    amendment = AmendmentFactory()

    with breaks(rule):
        change(amendment, **fields)


def test_an_amendment_has_a_number_of_its_own_and_changes_something():
    call = CallFactory(published=True)
    AmendmentFactory(call=call, number=1)
    with breaks("amendment_number_once_per_call"):
        AmendmentFactory(call=call, number=1)
    with breaks("amendment_number_begins_at_one"):
        AmendmentFactory(call=call, number=0)
    with breaks("amendment_changes_something"):
        AmendmentFactory(call=call, changes=[])
    with breaks("pending_amendment_knows_what_it_began_from"):
        PendingAmendment.objects.create(call=call, facts={}, seen="")


def test_changes_read_as_words_before_and_after(amina):
    call = CallFactory(published=True, authority=True, zone="Europe/Paris")
    reservation = ReservationFactory(jurisdiction=call.jurisdiction)
    wanted = as_stands(call) | {"procedure": "open", "ends_on": "2027-06-30", "response_languages": ["fr", "en"]}
    wanted["lots"][0] |= {"reservation_id": reservation.pk, "reservation_grounds": "Workshops.", "cpv": ["45261210"],
                          "regions": ["FRK26"], "value_from": 5_000_000}  # fmt: skip
    wanted["lots"].append(wanted["lots"][0] | {"number": 2, "title": "Roofs"})
    amendment = actions.amend_call(call, with_deadline(wanted, minute(days=30)), by=amina)
    with translation.override("en"):
        groups = dict(reading.groups(reading.in_words(amendment.changes, call)))
    whole = {change.label: (change.before, change.after) for change in groups["The whole call"]}
    lot = {change.label: (change.before, change.after) for change in groups["Lot 1"]}

    assert whole["Procedure"] == ("Request for quotations", "Open procedure: every firm may respond")
    assert whole["Contract until"] == ("", "June 30, 2027")
    assert whole["Languages of responses"] == ("", "French, English")
    assert [name for name in whole if name.startswith("Responses")] == ["Responses until"]
    assert "(Paris)" in whole["Responses until"][0]
    assert lot["Reserved for"] == ("", "Sheltered workshops")
    assert lot["Value from"] == ("", "50,000\u00a0EUR")
    assert "(45261210)" in lot["What is bought"][1]
    assert [(change.label, change.after) for change in groups["Lot 2"]] == [("Lot", "Roofs")]


def test_a_zone_that_changes_later_does_not_rewrite_how_an_older_change_reads(amina):
    call = CallFactory(published=True, zone="Europe/Paris")
    amendment = actions.amend_call(call, with_deadline(as_stands(call), minute(days=30)), by=amina)
    Call.objects.filter(pk=call.pk).update(
        zone="UTC",
        response_due_on=minute(days=30).date(),
        response_due_time=Call.objects.get(pk=call.pk).response_deadline.time(),
    )
    amendment.call.refresh_from_db()

    (said,) = reading.in_words(amendment.changes, amendment.call)
    assert "(Paris)" in said.after


def test_a_call_stays_open_through_its_amendments(amina):
    call = CallFactory(published=True)
    actions.amend_call(call, as_stands(call) | {"contract": "works"}, by=amina)

    call.refresh_from_db()
    assert call.status() == Status.OPEN


@pytest.mark.parametrize(
    ("before", "after", "was", "now"),
    [
        ("four schools", "five schools", [(True, "four"), (False, " schools")], [(True, "five"), (False, " schools")]),
        ("a b", "a b c", [(False, "a b")], [(False, "a b"), (True, " c")]),
        ("a a", "a a a", [(False, "a a")], [(False, "a a"), (True, " a")]),
        ("a\n\nb", "b", [(True, "a\n\n"), (False, "b")], [(False, "b")]),
        ("a", "b", [(True, "a")], [(True, "b")]),
        ("", "b", [], [(True, "b")]),
        ("same", "same", [(False, "same")], [(False, "same")]),
    ],
)
def test_only_the_words_between_what_is_the_same_are_marked(before, after, was, now):
    change = reading.Change("Title", None, before, after)

    assert (change.was, change.now) == (was, now)
    assert "".join(words for _is_changed, words in change.now) == after
