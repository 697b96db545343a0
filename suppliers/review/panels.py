"""What the review adds to pages of lower floors."""

from django.utils import timezone

from marketplace.core import registry
from suppliers.review.due import SAID_PLAINLY_AFTER


def unconfirmed(suppliers, request):
    """For each profile that nobody has confirmed though asked long ago: since when."""
    last = timezone.now().date() - SAID_PLAINLY_AFTER
    return {
        supplier.pk: {"since": supplier.confirmed_on or supplier.listed_at}
        for supplier in suppliers
        if supplier.confirmation_asked_on and supplier.confirmation_asked_on <= last
    }


registry.panels.register(
    "unconfirmed", registry.Panel("profile-aside", "review/unconfirmed_panel.html", unconfirmed, order=90)
)
