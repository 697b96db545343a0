"""A newer notice changes the call, an older one and the same one nothing, in whatever order they come."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.utils import timezone

from marketplace.calls import facts
from marketplace.calls.amendments.models import Amendment, PendingAmendment
from marketplace.calls.board.models import SavedCall
from marketplace.calls.feeds import notice as said
from marketplace.calls.models import Call, Status
from marketplace.calls.notices.actions import unpublish_notice
from marketplace.calls.notices.models import Notice
from marketplace.core.invariants import breaches
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.factories.calls import CallFactory
from tests.factories.notices import NoticeSourceFactory, moment, newer, of_year, said_lot, said_notice

pytestmark = pytest.mark.django_db


def mails():
    return list(OutboxMessage.objects.order_by("pk").values_list("template", "to"))


def changed_parts():
    return [(change["part"], change["lot"]) for change in Amendment.objects.latest("pk").changes]


def state():
    """Everything that a second run could change."""
    return (
        [facts.facts_of(call) | {"version": call.version} for call in Call.objects.order_by("pk")],
        list(Notice.objects.order_by("pk").values()),
        list(Amendment.objects.order_by("pk").values()),
        AuditEntry.objects.exclude(verb__startswith="notices.run").count(),
        mails(),
    )


@pytest.fixture
def saved(omar):
    """omar has kept every call that there is in mind."""

    def save():
        for call in Call.objects.all():
            SavedCall.objects.get_or_create(person=omar, call=call)

    return save


# --- The same again ---------------------------------------------------------------------------------------------------


def test_a_second_run_changes_nothing(take, saved):
    first = said_notice()
    read = (
        first,
        newer(first, title="Cleaning of five schools"),
        said_notice(identifier="p", procedure="ocds-abc123-p", kind=said.Kind.PLANNING, response_deadline=None),
        said_notice(identifier="n", procedure="ocds-abc123-n", title=""),
        said.Broken("line 9", "There is no end."),
    )
    once = take(*read)
    saved()
    before = state()

    again = take(*read)

    assert (once.created, once.updated, once.skipped, once.reported) == (1, 1, 1, 2)
    assert (again.created, again.updated, again.unchanged, again.skipped, again.reported) == (0, 0, 2, 1, 2)
    assert state() == before


def test_the_same_number_from_another_source_is_the_same_procedure_where_numbers_are_unique_in_the_world(take):
    other = NoticeSourceFactory()
    take(said_notice())
    take(said_notice(), source=other)
    assert (Call.objects.count(), Notice.objects.count()) == (1, 2)

    take(said_notice(procedure="2024-17", identifier="a"))
    take(said_notice(procedure="2024-17", identifier="a"), source=other)
    assert Call.objects.count() == 3


def test_another_text_of_the_same_number_and_date_changes_nothing(take):
    first = said_notice()
    take(first)
    of_run = take(replace(first, title="Something else"))

    assert (of_run.skipped, Call.objects.get().title) == (1, "Cleaning of schools")
    assert of_run.lines.get().reasons[0][0] == "same-number"


def test_a_number_that_is_used_again_later_is_a_newer_notice(take):
    first = said_notice()
    take(first)
    of_run = take(newer(first, identifier=first.identifier, title="Cleaning of five schools"))

    assert (of_run.updated, Call.objects.get().title) == (1, "Cleaning of five schools")
    assert Notice.objects.count() == 1


# --- A newer one ------------------------------------------------------------------------------------------------------


def test_a_newer_notice_is_an_amendment_that_the_page_shows_and_each_person_hears_of_once(take, saved, omar, client):
    first = said_notice()
    take(first)
    saved()
    of_run = take(
        newer(
            first,
            response_deadline=moment(days=21),
            change_reason="More time.",
            lots=(said_lot("1", title="All schools"), said_lot("2")),
        )
    )

    call = Call.objects.get()
    assert (of_run.updated, call.amendment_number, call.material_number) == (1, 1, 0)
    assert {("response_deadline", None), ("title", 1), ("lot", 2)} <= set(changed_parts())
    assert mails() == [("calls/email/call_amended", omar.email)]
    page = client.get(call.get_absolute_url()).content.decode()
    assert "What has changed since publication" in page
    assert "More time." in page
    assert breaches(timezone.now()) == []


def test_a_newer_notice_that_says_the_same_tells_nobody(take, saved):
    first = said_notice()
    take(first)
    saved()
    of_run = take(newer(first))

    assert (of_run.unchanged, Amendment.objects.count(), mails()) == (1, 0, [])
    assert Notice.objects.latest("pk").effect == "confirmed"


def test_a_late_change_of_substance_needs_no_more_time_here_because_the_official_text_has_decided(take):
    first = said_notice(response_deadline=moment(days=2))
    take(first)
    of_run = take(newer(first, lots=(said_lot(cpv=("90919200",)),)))

    assert of_run.updated == 1
    assert Call.objects.get().lots.get().cpv == ["90919200"]


def test_a_call_whose_time_was_over_is_open_again_when_the_official_text_says_so(take):
    first = said_notice(published_at=of_year(2024), response_deadline=said.Moment(of_year(2024, 6)))
    take(first)
    assert Call.objects.get().status() == Status.CLOSED

    take(newer(first, published_at=of_year(2024, 7), response_deadline=moment(days=5)))
    assert Call.objects.get().status() == Status.OPEN


def test_lots_keep_their_numbers_and_one_that_is_gone_is_cancelled(take):
    first = said_notice(lots=(said_lot("A"), said_lot("B"), said_lot("C", title="Windows")))
    take(first)
    second = newer(first, lots=(said_lot("X", title="Windows"), said_lot("A"), said_lot("D")))
    take(second)

    call = Call.objects.get()
    found = [(lot.number, lot.title, lot.is_standing) for lot in call.lots.all()]
    assert found == [(1, "Lot A", True), (2, "Lot B", False), (3, "Windows", True), (4, "Lot D", True)]
    assert changed_parts() == [("lot", 2), ("lot", 4)]
    assert call.lots.get(number=2).ended_because

    take(newer(second, lots=(said_lot("X", title="Windows"), said_lot("A"), said_lot("B"), said_lot("D"))))
    found = [(lot.number, lot.title, lot.is_standing) for lot in call.lots.all()]
    assert found[1] == (2, "Lot B", False)
    assert found[4:] == [(5, "Lot B", True)]
    assert breaches(timezone.now()) == []


def test_a_currency_may_change_in_the_official_text(take):
    first = said_notice()
    take(first)
    take(newer(first, amount=said.Amount(None, Decimal("5"), "EUR")))

    call = Call.objects.get()
    assert (call.currency, call.lots.get().value_to) == ("EUR", 500)


def test_an_earlier_deadline_takes_the_call_off_and_publishes_it_anew(take, saved, omar):
    first = said_notice()
    take(first)
    saved()
    of_run = take(newer(first, response_deadline=moment(days=7)))

    old, new = Call.objects.order_by("pk")
    assert (old.status(), new.status(), of_run.updated) == (Status.WITHDRAWN, Status.OPEN, 1)
    assert new.response_deadline < old.response_deadline
    assert mails() == [("calls/email/call_withdrawn", omar.email)]
    take(newer(newer(first), response_deadline=moment(days=8)))
    new.refresh_from_db()
    assert new.amendment_number == 1
    assert breaches(timezone.now()) == []


def test_an_end_of_questions_that_moves_earlier_stays_as_it_was_read(take):
    first = said_notice(question_deadline=moment(days=7))
    take(first)
    kept = Call.objects.get().question_deadline
    of_run = take(newer(first, question_deadline=moment(days=3), title="Cleaning"))

    assert (of_run.updated, Call.objects.get().question_deadline) == (1, kept)
    assert of_run.lines.get().reasons == [["earlier-questions", {}]]


def test_what_the_buyer_was_writing_aside_does_not_come_back_over_the_official_text(take):
    first = said_notice()
    take(first)
    call = Call.objects.get()
    PendingAmendment.objects.create(call=call, facts=facts.facts_of(call), seen="before")
    take(newer(first, title="Cleaning of five schools"))

    assert not PendingAmendment.objects.exists()


# --- Any order --------------------------------------------------------------------------------------------------------


def test_whatever_the_order_of_arrival_the_newest_notice_decides(take):
    first = said_notice(title="First")
    second, third = newer(first, title="Second", reference="2"), newer(newer(first), title="Third", reference="3")
    ends = set()
    for number, order in enumerate(permutations((first, second, third))):
        for one_by_one in (True, False):
            procedure = f"ocds-abc123-{number}-{one_by_one}"
            read = [
                replace(each, procedure=procedure, identifier=f"{number}{one_by_one}{each.title}") for each in order
            ]
            for batch in [[each] for each in read] if one_by_one else [read]:
                take(*batch)
            call = Call.objects.get(notices__procedure=procedure, notices__title="Third")
            ends.add((call.title, call.reference, call.notices.count()))

    assert ends == {("Third", "3", 3)}
    assert Call.objects.count() == 12


def test_an_older_notice_that_arrives_late_changes_nothing_and_says_so(take):
    first = said_notice()
    take(newer(first, title="Newer"))
    of_run = take(first)

    assert (of_run.skipped, Call.objects.get().title) == (1, "Newer")
    assert of_run.lines.get().reasons[0][0] == "older"


def test_a_market_consultation_and_the_call_after_it_are_two(take):
    first = said_notice(kind=said.Kind.PLANNING, title="What do you think?")
    take(first, newer(first, kind=said.Kind.CALL))
    assert sorted(Call.objects.values_list("procedure", flat=True)) == ["market_question", "open"]

    late = said_notice(kind=said.Kind.PLANNING, identifier="late", published_at=first.published_at - timedelta(days=1))
    assert take(late).skipped == 1


# --- The end ----------------------------------------------------------------------------------------------------------


def test_a_cancellation_ends_the_call_and_those_concerned_hear_why(take, saved, omar):
    first = said_notice()
    take(first)
    saved()
    of_run = take(newer(first, kind=said.Kind.CANCELLATION, change_reason="No money.", title="", lots=()))

    call = Call.objects.get()
    assert (of_run.updated, call.status(), call.ended_because) == (1, Status.CANCELLED, "No money.")
    assert mails() == [("calls/email/call_cancelled", omar.email)]
    assert take(newer(newer(first), title="Again")).skipped == 1
    assert breaches(timezone.now()) == []


def test_a_cancellation_that_comes_before_its_call_is_not_forgotten(take):
    first = said_notice()
    take(newer(first, kind=said.Kind.CANCELLATION))
    of_run = take(first)

    assert (of_run.skipped, Call.objects.count()) == (1, 0)
    take(newer(newer(first, identifier="new"), title="Begun anew"))
    assert Call.objects.get().title == "Begun anew"


def test_a_notice_whose_lots_are_all_cancelled_cancels_the_call(take):
    first = said_notice()
    take(first)
    take(newer(first, lots=(said_lot(is_cancelled=True),)))

    assert Call.objects.get().status() == Status.CANCELLED


def test_a_call_that_staff_took_off_is_not_brought_back(take, stella):
    first = said_notice()
    take(first)
    unpublish_notice(Notice.objects.get(), words="It is not real.", by=stella)
    of_run = take(newer(first, title="Again"))

    assert (of_run.skipped, Call.objects.get().status()) == (1, Status.WITHDRAWN)
    assert of_run.lines.get().reasons[0][0] == "taken-off"


def test_a_newer_notice_that_can_be_no_call_leaves_the_call_as_it_was(take):
    first = said_notice()
    take(first)
    of_run = take(newer(first, title=""))
    assert (of_run.reported, Call.objects.get().title) == (1, "Cleaning of schools")

    take(newer(newer(first), title="Cleaning of five schools"))
    assert Call.objects.get().title == "Cleaning of five schools"


def test_a_result_changes_nothing(take):
    first = said_notice()
    take(first)
    before = facts.facts_of(Call.objects.get())
    of_run = take(newer(first, kind=said.Kind.RESULT))

    assert (of_run.skipped, facts.facts_of(Call.objects.get())) == (1, before)


def test_calls_that_came_with_no_notice_are_left_alone(take):
    own = CallFactory(published=True, authority=True, title="Cleaning of schools")
    take(said_notice())

    own.refresh_from_db()
    assert (Call.objects.count(), own.amendment_number) == (2, 0)
    assert own.publish_at < timezone.now()
