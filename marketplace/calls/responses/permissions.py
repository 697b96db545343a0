from marketplace.calls.permissions import can_write_for
from suppliers.models import Supplier


def supplier_for(organisation, call):
    """The selling side with which the organisation may respond, or None; a buyer does not answer its own call."""
    if not organisation or organisation.pk == call.buyer.organisation_id:
        return None
    return Supplier.objects.filter(organisation=organisation.pk).select_related("organisation").first()


def can_respond(user, supplier):
    """Administrators and editors of the firm, listed or not; staff never write in its name."""
    return can_write_for(user, supplier.organisation)
