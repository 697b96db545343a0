"""What the ground floor asks of the clock, and what it promises always holds."""

from datetime import datetime

import structlog
from django.utils import timezone

from marketplace.core import queue, registry
from marketplace.core.health import MAIL_WAIT
from marketplace.core.models import OutboxMessage
from marketplace.core.outbox import DELIVER

log = structlog.get_logger("tessera.due")

SWEEP_AT_ONCE = 2_000


def sweep_outbox(at: datetime | None = None) -> int:
    """Enqueue every message that is due and held by nobody; returns how many the broker took."""
    waiting = OutboxMessage.objects.due(at or timezone.now()).order_by("next_attempt_at")
    taken = 0
    for pk in waiting.values_list("pk", flat=True)[:SWEEP_AT_ONCE]:
        if not queue.enqueue(DELIVER, pk):
            break
        taken += 1
    return taken


def run_due(at: datetime) -> dict[str, int]:
    """Do everything the clock asks for at that moment and say how much.

    One failing part does not stop the others; all failures are raised together at the end.
    """
    done: dict[str, int] = {}
    failures = []
    for work in registry.due:
        try:
            done[work.name] = work.run(at)
        except Exception as error:
            log.exception("due work failed", work=work.name)
            error.add_note(work.name)
            failures.append(error)
    if failures:
        raise ExceptionGroup("some due work failed", failures)
    return done


registry.due.register("outbox", registry.Due("outbox", sweep_outbox, order=90))
registry.invariants.register(
    "outbox-waiting",
    registry.Invariant(
        "no mail waits for over 15 minutes without a recorded reason",
        """
        SELECT id FROM core_outboxmessage
        WHERE sent_at IS NULL AND failed_at IS NULL AND last_error = '' AND next_attempt_at < %(limit)s
        """,
        lambda at: {"limit": at - MAIL_WAIT},
    ),
)
registry.invariants.register(
    "outbox-secrets",
    registry.Invariant(
        "a mail that was sent or given up keeps no secret",
        "SELECT id FROM core_outboxmessage WHERE sealed IS NOT NULL AND (sent_at IS NOT NULL OR failed_at IS NOT NULL)",
    ),
)
