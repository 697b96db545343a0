from typing import Any

from marketplace.accounts.models import Organisation, Representative
from marketplace.calls.models import Call
from suppliers.models import Supplier


def selling_side(organisation: Organisation | None) -> Supplier | None:
    """The organisation's supplier, listed or not."""
    if not organisation:  # what middleware sets is lazy, and a lazy None is not None
        return None
    return Supplier.objects.filter(organisation=organisation.pk).select_related("organisation").first()


def can_set_aside(representative: Representative | None) -> bool:
    """Administrators and editors: it changes what their colleagues see too."""
    return bool(representative and representative.can_edit)


def is_of_another(organisation: Any, call: Call) -> bool:
    """Nobody is told how well they would answer their own call."""
    return bool(organisation) and organisation.pk != call.buyer.organisation_id


def may_meet_names(call: Call) -> bool:
    """Whether the buyer of the call may see which firms could serve it: a contracting authority sees numbers alone."""
    return not call.is_of_authority
