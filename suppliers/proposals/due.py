"""What proposals ask of the clock, and what they promise always holds."""

from datetime import timedelta

from marketplace.core import registry
from suppliers.proposals import expiry

#: The clock may have stood still for so long before an overdue draft is a breach.
GRACE = timedelta(days=1)

registry.due.register("proposals", registry.Due("proposals", expiry.run, order=40))
registry.invariants.register(
    "open-proposals",
    registry.Invariant(
        "a profile whose owner has not accepted it is neither sent nor listed",
        """
        SELECT p.id FROM proposals_proposal p JOIN suppliers_supplier s ON s.id = p.supplier_id
        WHERE p.accepted_at IS NULL AND (s.submitted_at IS NOT NULL OR s.listed_at IS NOT NULL)
        """,
    ),
)
registry.invariants.register(
    "lapsed-proposals",
    registry.Invariant(
        "a proposal that nobody accepted does not outlive its 30 days",
        "SELECT id FROM proposals_proposal WHERE accepted_at IS NULL AND expires_at < %(limit)s",
        lambda at: {"limit": at - GRACE},
    ),
)
