"""What the floors above hear of."""

from django.dispatch import Signal

#: `buyer` may publish nothing any more; sent inside the transaction.
clearance_lost = Signal()
