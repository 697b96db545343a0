"""Changing a call that is on show: written aside, looked at as a difference, then published in one act.

The caller has checked who asks; these check whether it may be.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls import actions as calls
from marketplace.calls import facts
from marketplace.calls.amendments import changes as rules
from marketplace.calls.amendments import emails
from marketplace.calls.amendments.holdings import FOLDER
from marketplace.calls.amendments.models import Amendment, PendingAmendment
from marketplace.calls.clauses import actions as clauses
from marketplace.calls.models import Call
from marketplace.calls.papers import actions as papers
from marketplace.calls.writing import lacks, lots
from marketplace.core import audit
from marketplace.core.errors import RuleBroken

# --- Writing it -------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_amendment(call, *, by):
    """The change under way, or a new one that begins as the call stands; two people write the same one."""
    call = _amendable(call)
    found = PendingAmendment.objects.filter(call=call).first()
    if found:
        return found
    live = facts.facts_of(call)
    pending = PendingAmendment.objects.create(
        call=call, facts=live, clauses=clauses.chosen_in(call), seen=facts.fingerprint(live), begun_by=by
    )
    audit.record("amendment.begun", call, by=by)
    return pending


@transaction.atomic
def change_pending(pending, changed, *, by, seen=None):
    """Write what the call shall say; `seen` is the fingerprint of the pending facts that were read.

    Refused when a colleague wrote into it since, and for what no amendment may do. How much time firms get is asked
    when it is published.
    """
    pending = _locked(pending)
    if seen is not None and seen != facts.fingerprint(pending.facts):
        raise RuleBroken(_("Somebody else changed this call while you were editing. Look at it again."))
    typed, changed = changed, _with_free_numbers(pending.call, changed)
    rules.require_lawful(pending.call, facts.facts_of(pending.call), changed)
    if len(changed["lots"]) > calls.MOST_LOTS:
        raise RuleBroken(_("A call has at most %(most)s lots.") % {"most": calls.MOST_LOTS})
    _keep_to_lots(pending, typed, changed)
    pending.facts, pending.changed_at = changed, timezone.now()
    pending.save(update_fields=["facts", "changed_at"])
    return pending


@transaction.atomic
def write_part(pending, make, data, *, by):
    """The form of one part, judged against the change as it stands under its lock, and whether it was saved.

    `make(data, facts=, call=, person=)` gives the form.
    """
    pending = _locked(pending)
    form = make(data, facts=pending.facts, call=pending.call, person=by)
    if not form.is_valid() or form.note_conflict():
        return form, False
    try:
        change_pending(pending, form.facts_after(), by=by)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return form, False
    return form, True


@transaction.atomic
def take_out_lot(pending, number, *, by):
    """Take a lot out that is new in this change; one that everybody sees is cancelled instead."""
    pending = _locked(pending)
    change_pending(pending, lots.without(pending.facts, number), by=by)


@transaction.atomic
def choose_clauses(pending, chosen, *, by):
    """`chosen` is [{"clause": key, "link_to_subject": words}]: all the clauses that the call shall have."""
    pending = _locked(pending)
    clauses.require_choice(pending.call, chosen)
    pending.clauses, pending.changed_at = chosen, timezone.now()
    pending.save(update_fields=["clauses", "changed_at"])
    return pending


@transaction.atomic
def drop_documents(pending, keys, *, by):
    """`keys` is those of all the documents that shall go."""
    pending = _locked(pending)
    known = pending.call.documents.current().filter(pk__in=keys).values_list("pk", flat=True)
    pending.dropped_documents, pending.changed_at = sorted(known), timezone.now()
    pending.save(update_fields=["dropped_documents", "changed_at"])
    return pending


def add_document(pending, received, *, by, language="", lot_number=None):
    """Keep a file aside that becomes a document of the call with this change."""
    papers.refuse_known(pending.new_documents.all(), received.sha256)
    with papers.stored(received, FOLDER) as paper, transaction.atomic():
        pending = _locked(pending)
        stay = pending.call.documents.current()
        papers.refuse_known(stay, received.sha256)
        papers.refuse_known(pending.new_documents.all(), received.sha256)
        papers.refuse_one_more(stay.exclude(pk__in=pending.dropped_documents).count() + pending.new_documents.count())
        lot_number = _known_lot(pending, lot_number)
        document = pending.new_documents.create(**paper | {"language": language, "lot_number": lot_number})
        _touch(pending)
    return document


@transaction.atomic
def change_document(pending, key, *, by, title, language, lot_number=None):
    """Change what is said of a new document."""
    pending = _locked(pending)
    said = {"title": title, "language": language, "lot_number": _known_lot(pending, lot_number)}
    if not pending.new_documents.filter(pk=key).update(**said):
        raise RuleBroken(_("This document is not there any more."))
    _touch(pending)


@transaction.atomic
def take_out_document(pending, key, *, by):
    """Take a new document out with its file; a second time does nothing."""
    pending = _locked(pending)
    for document in pending.new_documents.filter(pk=key):
        document.delete()
    _touch(pending)


def _known_lot(pending, number):
    """A lot that a colleague has taken out meanwhile is none: another may get its number."""
    return number if number and lots.find(pending.facts, number) else None


def _touch(pending):
    pending.changed_at = timezone.now()
    pending.save(update_fields=["changed_at"])


def _keep_to_lots(pending, typed, numbered):
    """New documents go with their lots to other numbers; those of a lot that was taken out are for the whole call."""
    numbers = {was["number"]: now["number"] for was, now in zip(typed["lots"], numbered["lots"], strict=True)}
    for document in pending.new_documents.exclude(lot_number=None):
        document.lot_number = numbers.get(document.lot_number)
        document.save(update_fields=["lot_number"])


@transaction.atomic
def give_enough_time(pending, *, by):
    """Move the deadline to the earliest one that a late material change may have; one that is later still stays."""
    pending = _locked(pending)
    earliest = rules.earliest_deadline(pending.call, timezone.now())
    changed = pending.facts | {
        "zone": earliest.zone,
        "response_due_on": earliest.wall.date().isoformat(),
        "response_due_time": earliest.wall.time().isoformat(),
        "response_deadline": earliest.at.isoformat(),
    }
    if rules.instant(pending.facts["response_deadline"]) < earliest.at:
        change_pending(pending, changed, by=by)


def keep_pace(pending):
    """After the call itself changed, as when a lot was cancelled: what is gone from it goes from what is written aside.

    The caller holds the lock of the call.
    """
    gone = set(pending.call.lots.exclude(cancelled_at=None).values_list("number", flat=True))
    pending.facts["lots"] = [lot for lot in pending.facts["lots"] if lot["number"] not in gone]
    pending.seen = facts.fingerprint(facts.facts_of(pending.call))
    pending.save(update_fields=["facts", "seen"])


@transaction.atomic
def discard_amendment(call, *, by):
    """Take back what was written aside; the call stays as everybody sees it."""
    call = calls.locked(call)
    if PendingAmendment.objects.filter(call=call).delete()[0]:
        audit.record("amendment.discarded", call, by=by)


# --- Publishing it ----------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_amendment(pending, *, words="", is_wording_only=False, looked_at=None, by):
    """Make what was written aside the call that everybody sees; `looked_at` is the fingerprint of what was read."""
    pending = _locked(pending)
    if looked_at is not None and looked_at != rules.fingerprint(pending):
        raise RuleBroken(_("A colleague has written into this change since you read it. Look at it again."))
    return amend_call(
        pending.call,
        pending.facts,
        words=words,
        is_wording_only=is_wording_only,
        by=by,
        seen=pending.seen,
        chosen_clauses=pending.clauses,
        dropped_documents=pending.dropped_documents,
        new_documents=pending.new_documents.all(),
    )


@transaction.atomic
def amend_call(
    call,
    changed,
    *,
    words="",
    is_wording_only=False,
    by,
    seen=None,
    chosen_clauses=None,
    dropped_documents=(),
    new_documents=(),
    at=None,
):
    """Change a published call at once, and tell everybody concerned what is different, each person once.

    Material unless only times moved or it corrects wording; a material change that comes late gives firms more time.
    """
    call = _amendable(call, at)
    at = at or timezone.now()
    before = facts.facts_of(call)
    if seen is not None and seen != facts.fingerprint(before):
        raise RuleBroken(_("The call has changed since you began. Look at the differences again before you publish."))
    changed = _with_free_numbers(call, changed)
    rules.require_lawful(call, before, changed)
    _require_whole(call, before, changed, at)
    if chosen_clauses is not None:
        clauses.require_choice(call, chosen_clauses)
    found = rules.between(before, changed) + rules.beside(call, chosen_clauses, dropped_documents, new_documents)
    if not found:
        raise RuleBroken(_("Nothing is different from what everybody sees."))
    is_material = rules.is_material(found, is_wording_only)
    if is_material:
        rules.require_enough_time(call, changed, at)
    _write(call, changed, chosen_clauses, is_material, by=by)
    _change_papers(call, dropped_documents, new_documents, by=by)
    return _record(call, found, words, is_material, by=by, at=at)


def _require_whole(call, before, changed, at):
    """An amendment takes nothing away without which the call could not have been published."""
    lacked = set(lacks.of(call, before, at))
    for lack in lacks.of(call, changed, at):
        if lack not in lacked:
            raise RuleBroken(lack.words)


def _write(call, changed, chosen_clauses, is_material, *, by):
    facts.write(call, changed)
    call.amendment_number += 1
    if is_material:
        call.material_number = call.amendment_number
    calls.save(call)
    if chosen_clauses is not None:
        clauses.put_clauses(call, chosen_clauses, by=by)


def _change_papers(call, dropped_documents, new_documents, *, by):
    for document in call.documents.current().filter(pk__in=dropped_documents):
        papers.remove_document(document, by=by, is_amendment=True)
    lots = {lot.number: lot for lot in call.lots.standing()}
    for document in new_documents:
        papers.take_over(call, document, lot=lots.get(document.lot_number), by=by)


def _record(call, found, words, is_material, *, by, at):
    amendment = Amendment.objects.create(
        call=call,
        number=call.amendment_number,
        amended_at=at,
        by=by,
        is_material=is_material,
        changes=found,
        words=words,
    )
    PendingAmendment.objects.filter(call=call).delete()
    parts = sorted({change["part"] for change in found})
    audit.record("call.amended", call, by=by, number=amendment.number, is_material=is_material, parts=parts)
    emails.call_amended(amendment)
    return amendment


def _with_free_numbers(call, changed):
    """Lots that are new get numbers that no lot of the call ever had, in their order."""
    standing = set(call.lots.standing().values_list("number", flat=True))
    free = max(call.lots.values_list("number", flat=True), default=0)
    lots = []
    for lot in changed["lots"]:
        if lot["number"] not in standing:
            free += 1
            lot = lot | {"number": free}
        lots.append(lot)
    return changed | {"lots": lots}


def _amendable(call, at=None):
    call = calls.locked(call)
    if not Call.objects.open(at).filter(pk=call.pk).exists():
        raise RuleBroken(_("Only a call that is open can be amended: this one is not on show, or its time is over."))
    return call


def _locked(pending):
    """The change under way, its call locked first."""
    _amendable(pending.call)
    found = PendingAmendment.objects.select_related("call").filter(pk=pending.pk).first()
    if found is None:
        raise RuleBroken(_("A colleague has published or discarded this change already."))
    return found
