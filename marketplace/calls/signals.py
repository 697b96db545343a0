"""What the rooms above hear of. Receivers run inside the transaction of the change."""

from django.dispatch import Signal

#: `calls` is a list of primary keys whose public words, lots, times or standing have changed.
calls_changed = Signal()
#: `call` came on show; sent once.
call_announced = Signal()


def tell_changed(call):
    calls_changed.send(sender=None, calls=[call.pk])
