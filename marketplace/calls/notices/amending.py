"""Making a call say what a newer notice says: the record, the difference and the mails of every amendment.

What a buyer who publishes here may not do late, the official text has done already; so how much time it leaves is not
asked again, and no response is here that would have to be confirmed.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.calls import actions as calls
from marketplace.calls import facts
from marketplace.calls.amendments import changes, emails
from marketplace.calls.amendments.models import Amendment, PendingAmendment
from marketplace.calls.notices import lots as of_lots
from marketplace.core import audit

_QUESTIONS = ("question_due_on", "question_due_time", "question_deadline")


def in_language(language):
    """For words of ours beside a text of the buyer's: in the language of that, where we speak it."""
    return translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)


def is_earlier(call, draft):
    """Whether the deadline would move earlier, which no published call does."""
    return datetime.fromisoformat(draft.facts["response_deadline"]) < call.response_deadline


@transaction.atomic
def follow(call, draft, *, known_lots, words, at):
    """({lot in the source: number}, whether anything is different); told to everybody concerned once."""
    call = calls.locked(call)
    before = facts.facts_of(call)
    standing = {lot["number"]: lot["title"] for lot in before["lots"]}
    lots = [(key, lot) for key, lot in draft.lots if key not in draft.cancelled]
    highest = call.lots.aggregate(highest=Max("number"))["highest"] or 0
    numbers = of_lots.numbered(lots, known_lots, standing, highest)
    after = draft.facts | {"lots": sorted(_with_numbers(lots, numbers), key=lambda lot: lot["number"])}
    _keep_questions(before, after, draft.remarks)
    found = changes.between(before, after)
    if not found:
        return numbers, False
    _cancel_lots(call, standing.keys() - set(numbers.values()), at)
    facts.write(call, after)
    call.amendment_number += 1
    calls.save(call)
    amendment = Amendment.objects.create(
        call=call, number=call.amendment_number, amended_at=at, is_material=False, changes=found, words=words
    )
    # What the buyer's people were writing began from a text that no longer counts.
    PendingAmendment.objects.filter(call=call).delete()
    parts = sorted({change["part"] for change in found})
    audit.record("call.amended", call, number=amendment.number, is_material=False, parts=parts, is_by_notice=True)
    emails.call_amended(amendment)
    return numbers, True


def _with_numbers(lots, numbers):
    return ({"number": numbers[key]} | lot for key, lot in lots)


def _keep_questions(before, after, remarks):
    """Their end never moves earlier here, so an earlier one stays as firms have read it."""
    was, now = before["question_deadline"], after["question_deadline"]
    if was and (not now or datetime.fromisoformat(now) < datetime.fromisoformat(was)):
        after |= {name: before[name] for name in _QUESTIONS}
        remarks.append(["earlier-questions", {}])


def _cancel_lots(call, numbers, at):
    with in_language(call.language):
        words = _("This lot is no longer in the official notice, or is cancelled there.")
    call.lots.filter(number__in=numbers).update(cancelled_at=at, ended_because=words)
