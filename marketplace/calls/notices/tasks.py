import time

from celery import shared_task

from marketplace.calls.notices import running
from marketplace.calls.notices.actions import RUN
from marketplace.calls.notices.models import Run
from marketplace.core import queue

#: Well below the time after which a task is taken for dead and handed out again.
PATIENCE = 150


@shared_task(name=RUN)
def run_notices(pk):
    """Carry an import on for a while; a second delivery finds the place taken and does nothing."""
    of_run = Run.objects.running().filter(pk=pk).select_related("source", "started_by").first()
    end = time.monotonic() + PATIENCE
    if of_run and not running.run(of_run, running.items_of(of_run), until=lambda: time.monotonic() > end):
        queue.after_commit(RUN, pk)
