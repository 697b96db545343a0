"""How often one address on the network may report pages, which needs no account."""

from marketplace.core.restraint import is_in_measure

HOUR = 60 * 60
REPORTS_AN_HOUR = 5


def may_report(request):
    """Counts this report; False when the address has sent enough of them within the hour."""
    return is_in_measure(request, "page-report", most=REPORTS_AN_HOUR, seconds=HOUR)
