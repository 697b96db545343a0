"""What people do on the buyer's desk, beyond what `calls.actions` does. The caller has checked who asks."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.calls import actions, facts
from marketplace.calls.models import Call
from marketplace.calls.writing import lacks
from marketplace.core import audit
from marketplace.core.errors import RuleBroken

#: The same title from the same person within this time is the same press.
ONE_PRESS = timedelta(minutes=1)


@transaction.atomic
def begin(buyer, *, title, language, by):
    """A draft; the one that the same press has begun already, if it comes twice."""
    buyer = Buyer.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=buyer.pk)
    since = timezone.now() - ONE_PRESS
    again = Call.objects.drafts().filter(buyer=buyer, title=title, created_by=by, created_at__gte=since, version=1)
    return again.first() or actions.begin_call(buyer, title=title, language=language, by=by)


def needs_word_on_notice(call, at=None):
    """Whether its law wants the official notice first and the call does not say that it is out by that moment."""
    if not (call.is_of_authority and call.jurisdiction.is_official_first):
        return False
    day = (at or timezone.now()).astimezone(ZoneInfo(call.zone or "UTC")).date()
    return call.official_notice_on is None or call.official_notice_on > day


@transaction.atomic
def publish(call, *, at=None, is_notice_settled=False, by):
    """Put it on show now or at that moment, if nothing is missing; `is_notice_settled` is the buyer's word on it."""
    call = actions.locked(call)
    if call.publish_at is None:
        if found := lacks.of(call, facts.facts_of(call), at):
            raise RuleBroken(found[0].words)
        if needs_word_on_notice(call, at):
            if not is_notice_settled:
                raise RuleBroken(_("Say first that the official notice is out, or why it need not be."))
            audit.record("call.notice_settled", call, by=by)
    return actions.publish_call(call, at=at, by=by)
