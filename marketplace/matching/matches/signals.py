"""What the rooms above hear of. Receivers run inside the transaction of the matching."""

from django.dispatch import Signal

#: `call` is the primary key of one that is on show and open, and whose matches are up to date from now on.
call_matched = Signal()
