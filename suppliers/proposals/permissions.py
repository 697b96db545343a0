from marketplace.accounts.permissions import representative_of
from suppliers.proposals.models import Partner, Proposal


def has_open_proposal(supplier):
    """Whether the profile waits for its owner's yes: until then it is invisible and cannot be sent for review."""
    return Proposal.objects.open().filter(supplier=supplier).exists()


def partner_of(organisation):
    """The active partner that the organisation is, or None."""
    if not organisation:
        return None
    return Partner.objects.active().filter(organisation=organisation).select_related("organisation").first()


def can_bring_firms(user, partner):
    representative = representative_of(user, partner.organisation)
    return partner.is_active and bool(representative and representative.can_edit)


def can_change_draft(user, proposal):
    """Until the owner has accepted; from then on the profile is theirs alone."""
    return proposal.is_open and proposal.partner is not None and can_bring_firms(user, proposal.partner)


def can_answer(user, proposal):
    """Whoever was asked by mail, and whoever came to administer the organisation meanwhile."""
    if not user.is_authenticated:
        return False
    representative = representative_of(user, proposal.supplier.organisation)
    is_asked = bool(proposal.email) and user.email == proposal.email
    return is_asked or bool(representative and representative.is_administrator)
