from dataclasses import dataclass

from marketplace.billing.models import Entitlement
from marketplace.billing.permissions import has_entitlement, is_contracting_authority, sees_evidence


@dataclass(frozen=True, slots=True)
class Viewer:
    """What whoever looks may meet: profiles and parts for members, evidence at all, evidence as a filter.

    It follows from the organisation that the person acts for at this moment, never from the person's others.
    """

    is_member: bool
    meets_evidence: bool
    filters_by_evidence: bool


def viewer_of(user, organisation):
    # What middleware sets is lazy, and a lazy None is not None.
    organisation = organisation or None
    if organisation is None:
        return Viewer(is_member=user.is_authenticated and user.is_staff, meets_evidence=True, filters_by_evidence=False)
    return Viewer(
        is_member=user.is_staff or has_entitlement(organisation, Entitlement.DIRECTORY),
        meets_evidence=not is_contracting_authority(organisation),
        filters_by_evidence=sees_evidence(organisation),
    )
