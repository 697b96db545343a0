"""What the database refuses by itself, whoever asks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.calls.responses.models import Interest, Response, ResponseFile, Submission
from marketplace.core.invariants import breaches
from tests.calls.guards import breaks, without
from tests.calls.responses.handing import amend
from tests.factories.calls import CallFactory
from tests.factories.responses import (
    InterestFactory,
    ResponseFactory,
    ResponseFileFactory,
    SubmissionFactory,
    opened,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission():
    return SubmissionFactory()


def change(submission, **values):
    Submission.objects.filter(pk=submission.pk).update(**values)


def test_one_interest_and_one_response_per_firm_and_lot():
    interest, response = InterestFactory(), ResponseFactory()

    with breaks("interest_once_per_supplier"):
        Interest.objects.create(lot=interest.lot, supplier=interest.supplier)
    with breaks("response_once_per_lot_and_supplier"):
        Response.objects.create(lot=response.lot, supplier=response.supplier)


@pytest.mark.parametrize(
    ("values", "sentence"), [({"title": ""}, "response_file_has_a_title"), ({"size": 0}, "response_file_is_not_empty")]
)
def test_a_file_is_something(values, sentence):
    with breaks(sentence):
        ResponseFileFactory(**values)


def test_a_file_is_in_a_draft_once():
    file = ResponseFileFactory()

    with breaks("response_file_once_per_draft"):
        ResponseFileFactory(response=file.response, sha256=file.sha256)
    ResponseFileFactory(response=file.response, sha256=file.sha256, is_in_draft=False)


def test_one_submission_stands(submission):
    with breaks("submission_one_stands_per_response"):
        SubmissionFactory(response=submission.response)


def test_a_number_is_given_once(submission):
    change(submission, withdrawn_at=timezone.now())

    with breaks("submission_number_once_per_response"):
        SubmissionFactory(response=submission.response, number=1)


def test_it_is_replaced_or_taken_back_and_not_both(submission):
    with breaks("submission_replaced_or_withdrawn_not_both"):
        change(submission, withdrawn_at=timezone.now(), replaced_at=timezone.now())


def test_a_hash_is_one():
    with breaks("submission_has_a_hash"):
        SubmissionFactory(sha256="x" * 64)


def test_it_comes_after_publication(submission):
    early = submission.response.lot.call.publish_at - timedelta(seconds=1)

    with breaks("submission_comes_after_publication"):
        SubmissionFactory(response=ResponseFactory(lot=submission.response.lot), received_at=early)


@pytest.mark.parametrize("ending", ["withdrawn", "cancelled"])
def test_it_goes_to_a_call_that_stands(ending):
    response = ResponseFactory(lot=CallFactory(**{ending: True}).lots.get())

    with breaks("submission_goes_to_a_lot_that_stands"):
        SubmissionFactory(response=response)


def test_it_goes_to_a_lot_that_stands():
    response = ResponseFactory()
    type(response.lot).objects.filter(pk=response.lot.pk).update(cancelled_at=timezone.now(), ended_because="No money.")

    with breaks("submission_goes_to_a_lot_that_stands"):
        SubmissionFactory(response=response)


def test_it_goes_where_the_call_says():
    response = ResponseFactory(lot=CallFactory(published=True, authority=True).lots.get())

    with breaks("submission_goes_where_the_call_says"):
        SubmissionFactory(response=response)


def test_it_comes_before_the_opening():
    call = CallFactory(closed=True)
    opened(call)

    with breaks("submission_comes_before_the_opening"):
        SubmissionFactory(response=ResponseFactory(lot=call.lots.get()))


@pytest.mark.parametrize(
    "values",
    [{"message": "Cheaper."}, {"price": 1}, {"sha256": "0" * 64}, {"number": 7}, {"received_at": timezone.now()},
     {"file_count": 3}],
)  # fmt: skip
def test_it_is_never_changed(submission, values):
    with breaks("submission_is_never_changed"):
        change(submission, **values)


def test_it_is_never_lost(submission):
    with breaks("submission_is_never_lost"):
        submission.delete()


@pytest.mark.parametrize("what", ["withdrawn_at", "replaced_at"])
def test_it_is_ended_once(submission, what):
    change(submission, **{what: timezone.now()})

    with breaks("submission_is_ended_once"):
        change(submission, **{what: None})


@pytest.mark.parametrize("what", ["withdrawn_at", "replaced_at", "confirmed_at"])
def test_it_is_settled_before_the_deadline(submission, what):
    with breaks("submission_is_settled_before_the_deadline"):
        change(submission, **{what: submission.response.lot.call.response_deadline})


def test_once_opened_nothing_of_it_is_settled_any_more():
    call = CallFactory(closed=True)
    submission = SubmissionFactory(response=ResponseFactory(lot=call.lots.get()))
    opened(call)

    with breaks("submission_is_settled_before_the_opening"):
        change(submission, withdrawn_at=submission.received_at)


def test_its_files_neither_come_nor_go_nor_change():
    submission = SubmissionFactory(file_count=1)
    file = ResponseFileFactory(response=submission.response)
    submission.files.add(file)

    with breaks("submission_keeps_its_files"):
        submission.files.add(ResponseFileFactory(response=submission.response))
    with breaks("submission_keeps_its_files"):
        submission.files.clear()
    with breaks("submission_keeps_its_files"):
        file.delete()
    with breaks("submission_is_never_changed"):
        ResponseFile.objects.filter(pk=file.pk).update(sha256="0" * 64)


def test_its_files_are_of_its_own_response():
    with breaks("submission_holds_files_of_its_own_response"):
        SubmissionFactory(file_count=1).files.add(ResponseFileFactory())


# --- What check_invariants finds where a trigger was away ---------------------------------------------------------


OURS = {
    "a response is received before the deadline of its call",
    "every submission has the files that it was handed over with",
    "no call is opened before its deadline, or after it was withdrawn or cancelled",
}


def broken():
    return [breach.sentence for breach in breaches(timezone.now()) if breach.sentence in OURS]


def test_in_order_nothing_is_found(submission):
    assert broken() == []


def test_a_late_one_is_found(submission):
    without("responses_submission", "submission_holds")
    change(submission, withdrawn_at=submission.response.lot.call.response_deadline)

    assert broken() == ["a response is received before the deadline of its call"]


def test_a_missing_file_is_found(submission):
    without("responses_submission", "submission_holds")
    change(submission, file_count=1)

    assert broken() == ["every submission has the files that it was handed over with"]


def test_a_call_that_was_opened_after_it_was_cancelled_is_found():
    call = opened(CallFactory(closed=True))
    Call.objects.filter(pk=call.pk).update(
        cancelled_at=call.opened_at - timedelta(minutes=1), ended_because="No money."
    )

    assert broken() == ["no call is opened before its deadline, or after it was withdrawn or cancelled"]


def test_waiting_and_standing_part_the_submissions(submission):
    assert list(Submission.objects.standing()) == [submission]
    amend(submission.response.lot.call)

    assert not Submission.objects.standing()
    assert list(Submission.objects.waiting_for_confirmation()) == [submission]
