"""What buyers do with the library's clauses, and staff with the library. The caller has checked who asks."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls import actions as calls
from marketplace.calls.clauses.models import ChosenClause, Clause, Reading
from marketplace.calls.law import actions as law
from marketplace.core import audit
from marketplace.core.errors import RuleBroken

# --- Choosing into a call ---------------------------------------------------------------------------------------------


def chosen_in(call):
    """[{"clause": key, "link_to_subject": words}] as the call stands."""
    rows = call.clauses.order_by("pk").values_list("clause", "link_to_subject")
    return [{"clause": clause, "link_to_subject": words} for clause, words in rows]


def require_choice(call, chosen):
    """Each clause once, linked to the subject in the buyer's words, of the call's law, and still in the library."""
    keys = [each["clause"] for each in chosen]
    if not all(each["link_to_subject"].strip() for each in chosen):
        raise RuleBroken(_("Say in your own words how each clause is linked to the subject of this contract."))
    new = set(keys) - set(call.clauses.values_list("clause", flat=True))
    offered = set(Clause.objects.for_call(call).filter(pk__in=new).values_list("pk", flat=True))
    if new - offered or len(keys) != len(set(keys)):
        raise RuleBroken(_("A clause that you chose is not offered for this call. Look at the library again."))


@transaction.atomic
def choose_clauses(call, chosen, *, by):
    """The clauses of a draft: those of `chosen` and no others."""
    call = calls.locked(call)
    if call.publish_at is not None:
        raise RuleBroken(_("This call is published or scheduled. Change it by an amendment, or take it back first."))
    if chosen == chosen_in(call):
        return call
    require_choice(call, chosen)
    put_clauses(call, chosen, by=by)
    calls.save(call)
    audit.record("call.clauses_chosen", call, by=by, clauses=[each["clause"] for each in chosen])
    return call


def put_clauses(call, chosen, *, by):
    """Write a choice that was found right, under the lock of the caller; a clause that stays keeps its words."""
    wanted = {each["clause"]: each["link_to_subject"].strip() for each in chosen}
    call.clauses.exclude(clause__in=wanted).delete()
    there = {row.clause_id: row for row in call.clauses.all()}
    for clause in Clause.objects.filter(pk__in=wanted):
        words = wanted[clause.pk]
        if clause.pk not in there:
            ChosenClause.objects.create(
                call=call,
                clause=clause,
                title=clause.title_in(call.language),
                text=clause.text_in(call.language),
                link_to_subject=words,
                chosen_by=by,
            )
        elif there[clause.pk].link_to_subject != words:
            call.clauses.filter(clause=clause).update(link_to_subject=words)


# --- After the award --------------------------------------------------------------------------------------------------


@transaction.atomic
def record_reading(chosen, *, period_from, period_until, value=None, words="", by):
    """What the indicator showed in a period; pressed twice it is one reading, a correction is a second."""
    call = calls.locked(chosen.call)
    if not call.lots.exclude(awarded_at=None).exists():
        raise RuleBroken(_("There is nothing to watch before a lot of this call is awarded."))
    if period_from > timezone.localdate():
        raise RuleBroken(_("The period has not begun yet."))
    said = {"period_from": period_from, "period_until": period_until, "value": value, "words": words}
    last = chosen.readings.order_by("-recorded_at").first()
    if last and all(getattr(last, name) == given for name, given in said.items()):
        return last
    reading = Reading.objects.create(chosen=chosen, recorded_by=by, **said)
    audit.record("clause.reading_recorded", reading, by=by, call=call.pk)
    return reading


# --- Staff keep the library -------------------------------------------------------------------------------------------


@transaction.atomic
def change_clause(clause, *, version, by, **fields):
    """New words are not reviewed words: whoever changes what a lawyer has read takes the review away."""
    if {"texts", "legal_basis", "stage", "jurisdiction", "subject_checks"} & set(fields):
        fields |= {"reviewed_by": "", "reviewed_on": None}
    return law.change(clause, version=version, by=by, **fields)


@transaction.atomic
def record_review(clause, *, reviewed_by, reviewed_on, version, by):
    """A lawyer has read the words that stand there now."""
    if reviewed_on > timezone.localdate():
        raise RuleBroken(_("A review lies in the past."))
    law.change(clause, version=version, by=by, reviewed_by=reviewed_by, reviewed_on=reviewed_on)


@transaction.atomic
def retire_clause(clause, *, by):
    """No longer offered; where it was chosen it stays."""
    if not Clause.objects.offered().filter(pk=clause.pk).update(retired_at=timezone.now()):
        raise RuleBroken(_("This clause is retired already."))
    audit.record("clause.retired", clause, by=by)


@transaction.atomic
def offer_clause_again(clause, *, by):
    if not Clause.objects.exclude(retired_at=None).filter(pk=clause.pk).update(retired_at=None):
        raise RuleBroken(_("This clause is offered already."))
    audit.record("clause.offered_again", clause, by=by)
