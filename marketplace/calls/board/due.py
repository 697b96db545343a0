"""What the list of calls asks of the clock, and what always holds of its rows."""

from datetime import datetime

from marketplace.calls.board import rows
from marketplace.core import registry


def mend_rows(at: datetime) -> int:
    return rows.mend()


registry.due.register("call-rows", registry.Due("call-rows", mend_rows, order=21))
registry.invariants.register(
    "board",
    registry.Invariant("every call that is published has a row in the list of calls that agrees with it", rows.UNEVEN),
)
