"""The mails about a call: who hears what, in their own language, once each."""

from django.utils import translation

from marketplace.accounts.emails import address_of
from marketplace.accounts.models import Representative
from marketplace.calls import concerned
from marketplace.core import outbox
from marketplace.core.templatetags.ui import moment_words

ROOM = "calls/email/"


def of_buyer(call):
    """Those who write for the buyer."""
    rows = Representative.objects.filter(organisation=call.buyer.organisation, user__is_active=True).select_related(
        "user"
    )
    return [row.user for row in rows.order_by("pk") if row.can_edit]


def to_concerned(name, call, *, lot=None, in_words=None, **context):
    """To everybody whom a change of the call concerns; that a firm has responded shows in no list of mails.

    `in_words()` gives what is said in the reader's language, and is asked in it.
    """
    for person, is_secret in concerned.people(call, lot):
        with translation.override(person.language):
            said = in_words() if in_words else {}
        hidden_until = outbox.FOREVER if is_secret else None
        _post(name, call, person, hidden_until=hidden_until, lot=lot, **context, **said)


def _post(name, call, person, *, hidden_until=None, lot=None, url_name="call-detail", **context):
    outbox.post(
        ROOM + name,
        to=person.email,
        # A list of mails about a call, of which some are hidden, would tell by its gaps.
        about=[] if hidden_until else [call],
        language=person.language,
        hidden_until=hidden_until,
        seal_of=call if hidden_until else None,
        call=call.title,
        buyer=call.buyer.organisation.name,
        lot=lot.title if lot else "",
        deadline=_deadline(call, person),
        link=address_of(url_name, person.language, slug=call.slug),
        **context,
    )


def _deadline(call, person):
    with translation.override(person.language):
        return moment_words(call.response_deadline, call.zone)


def call_announced(call):
    """To the buyer's own people; who else hears is the business of the rooms above."""
    for person in of_buyer(call):
        _post("call_announced", call, person)


def call_withdrawn(call):
    to_concerned("call_withdrawn", call, words=call.ended_because)


def call_cancelled(call):
    to_concerned("call_cancelled", call, words=call.ended_because)


def lot_cancelled(lot):
    to_concerned("lot_cancelled", lot.call, lot=lot, words=lot.ended_because)
