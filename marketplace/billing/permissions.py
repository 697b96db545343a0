from django.utils import timezone

from marketplace.billing.models import Entitlement, Grant


def has_entitlement(organisation, entitlement, on=None):
    """Whether the organisation holds it on that day (today if none is given); None holds nothing.

    What it holds is one query the first time, remembered on the object, which lives as long as a request.
    """
    if not organisation:  # what middleware sets is lazy, and a lazy None is not None
        return False
    return entitlement in _held_by(organisation, on or timezone.localdate())


def _held_by(organisation, day):
    known = getattr(organisation, "held_entitlements", {})
    if day not in known:
        grants = Grant.objects.valid(day).filter(organisation=organisation).values_list("entitlements", flat=True)
        known = organisation.held_entitlements = {**known, day: {each for held in grants for each in held}}
    return known[day]


def is_contracting_authority(organisation):
    """Whether it buys under public procurement law.

    The buying side is reached by the name of its relation, since `buyers` stands a floor above; one query the first
    time an organisation is asked, remembered on it afterwards.
    """
    buyer = getattr(organisation, "buyer", None)
    return buyer is not None and buyer.kind == buyer.Kind.CONTRACTING_AUTHORITY


def sees_evidence(organisation, on=None):
    """Whether evidence may be a filter, facet, column or sort for whoever acts for the organisation.

    Only an entitled company's: whatever a contracting authority was granted, it sees none.
    """
    buyer = getattr(organisation, "buyer", None)
    if buyer is None or buyer.kind != buyer.Kind.COMPANY:
        return False
    return has_entitlement(organisation, Entitlement.EVIDENCE, on)
