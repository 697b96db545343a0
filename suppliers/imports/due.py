"""What imports ask of the clock: to go on where a worker died, and to forget files that have served."""

from datetime import timedelta

from marketplace.core import queue, registry
from suppliers.imports.actions import RUN, UNDO
from suppliers.imports.models import Import

#: Without a sign of life for this long nobody works at it any more.
IDLE = timedelta(minutes=5)
#: The file itself is kept so long for questions, then only what became of its rows.
KEPT = timedelta(days=30)


def go_on(at):
    idle = Import.objects.filter(touched_at__lt=at - IDLE)
    waiting = [(RUN, pk) for pk in idle.running().values_list("pk", flat=True)]
    waiting += [(UNDO, pk) for pk in idle.being_undone().values_list("pk", flat=True)]
    return sum(queue.enqueue(task, pk) for task, pk in waiting)


def forget_files(at):
    old = Import.objects.exclude(file="").filter(created_at__lt=at - KEPT).exclude(pk__in=Import.objects.running())
    forgotten = 0
    for of_import in old[:100]:
        of_import.file.delete(save=False)
        forgotten += Import.objects.filter(pk=of_import.pk).update(file="")
    return forgotten


registry.due.register("imports-go-on", registry.Due("imports-go-on", go_on, order=40))
registry.due.register("imports-forget", registry.Due("imports-forget", forget_files, order=60))
