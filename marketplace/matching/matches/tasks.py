import time

from celery import shared_task

from marketplace.core import queue
from marketplace.matching.matches import full, working
from marketplace.matching.matches.full import MATCH_ALL
from marketplace.matching.matches.models import FullMatch
from marketplace.matching.matches.waiting import MATCH

#: Well below the time after which a task is taken for dead and handed out again; mails wait behind it.
PATIENCE, PATIENCE_FOR_ALL = 30, 120


def _enough(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


@shared_task(name=MATCH)
def match_waiting():
    """Match what waits for a while; what another holds is left to it."""
    is_enough = _enough(PATIENCE)
    working.work(until=is_enough)
    if is_enough():
        queue.after_commit(MATCH)


@shared_task(name=MATCH_ALL)
def match_all(pk):
    """Carry a full match on for a while."""
    of_all = FullMatch.objects.filter(pk=pk, finished_at=None).first()
    if of_all and not full.run(of_all, until=_enough(PATIENCE_FOR_ALL)):
        queue.after_commit(MATCH_ALL, pk)
