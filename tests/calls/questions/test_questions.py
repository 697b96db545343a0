"""Asking without a name, answering everybody at once, and reminding the buyer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.accounts.models import Role
from marketplace.calls import concerned
from marketplace.calls.questions import actions, due
from marketplace.calls.questions.models import Question
from marketplace.core.errors import RuleBroken
from marketplace.core.invariants import breaches
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.guards import breaks, without
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, minute
from tests.factories.questions import QuestionFactory
from tests.factories.responses import InterestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(amina):
    """Amina's, with two lots."""
    buyer = BuyerFactory(organisation=amina.organisation, cleared=True)
    return CallFactory(published=True, buyer=buyer, lots=2, title="Cleaning of schools")


def ask(call, person, text="May we visit the schools?", **more):
    return actions.ask_question(call, person.organisation, text=text, language="en", by=person, **more)


def mails(name):
    return OutboxMessage.objects.filter(template=f"calls/email/{name}")


# --- Asking -------------------------------------------------------------------------------------------------------


def test_a_question_is_sent_from_the_page_of_the_call(call, as_user, omar):
    browser = as_user(omar)
    page = browser.post(f"/calls/{call.slug}/questions/", {"text": "May we visit?", "lot": call.lots.get(number=2).pk})

    question = Question.objects.get()
    assert page.status_code == 302
    assert (question.text, question.lot.number, question.asked_for) == ("May we visit?", 2, omar.organisation)
    shown = browser.get(f"/calls/{call.slug}/questions/").content.decode()
    assert "May we visit?" in shown
    assert "waits for an answer" in shown


def test_it_is_not_public_before_it_is_answered(call, client, omar):
    ask(call, omar)

    assert "May we visit" not in client.get(call.get_absolute_url()).content.decode()


def test_the_same_words_twice_are_one_question(call, omar):
    assert ask(call, omar) == ask(call, omar)
    assert Question.objects.count() == 1


def test_the_eleventh_open_question_of_a_day_is_refused(call, omar, monkeypatch):
    monkeypatch.setattr(actions, "MOST_OPEN", 2)
    for number in range(2):
        ask(call, omar, f"Question {number}?")

    with pytest.raises(RuleBroken, match="asked 2 questions today"):
        ask(call, omar, "One more?")
    ask(call, omar, "One more?", at=timezone.now() + timedelta(days=1, minutes=1))


def test_a_buyer_with_nobody_here_is_asked_nothing(client, as_user, omar):
    """Its call came with a notice; a question would wait for ever."""
    call = CallFactory(published=True)
    with pytest.raises(RuleBroken, match="official portal"):
        ask(call, omar)
    page = as_user(omar).get(call.get_absolute_url()).content.decode()
    assert f"/calls/{call.slug}/questions/" not in page

    RepresentativeFactory(organisation=call.buyer.organisation)

    assert ask(call, omar)
    assert f"/calls/{call.slug}/questions/" in as_user(omar).get(call.get_absolute_url()).content.decode()


def test_after_the_time_for_questions_it_is_refused_and_nothing_typed_is_lost(as_user, omar):
    call = CallFactory(published=True, question_deadline=minute(minutes=-5))
    page = as_user(omar).post(f"/calls/{call.slug}/questions/", {"text": "Is it too late?"})

    assert page.status_code == 422
    assert "The time for questions ended on" in page.content.decode()
    assert "Is it too late?" in page.content.decode()


def test_a_cancelled_lot_is_not_asked_about(call, omar):
    lot = call.lots.get(number=2)
    call.lots.filter(pk=lot.pk).update(cancelled_at=timezone.now(), ended_because="No money.")

    with pytest.raises(RuleBroken, match="lot was cancelled"):
        ask(call, omar, lot=lot)


def test_the_buyer_does_not_ask_itself(call, as_user, amina):
    assert as_user(amina).post(f"/calls/{call.slug}/questions/", {"text": "Hm?"}).status_code == 403


def test_a_closed_call_takes_none(omar):
    with pytest.raises(RuleBroken, match="takes no questions any more"):
        ask(CallFactory(closed=True), omar)


# --- Who asked ----------------------------------------------------------------------------------------------------


def test_nobody_but_the_firm_ever_learns_who_asked(call, as_user, client, omar, amina, stella):
    """Not on the pages of the buyer, the public or staff, nor in the audit, nor in the list of mails."""
    question = ask(call, omar)
    actions.answer_questions(call, {question.pk: "Yes."}, by=amina)
    pages = [
        as_user(amina).get(f"/workspace/calls/{call.slug}/questions/"),
        client.get(call.get_absolute_url()),
        as_user(stella).get("/staff/mails/"),
        as_user(stella).get("/staff/audit/"),
    ]

    for page in pages:
        text = page.content.decode()
        assert omar.organisation.name not in text.replace("&#x27;", "'")
        assert omar.email not in text
        assert omar.full_name not in text
    assert [entry.by for entry in AuditEntry.objects.filter(verb="question.asked")] == [None]
    assert "Yes." in pages[0].content.decode()


def test_who_asked_is_a_secret_among_those_concerned(call, omar):
    ask(call, omar)

    assert concerned.people(call) == [(omar, True)]
    assert concerned.people(call, call.lots.first()) == [(omar, True)]


def test_who_left_the_firm_hears_no_more(call, omar):
    ask(call, omar)
    omar.representations.all().delete()

    assert concerned.people(call) == []


# --- Answering ----------------------------------------------------------------------------------------------------


def test_answers_come_to_everybody_at_once(call, as_user, client, amina, omar):
    first, second = ask(call, omar, "First?"), ask(call, omar, "Second?")
    page = as_user(amina).post(
        f"/workspace/calls/{call.slug}/questions/",
        {f"answer_{first.pk}": "One.", f"answer_{second.pk}": "Two."},
    )

    assert page.status_code == 302
    shown = client.get(call.get_absolute_url()).content.decode()
    assert all(words in shown for words in ("First?", "One.", "Second?", "Two."))


def test_everybody_concerned_gets_one_mail_and_the_askers_own_names_nobody(call, amina, omar):
    interest = InterestFactory(lot=call.lots.first())
    fan = RepresentativeFactory(organisation=interest.supplier.organisation, editor=True).user
    first, second = ask(call, omar, "First?"), ask(call, omar, "Second?")
    actions.answer_questions(call, {first.pk: "One.", second.pk: "Two."}, by=amina)

    sent = mails("questions_answered")
    assert {mail.to for mail in sent} == {omar.email, fan.email}
    assert len(sent) == 2
    for mail in sent:
        assert mail.about == []
        assert mail.hidden_until.year == 9999
        assert [each["answer"] for each in mail.context["answers"]] == ["One.", "Two."]
        assert omar.organisation.name not in str(mail.context)


def test_an_answer_sent_twice_is_one(call, amina, omar):
    question = ask(call, omar)

    assert actions.answer_questions(call, {question.pk: "Yes."}, by=amina) == 1
    assert actions.answer_questions(call, {question.pk: "Yes."}, by=amina) == 0
    assert mails("questions_answered").count() == 1


def test_of_two_who_answer_the_second_is_told_and_keeps_their_words(call, as_user, amina, omar):
    question = ask(call, omar)
    actions.answer_questions(call, {question.pk: "Yes."}, by=amina)
    page = as_user(amina).post(f"/workspace/calls/{call.slug}/questions/", {f"answer_{question.pk}": "No, never."})

    assert page.status_code == 422
    assert "A colleague has answered" in page.content.decode()
    assert "No, never." in page.content.decode()
    question.refresh_from_db()
    assert question.answer == "Yes."


def test_nothing_written_is_said_so(call, as_user, amina, omar):
    question = ask(call, omar)
    page = as_user(amina).post(f"/workspace/calls/{call.slug}/questions/", {f"answer_{question.pk}": ""})

    assert page.status_code == 422
    assert "Write an answer to at least one question" in page.content.decode()


def test_a_viewer_reads_and_does_not_answer(call, as_user, omar):
    question = ask(call, omar)
    viewer = RepresentativeFactory(organisation=call.buyer.organisation, role=Role.VIEWER).user
    browser = as_user(viewer)

    assert "May we visit" in browser.get(f"/workspace/calls/{call.slug}/questions/").content.decode()
    page = browser.post(f"/workspace/calls/{call.slug}/questions/", {f"answer_{question.pk}": "Yes."})
    assert page.status_code == 403


def test_a_call_that_was_cancelled_is_not_answered(call, amina, omar):
    question = ask(call, omar)
    type(call).objects.filter(pk=call.pk).update(cancelled_at=timezone.now(), ended_because="No money.")

    with pytest.raises(RuleBroken, match="has ended"):
        actions.answer_questions(call, {question.pk: "Yes."}, by=amina)


def test_questions_of_another_call_are_left_alone(call, amina):
    other = QuestionFactory()

    assert actions.answer_questions(call, {other.pk: "Yes."}, by=amina) == 0


def test_the_page_of_a_call_asks_as_often_for_five_questions_as_for_one(call, client):
    from django.test.utils import CaptureQueriesContext

    QuestionFactory(call=call, lot=call.lots.first(), answered=True)
    client.get(call.get_absolute_url())
    with CaptureQueriesContext(connection) as one:
        client.get(call.get_absolute_url())
    QuestionFactory.create_batch(4, call=call, lot=call.lots.first(), answered=True)
    with CaptureQueriesContext(connection) as five:
        client.get(call.get_absolute_url())

    assert len(one) == len(five)


# --- The clock ----------------------------------------------------------------------------------------------------


def test_the_buyer_is_reminded_once_two_days_before_the_deadline(call, amina, omar):
    ask(call, omar)
    early = call.response_deadline - timedelta(days=2, minutes=1)

    assert due.remind_to_answer(early) == 0
    assert due.remind_to_answer(early + timedelta(minutes=1)) == 1
    assert due.remind_to_answer(early + timedelta(minutes=2)) == 0
    mail = mails("questions_wait").get()
    assert (mail.to, mail.context["number"]) == (amina.email, 1)


def test_a_later_deadline_brings_a_new_reminder(call, omar):
    ask(call, omar)
    due.remind_to_answer(call.response_deadline - timedelta(days=1))
    call.response_deadline += timedelta(days=10)
    call.response_due_on += timedelta(days=10)
    call.save()

    assert due.remind_to_answer(call.response_deadline - timedelta(days=1)) == 1


def test_an_answered_question_brings_none(call, amina, omar):
    actions.answer_questions(call, {ask(call, omar).pk: "Yes."}, by=amina)

    assert due.remind_to_answer(call.response_deadline - timedelta(days=1)) == 0


# --- What the database holds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": ""}, "question_asks_something"),
        ({"answered_at": timezone.now()}, "question_that_is_answered_has_an_answer"),
    ],
)
def test_the_rows_refuse_nonsense(values, sentence):
    with breaks(sentence):
        QuestionFactory(**values)


def test_no_row_comes_after_its_deadline(call):
    with breaks("question_comes_before_its_deadline"):
        QuestionFactory(call=call, asked_at=call.response_deadline)


def test_no_row_comes_to_a_draft():
    with breaks("question_comes_before_its_deadline"):
        QuestionFactory(call=CallFactory())


def test_the_words_of_a_question_stay(call):
    question = QuestionFactory(call=call)

    with breaks("question_is_never_changed"):
        Question.objects.filter(pk=question.pk).update(text="Something else?")


def test_an_answer_stays(call):
    question = QuestionFactory(call=call, answered=True)

    with breaks("question_is_answered_once"):
        Question.objects.filter(pk=question.pk).update(answer="No.")


def test_the_invariant_finds_a_question_that_came_late(call):
    without("questions_question", "question_holds")
    QuestionFactory(call=call, asked_at=call.response_deadline)

    assert "no question was asked at or after its deadline" in [breach.sentence for breach in breaches(timezone.now())]


def test_visible_to_shows_what_waits_to_the_buyer_and_to_whoever_asked(call, amina, omar, zed, stella):
    waiting = ask(call, omar)

    assert [waiting] == list(Question.objects.visible_to(amina)) == list(Question.objects.visible_to(omar))
    assert not Question.objects.visible_to(zed)
    assert not Question.objects.visible_to(stella)
