"""What a partner sees of its firms: how far each has come, and of an accepted one only what the firm shares."""

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, PlainName
from suppliers.proposals.models import Outcome, PartnerConsent, Proposal


class Step(TextChoices):
    DRAFTED = "drafted", _("Drafted")
    ASKED = "asked", _("Owner asked")
    ACCEPTED = "accepted", _("Accepted")
    SENT = "sent", _("Sent for review")
    LISTED = "listed", _("Listed")


def firms_of(partner):
    """The organisations on a partner's board, each with its `step`, `since`, `shown_name` and open draft."""
    drafts = Proposal.objects.filter(supplier__organisation=OuterRef("pk"), partner=partner)
    shared = PartnerConsent.objects.live().filter(organisation=OuterRef("pk"), partner=partner)
    began = Subquery(shared.values("given_at")[:1])
    is_open = Q(supplier__proposal__accepted_at=None, is_drafted=True)
    is_listed = Q(is_shared=True, supplier__listed_at__isnull=False)
    is_listed &= Q(supplier__hidden_at=None, supplier__suspended_at=None)
    is_sent = Q(is_shared=True, supplier__submitted_at__isnull=False, supplier__listed_at=None)
    steps = [
        (is_open & Q(supplier__proposal__asked_at=None), Step.DRAFTED, F("supplier__proposal__created_at")),
        (is_open, Step.ASKED, F("supplier__proposal__asked_at")),
        (is_listed, Step.LISTED, F("supplier__listed_at")),
        (is_sent & Q(supplier__hidden_at=None), Step.SENT, F("supplier__submitted_at")),
        (Q(is_drafted=True), Step.ACCEPTED, F("supplier__proposal__accepted_at")),
    ]
    return (
        Organisation.objects.annotate(is_drafted=Exists(drafts), is_shared=Exists(shared))
        .filter(Q(is_drafted=True) | Q(is_shared=True))
        .annotate(
            step=Case(*(When(when, Value(step.value)) for when, step, _since in steps), default=Value("accepted")),
            since=Case(*(When(when, since) for when, _step, since in steps), default=began),
            # What an unlisted firm calls itself today is not the partner's to know unless the firm shares it.
            shown_name=Case(When(is_shared=True, then=F("name")), default=F("supplier__proposal__name")),
        )
        .select_related("supplier__proposal")
    )


def in_order(firms):
    return firms.order_by(PlainName("shown_name"), "pk")


def counts(partner):
    """`steps` and `endings` as (code, label, number), in two queries."""
    reached = dict(firms_of(partner).order_by().values_list("step").annotate(Count("pk")))
    ended = dict(partner.ended.order_by().values_list("outcome").annotate(Count("pk")))
    return {
        "steps": [(step.value, step.label, reached.get(step.value, 0)) for step in Step],
        "endings": [(outcome.value, outcome.label, ended.get(outcome.value, 0)) for outcome in Outcome],
    }
