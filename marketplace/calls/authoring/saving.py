"""Writing one part of a draft while two people may be at it."""

from django.db import transaction

from marketplace.calls import actions, facts
from marketplace.calls.writing import lots
from marketplace.core.errors import RuleBroken


@transaction.atomic
def bound(call, make, data, *, by):
    """The form of one part, judged against the call as it stands under its lock, and whether it was saved.

    `make(data, facts=, call=, person=)` gives the form. RuleBroken where the draft is gone.
    """
    call = actions.locked(call)
    form = make(data, facts=facts.facts_of(call), call=call, person=by)
    is_draft = call.publish_at is None
    if not form.is_valid() or (is_draft and form.note_conflict()):
        return form, False
    try:
        actions.change_draft(call, form.facts_after(), by=by)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return form, False
    return form, True


@transaction.atomic
def take_out_lot(call, number, *, by):
    """Take a lot out of the draft as it stands; one that is out already is none."""
    call = actions.locked(call)
    actions.change_draft(call, lots.without(facts.facts_of(call), number), by=by)
