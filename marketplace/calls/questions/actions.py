"""Asking about a call without a name, and answering everybody at once. The caller has checked who asks."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls.actions import locked
from marketplace.calls.questions import emails
from marketplace.calls.questions.models import Question
from marketplace.calls.questions.permissions import answerable
from marketplace.calls.signals import tell_changed
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.templatetags.ui import moment_words

#: Unanswered ones of one firm about one call within a day.
MOST_OPEN = 10


@transaction.atomic
def ask_question(call, organisation, *, text, language, lot=None, by, at=None):
    """Ask for an organisation; its same words again are the question that is there already.

    The audit learns that a question was asked, and not from whom.
    """
    at = at or timezone.now()
    call = locked(call)
    _require_time(call, at)
    if not answerable([call]):
        raise RuleBroken(_("Nobody acts for this buyer here. Ask at the official portal."))
    if lot and not call.lots.standing().filter(pk=lot.pk).exists():
        raise RuleBroken(_("This lot was cancelled. Ask about the whole call instead."))
    mine = call.questions.filter(asked_for=organisation)
    if known := mine.filter(lot=lot, text=text).first():
        return known
    if mine.unanswered().filter(asked_at__gt=at - timedelta(days=1)).count() >= MOST_OPEN:
        raise RuleBroken(
            _("You have asked %(most)s questions today that wait for an answer. Ask the next one tomorrow.")
            % {"most": MOST_OPEN}
        )
    question = Question.objects.create(
        call=call, lot=lot, text=text, language=language, asked_for=organisation, asked_by=by, asked_at=at
    )
    audit.record("question.asked", call)
    return question


def _require_time(call, at):
    if call.takes_questions(at):
        return
    if not call.is_open(at):
        raise RuleBroken(_("This call takes no questions any more."))
    raise RuleBroken(
        _("The time for questions ended on %(moment)s. Your question came after it.")
        % {"moment": moment_words(call.question_deadline, call.zone)}
    )


@transaction.atomic
def answer_questions(call, answers, *, by, at=None):
    """Publish answers, {key of the question: words}, all at once; each is given once and everybody is told once.

    Sent again, nothing happens; returns how many were new.
    """
    at = at or timezone.now()
    call = locked(call)
    if call.withdrawn_at or call.cancelled_at:
        raise RuleBroken(_("This call has ended: nobody would read the answer."))
    new = [question for question in call.questions.filter(pk__in=answers) if _is_new(question, answers[question.pk])]
    for question in new:
        question.answer, question.answered_by, question.answered_at = answers[question.pk], by, at
        question.save(update_fields=["answer", "answered_by", "answered_at"])
    if new:
        audit.record("question.answered", call, by=by, questions=len(new))
        emails.questions_answered(call, new)
        tell_changed(call)
    return len(new)


def _is_new(question, words):
    if question.answered_at and question.answer != words:
        raise RuleBroken(_("A colleague has answered one of these questions meanwhile. Look at the page again."))
    return question.answered_at is None
