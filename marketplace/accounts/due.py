"""What accounts promise always holds."""

from marketplace.core import registry

registry.invariants.register(
    "seats",
    registry.Invariant(
        "no organisation uses more seats than it holds",
        """
        SELECT o.id FROM accounts_organisation o
        WHERE o.seat_limit IS NOT NULL AND o.seat_limit < (
            SELECT count(*) FROM accounts_representative r WHERE r.organisation_id = o.id
        ) + (
            SELECT count(*) FROM accounts_invitation i WHERE i.organisation_id = o.id
            AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > %(at)s
        )
        """,
    ),
)
registry.invariants.register(
    "administrators",
    registry.Invariant(
        "an organisation that people act for has an administrator",
        """
        SELECT organisation_id FROM accounts_representative GROUP BY organisation_id
        HAVING count(*) FILTER (WHERE role = 'administrator') = 0
        """,
    ),
)
