"""What readers do with a call: keep it in mind. Nobody else learns of it, so the audit does not either."""

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.calls.board.models import SavedCall
from marketplace.core.errors import RuleBroken

MOST_SAVED = 500


@transaction.atomic
def save_call(call, *, by):
    """From now on the person hears what becomes of it; the second time nothing happens."""
    if not call.is_published or call.withdrawn_at:
        raise RuleBroken(_("This call is not on show."))
    if SavedCall.objects.of(by).exclude(call=call).count() >= MOST_SAVED:
        raise RuleBroken(_("You keep %(most)s calls already. Take one off first.") % {"most": MOST_SAVED})
    SavedCall.objects.get_or_create(person=by, call=call)


def forget_call(call, *, by):
    SavedCall.objects.of(by).filter(call=call).delete()
