"""What an amendment changes, as the record keeps it, and the rules that such a change is under."""

from datetime import timedelta

from django.utils.translation import gettext as _

from marketplace.calls import facts
from marketplace.calls.clauses.models import Clause
from marketplace.calls.models import Call
from marketplace.core import moments
from marketplace.core.errors import RuleBroken
from marketplace.core.templatetags.ui import moment_words

#: A company's call is under no procurement law: these are the house's own rule for it.
COMPANY_LATE_DAYS = 3
COMPANY_EXTENSION_DAYS = 5
#: What a published call keeps to its end, because firms have begun to answer to it.
FIXED = ("route", "audience", "currency")
#: Words that can be put right without anybody having to think about their response again.
WORDING = ("reference", "title", "description", "contact")
_DEADLINES = ("question_deadline", "response_deadline")


class DeadlineTooNear(RuleBroken):
    """A material change so late asks for more time; `earliest` is the first Moment that gives enough of it."""

    def __init__(self, message, earliest):
        super().__init__(message)
        self.earliest = earliest


def between(before, after):
    """`facts.differences`, each deadline with the zones in which it was and is written."""
    found = facts.differences(before, after)
    zones = {"zones": [before["zone"], after["zone"]]}
    return [change | zones if change["part"] in _DEADLINES else change for change in found]


def beside(call, chosen_clauses, dropped_documents, new_documents=()):
    """What changes beside the facts: clauses and documents that come or go; None for the clauses is as they are."""
    found = []
    if chosen_clauses is not None:
        now = {chosen.clause_id: chosen.title for chosen in call.clauses.all()}
        wanted = Clause.objects.filter(pk__in=[each["clause"] for each in chosen_clauses])
        found += _came_and_went("clause", now, {clause.pk: clause.title_in(call.language) for clause in wanted})
    stay = {document.pk: document.title for document in call.documents.current()}
    left = {key: title for key, title in stay.items() if key not in dropped_documents}
    found += _came_and_went("document", stay, left)
    return found + [_entry("document", None, new.title, new.lot and new.lot_number) for new in new_documents]


def of_pending(pending):
    """What the amendment under way would change, were it published now."""
    call = pending.call
    found = between(facts.facts_of(call), pending.facts)
    return found + beside(call, pending.clauses, pending.dropped_documents, pending.new_documents.all())


def fingerprint(pending):
    """A short sign that changes whenever what would be published does."""
    new = [[row.pk, row.title, row.language, row.lot_number] for row in pending.new_documents.all()]
    return facts.fingerprint([pending.facts, pending.clauses, pending.dropped_documents, new])


def _came_and_went(part, before, after):
    gone = [_entry(part, title, None) for key, title in before.items() if key not in after]
    return gone + [_entry(part, None, title) for key, title in after.items() if key not in before]


def _entry(part, before, after, lot=None):
    return {"part": part, "lot": lot, "before": before, "after": after}


def is_material(changes, is_wording_only):
    """Whether responses given before have to be confirmed."""
    beyond_times = [change for change in changes if change["part"] not in facts.TIMES]
    if is_wording_only and not all(change["part"] in WORDING for change in beyond_times):
        raise RuleBroken(
            _("Only titles, descriptions, your reference and the contact can be a correction of wording. Whatever else "
              "changes, firms are asked to confirm their responses.")
        )  # fmt: skip
    return bool(beyond_times) and not is_wording_only


def require_lawful(call, before, after):
    """What no amendment may do, whatever its reason."""
    if any(before[name] != after[name] for name in FIXED):
        raise RuleBroken(
            _("Where responses go, who may see the call and its currency stay as they were published. "
              "To change them, withdraw the call and publish a new one.")
        )  # fmt: skip
    standing = {lot["number"] for lot in after["lots"]}
    if any(lot["number"] not in standing for lot in before["lots"]):
        raise RuleBroken(_("A lot of a published call is not taken out: cancel it, and say why."))
    for name, sentence in _never_earlier().items():
        was, now = before[name], after[name]
        if was and (not now or instant(now) < instant(was)):
            raise RuleBroken(sentence)


def _never_earlier():
    return {
        "response_deadline": _("The deadline for responses can be moved later, never earlier."),
        "question_deadline": _("The end of questions can be moved later, never earlier."),
    }


def instant(plain):
    """The moment of a deadline as the facts write it."""
    return facts.value_of(Call, "response_deadline", plain)


def days_for(call):
    """(a material change is late with fewer days left than this, and then gives at least so many from now on)."""
    if call.jurisdiction_id is None:
        return COMPANY_LATE_DAYS, COMPANY_EXTENSION_DAYS
    return call.jurisdiction.late_change_days, call.jurisdiction.extension_days


def require_enough_time(call, after, at):
    """For a material change: raises DeadlineTooNear unless firms have the time that the law of the call gives them."""
    late, extension = days_for(call)
    if call.response_deadline - at >= timedelta(days=late):
        return
    if instant(after["response_deadline"]) >= at + timedelta(days=extension):
        return
    earliest = earliest_deadline(call, at)
    words = _(
        "Fewer than %(late)s days are left, so this change has to give firms at least %(days)s days from now. The "
        "earliest deadline is %(deadline)s."
    )
    raise DeadlineTooNear(
        words % {"late": late, "days": extension, "deadline": moment_words(earliest.at, earliest.zone)}, earliest
    )


def earliest_deadline(call, at):
    """The first day that gives enough time, at the time of day that firms have read so far."""
    enough = at + timedelta(days=days_for(call)[1])
    wall = enough.astimezone(moments.find_zone(call.zone)).replace(
        hour=call.response_due_time.hour, minute=call.response_due_time.minute, second=0, microsecond=0, tzinfo=None
    )
    found = _that_exists(wall, call.zone)
    return found if found.at >= enough else _that_exists(wall + timedelta(days=1), call.zone)


def _that_exists(wall, zone):
    """Of a time of day that the clocks skip or pass twice, the later reading: firms never lose time by it."""
    try:
        return moments.resolve(wall, zone, is_second=True)
    except moments.NoSuchTime as skipped:
        return moments.resolve(skipped.later, zone)
