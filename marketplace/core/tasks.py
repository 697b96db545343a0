from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from marketplace.core import delivery, due, health, rest
from marketplace.core.models import OutboxMessage

#: Longer than a delivery may take, so that a hanging server cannot make two workers send one message.
LEASE = timedelta(minutes=3)


@shared_task(name="core.deliver_message", soft_time_limit=90, time_limit=120)
def deliver_message(pk):
    """Send one message; a second delivery of the same task sends nothing."""
    if end := rest.until(timezone.now()):
        rest.put_off(pk, end)
    elif message := OutboxMessage.objects.claim(pk, lease=LEASE):
        delivery.send(message)


@shared_task(name="core.sweep_outbox")
def sweep_outbox():
    due.sweep_outbox()


@shared_task(name="core.run_due")
def run_due():
    """Everything the clock asks for; a part that fails is logged by `due.run_due`, and `check_health` tells staff."""
    health.expect(health.DUE, timezone.now())
    due.run_due(timezone.now())
    health.beat(health.DUE, timezone.now())


@shared_task(name="core.heartbeat")
def heartbeat():
    """A finished heartbeat shows that clock, queue and worker work together."""
    health.beat(health.WORKER, timezone.now())
