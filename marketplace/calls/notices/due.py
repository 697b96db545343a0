"""What notices ask of the clock: to visit sources, to go on with imports, and to forget files that have served."""

from datetime import timedelta

from marketplace.calls.notices import running
from marketplace.calls.notices.actions import FETCH, RUN
from marketplace.calls.notices.models import NoticeSource, Run, Visit
from marketplace.core import queue, registry

#: Without a sign of life for this long nobody works at it any more.
IDLE = timedelta(minutes=5)
#: The file itself is kept so long, to be tried again, then only what became of its notices.
KEPT = timedelta(days=30)


def go_on(at):
    """What has its file is carried on; a run of the command has none, and is said to be cut off."""
    idle = list(Run.objects.running().filter(touched_at__lt=at - IDLE))
    for of_run in idle:
        if of_run.file:
            queue.enqueue(RUN, of_run.pk)
        else:
            running.end(of_run, failed_at=at, failure="cut-off")
    return len(idle)


def forget_files(at):
    old = Run.objects.exclude(file="").filter(began_at__lt=at - KEPT).exclude(pk__in=Run.objects.running())
    forgotten = 0
    for of_run in old[:100]:
        of_run.file.delete(save=False)
        forgotten += Run.objects.filter(pk=of_run.pk).update(file="")
    return forgotten


def visit_sources(at):
    """Ask for a visit to the source that waits longest, and ask nobody to wait for it.

    Each visit hands on to the next source: a slow one takes up one worker, never all of them.
    """
    if Visit.objects.under_way(at).exists():
        return 0
    waiting = NoticeSource.objects.to_be_fetched(at).first()
    return int(waiting is not None and queue.enqueue(FETCH, waiting.pk))


def forget_visits(at):
    old = Visit.objects.filter(began_at__lt=at - KEPT).exclude(ended_at=None)
    return old.delete()[1].get("notices.Visit", 0)


registry.due.register("notices-visit", registry.Due("notices-visit", visit_sources, order=40))
registry.due.register("notices-go-on", registry.Due("notices-go-on", go_on, order=41))
registry.due.register("notices-forget", registry.Due("notices-forget", forget_files, order=61))
registry.due.register("notices-forget-visits", registry.Due("notices-forget-visits", forget_visits, order=62))
