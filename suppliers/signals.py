"""What the suppliers' room tells those above it."""

from django.dispatch import Signal

#: After a change of anything a profile shows, in the same transaction: `suppliers` is a list of primary keys.
#: Actions that change a supplier, its services, texts, documents or certifications send it once, at their end.
suppliers_changed = Signal()


def tell_changed(*suppliers):
    """Send `suppliers_changed` for these rows."""
    suppliers_changed.send(sender=None, suppliers=[supplier.pk for supplier in suppliers])
