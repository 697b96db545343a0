"""What proposals and partners add to the workspace, and what they say when a profile is to be sent."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.permissions import can_edit_organisation
from marketplace.core import registry
from suppliers.proposals.models import Partner, PartnerConsent, Proposal
from suppliers.proposals.permissions import can_answer, has_open_proposal
from suppliers.proposals.signing import proposal_token
from suppliers.review.readiness import obstacles


def boards(organisations, request):
    """For partners, the way to their board."""
    partners = Partner.objects.active().filter(organisation__in=organisations)
    return {partner.organisation_id: {"partner": partner} for partner in partners}


def consents(organisations, request):
    """Which partners see the firm's standing, each with the button that ends it."""
    live = PartnerConsent.objects.live().filter(organisation__in=organisations)
    found: dict[int, dict[str, Any]] = {}
    for consent in live.select_related("partner__organisation", "organisation").order_by("given_at"):
        context = {"consents": [], "may_end": can_edit_organisation(request.user, consent.organisation)}
        found.setdefault(consent.organisation_id, context)["consents"].append(consent)
    return found


def drafts(organisations, request):
    """A draft of the firm that waits for an answer, shown to who may give it."""
    rows = Proposal.objects.answerable().filter(supplier__organisation__in=organisations)
    rows = rows.select_related("supplier__organisation", "partner__organisation")
    return {
        row.supplier.organisation_id: {"proposal": row, "token": proposal_token(row)}
        for row in rows
        if can_answer(request.user, row)
    }


def waits_for_its_owner(supplier):
    if has_open_proposal(supplier):
        return _("This profile was drafted for you. Accept it before you send it: the workspace leads there.")
    return ""


class ForPartners(registry.Link):
    """Only an association that brings firms in has a board."""

    def is_for(self, request):
        partner = getattr(request.organisation, "partner", None)
        return partner is not None and partner.is_active


registry.workspace.register("firms", ForPartners(gettext_lazy("Your firms"), "firm-list", 25, "handshake"))
registry.panels.register(
    "proposed-profile", registry.Panel("workspace", "proposals/workspace_draft.html", drafts, order=5)
)
registry.panels.register(
    "partner-board", registry.Panel("workspace", "proposals/workspace_board.html", boards, order=20)
)
registry.panels.register(
    "partner-consents", registry.Panel("workspace", "proposals/workspace_consents.html", consents, order=60)
)
obstacles.register("proposal", waits_for_its_owner)
