"""How often a firm was found and viewed: counts for its own page, never who looked."""

from marketplace.core import tally


def count_for_others(kind, suppliers, request):
    """Count for the firms' own figures; looks by staff and by a firm's own people are none."""
    if request.user.is_authenticated and request.user.is_staff:
        return
    own = {each.organisation_id for each in getattr(request, "representations", [])}
    tally.count(kind, [supplier.pk for supplier in suppliers if supplier.organisation_id not in own])
