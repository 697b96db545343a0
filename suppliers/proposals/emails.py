"""The mails of this room: to an owner who never asked for them, so each says where the data came from."""

from datetime import timedelta

from django.utils import formats, timezone, translation

from marketplace.accounts.emails import address_of, language_for
from marketplace.accounts.models import User
from marketplace.core import outbox
from marketplace.core.audit import label_of
from marketplace.core.copying import copy_models
from marketplace.core.models import OutboxMessage
from suppliers.proposals.signing import proposal_token

ASKED = "proposals/email/proposal_asked"
REMINDED = "proposals/email/proposal_reminded"
#: So many mails of a batch are due in each minute, as many as the sweep hands on beside everything else.
PER_MINUTE = 1_000
#: Stands for the token in an address that is made for many.
TOKEN = "TOKEN"  # noqa: S105


def proposal_asked(proposal):
    _to_owner(ASKED, proposal)


def proposal_reminded(proposal):
    _to_owner(REMINDED, proposal)


def _to_owner(template, proposal):
    language = language_for(proposal.email, proposal.language)
    outbox.post(
        template,
        to=proposal.email,
        about=[proposal],
        language=language,
        sealed={"link": link_to(proposal, language)},
        **_words(proposal, _last_day(proposal, language)),
    )


def proposals_asked(proposals, *, at, already=0):
    """Post the mails of many proposals with one COPY and no message to the broker: the sweep finds them in time.

    `already` is how many of the same import were posted before; each thousand is due a minute later.
    """
    chosen = dict(User.objects.filter(email__in=[row.email for row in proposals]).values_list("email", "language"))
    messages, addresses, days = [], {}, {}
    for number, proposal in enumerate(proposals, start=already):
        language = chosen.get(proposal.email, proposal.language)
        # Both cost more than all the rest of a message, and are the same for many.
        if language not in addresses:
            addresses[language] = address_of("proposal-answer", language, token=TOKEN).rpartition(TOKEN)
        if (language, proposal.expires_at) not in days:
            days[language, proposal.expires_at] = _last_day(proposal, language)
        before, _token, after = addresses[language]
        messages.append(
            OutboxMessage(
                template=ASKED,
                to=proposal.email,
                language=language,
                context=_words(proposal, days[language, proposal.expires_at]),
                sealed=outbox.seal({"link": f"{before}{proposal_token(proposal)}{after}"}),
                about=[label_of(proposal)],
                next_attempt_at=at + timedelta(minutes=number // PER_MINUTE),
            )
        )
    copy_models(messages)


def link_to(proposal, language):
    return address_of("proposal-answer", language, token=proposal_token(proposal))


def _words(proposal, last_day):
    return {
        "name": proposal.name,
        "source": proposal.source,
        "partner": str(proposal.partner) if proposal.partner else "",
        "until": last_day,
    }


def _last_day(proposal, language):
    with translation.override(language):
        return formats.date_format(timezone.localtime(proposal.expires_at), "j F Y")
