import time

import structlog
from celery import shared_task
from django.utils import timezone

from marketplace.core import queue
from marketplace.matching import alerts, instant

log = structlog.get_logger("tessera.alerts")

#: Well below the time after which a task is taken for dead and handed out again.
PATIENCE = 150


@shared_task(name=alerts.TELL)
def tell_due():
    """Write for a while to those whose moment has come, then hand on; beside one that runs another does nothing."""
    end = time.monotonic() + PATIENCE
    run = alerts.run_alone(timezone.now(), is_over=lambda: time.monotonic() > end)
    if run is None:
        return
    for failure in run.failures:
        log.error("alerts failed", notes=failure.__notes__, exc_info=failure)
    if time.monotonic() > end:
        queue.enqueue(alerts.TELL)


@shared_task(name=instant.ALERT)
def alert_call(pk):
    """Carry the telling of one call on for a while; a second delivery finds it taken or finished."""
    end = time.monotonic() + PATIENCE
    if not instant.tell(pk, is_over=lambda: time.monotonic() > end):
        queue.enqueue(instant.ALERT, pk)
