import time

from celery import shared_task
from django.utils import timezone

from marketplace.calls.notices import collecting, running
from marketplace.calls.notices.actions import FETCH, RUN
from marketplace.calls.notices.models import NoticeSource, Run
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


@shared_task(name=FETCH)
def fetch_source(pk):
    """Visit a source, then hand on to the next that waits; a second delivery finds that its time has not come."""
    collecting.collect(pk, timezone.now())
    if waiting := NoticeSource.objects.to_be_fetched(timezone.now()).first():
        queue.after_commit(FETCH, waiting.pk)
