"""The mails about responses. Those to a firm about its own are hidden from everybody else for good: a list of mails
that showed them would say who has handed something in."""

from django.utils import translation

from marketplace.accounts.emails import address_of
from marketplace.accounts.models import Representative, Role
from marketplace.calls.responses.sealing import seconds_in_words
from marketplace.core import outbox
from marketplace.core.templatetags.ui import moment_words

ROOM = "responses/email/"


def of_firm(supplier):
    """Those who write for it."""
    rows = Representative.objects.exclude(role=Role.VIEWER).filter(
        organisation=supplier.organisation, user__is_active=True
    )
    return [row.user for row in rows.select_related("user").order_by("pk")]


def _to_firm(name, response, *, in_words=None, **context):
    """`in_words()` gives what is said in the reader's language, and is asked in it."""
    lot, call = response.lot, response.lot.call
    for person in of_firm(response.supplier):
        with translation.override(person.language):
            said = in_words() if in_words else {}
            deadline = moment_words(call.response_deadline, call.zone)
        outbox.post(
            ROOM + name,
            to=person.email,
            language=person.language,
            hidden_until=outbox.FOREVER,
            seal_of=call,
            call=call.title,
            lot=lot.title,
            number=lot.number,
            buyer=call.buyer.organisation.name,
            firm=response.supplier.organisation.name,
            deadline=deadline,
            link=address_of("call-response", person.language, slug=call.slug, number=lot.number),
            **context,
            **said,
        )


def _receipt(name, submission, moment):
    zone = submission.response.lot.call.zone
    _to_firm(
        name,
        submission.response,
        in_words=lambda: {"moment": seconds_in_words(moment, zone)},
        sha256=submission.sha256,
        count=submission.number,
        files=[{"name": file.original_name, "sha256": file.sha256} for file in submission.files.all()],
    )


def response_received(submission):
    _receipt("response_received", submission, submission.received_at)


def response_confirmed(submission):
    _receipt("response_confirmed", submission, submission.confirmed_at)


def response_withdrawn(submission):
    _receipt("response_withdrawn", submission, submission.withdrawn_at)


def response_opened(response):
    _to_firm("response_opened", response)


def response_lapsed(response):
    _to_firm("response_lapsed", response)


def response_unfinished(response, *, is_confirmation):
    _to_firm("response_unfinished", response, is_confirmation=is_confirmation)
