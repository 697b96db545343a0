"""What the clock does with proposals: one reminder after two weeks, the end after thirty days."""

from datetime import timedelta

from django.db import transaction

from marketplace.accounts.models import Organisation
from suppliers.proposals import emails, ending
from suppliers.proposals.models import Outcome, Proposal

REMINDER_AFTER = timedelta(days=14)
AT_ONCE = 200


def run(at):
    """Remind and delete all that is due; each batch commits by itself, so that a cut loses nothing."""
    return _all(remind_some, at) + _all(delete_some, at)


def _all(step, at):
    done = 0
    while number := step(at):
        done += number
    return done


@transaction.atomic
def remind_some(at):
    """Write once more to owners who have not answered."""
    due = Proposal.objects.answerable(at).filter(asked_at__lte=at - REMINDER_AFTER, reminded_at=None)
    held = due.select_for_update(skip_locked=True, of=("self",)).select_related("partner__organisation")
    proposals = list(held.order_by("asked_at", "pk")[:AT_ONCE])
    Proposal.objects.filter(pk__in=[proposal.pk for proposal in proposals]).update(reminded_at=at)
    for proposal in proposals:
        emails.proposal_reminded(proposal)
    return len(proposals)


@transaction.atomic
def delete_some(at):
    """Delete drafts whose time is over, with the organisations that were made for them and nothing else.

    Passes over what somebody has in hand at this moment: the organisation's lock comes first here too.
    """
    lapsed = Proposal.objects.lapsed(at).order_by("expires_at", "pk")
    firms = lapsed.values_list("supplier__organisation", flat=True)[:AT_ONCE]
    held = Organisation.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=list(firms))
    proposals = list(lapsed.filter(supplier__organisation__in=list(held)).select_related("supplier"))
    if proposals:
        ending.end(proposals, outcome=Outcome.EXPIRED)
    return len(proposals)
