import time

from celery import shared_task

from marketplace.core import queue
from suppliers.imports import running, undoing
from suppliers.imports.actions import RUN, UNDO
from suppliers.imports.models import Import

#: Well below the time after which a task is taken for dead and handed out again.
PATIENCE = 150


def _enough():
    end = time.monotonic() + PATIENCE
    return lambda: time.monotonic() > end


@shared_task(name=RUN)
def run_import(pk):
    """Carry an import on for a while; a second delivery finds the place taken and does nothing."""
    of_import = Import.objects.running().filter(pk=pk).first()
    if of_import and not running.run(of_import, until=_enough()):
        queue.after_commit(RUN, pk)


@shared_task(name=UNDO)
def undo_import(pk):
    of_import = Import.objects.being_undone().filter(pk=pk).first()
    if of_import and not undoing.undo(of_import, until=_enough()):
        queue.after_commit(UNDO, pk)
