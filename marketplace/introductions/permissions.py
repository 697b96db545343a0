from django.db.models import Exists, OuterRef

from buyers.models import Buyer
from marketplace.billing.models import Entitlement, Grant


def can_keep_shortlists(buyer):
    """Whether the buyer's membership has shortlists today; what it kept before stays for when it has them again."""
    return Grant.objects.valid().giving(Entitlement.DIRECTORY).filter(organisation=buyer.organisation_id).exists()


def keeping_buyer(organisation):
    """The organisation's buying side if its membership has shortlists, else None; one query."""
    has_shortlists = Grant.objects.valid().giving(Entitlement.DIRECTORY).filter(organisation=OuterRef("organisation"))
    return Buyer.objects.filter(Exists(has_shortlists), organisation=organisation).first() if organisation else None


def can_change_shortlists(representative):
    """Viewers read what their colleagues keep and change nothing."""
    return bool(representative and representative.can_edit)
