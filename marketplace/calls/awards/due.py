"""What decisions promise always holds."""

from marketplace.core import registry

registry.invariants.register(
    "awards-of-lots",
    registry.Invariant(
        "a lot is awarded exactly when there is an award for it",
        """
        SELECT l.id FROM calls_lot l
        WHERE (l.awarded_at IS NOT NULL) <> EXISTS (SELECT FROM awards_award a WHERE a.lot_id = l.id)
        """,
    ),
)
