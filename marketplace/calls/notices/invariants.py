"""What always holds of calls that came with notices."""

from marketplace.core import registry

registry.invariants.register(
    "notice-answered-elsewhere",
    registry.Invariant(
        "a call that came with a notice is answered at the official portal alone",
        "SELECT notices_notice.id FROM notices_notice JOIN calls_call ON calls_call.id = call_id"
        " WHERE effect <> 'none' AND route <> 'portal'",
    ),
)
registry.invariants.register(
    "notice-made-its-call-once",
    registry.Invariant(
        "a call that came with a notice was made by one notice",
        "SELECT call_id FROM notices_notice WHERE effect = 'made' GROUP BY call_id HAVING count(*) > 1",
    ),
)
