"""What matching asks of the clock: to go on where a worker died, and to forget what is over."""

from datetime import datetime, timedelta

from marketplace.core import queue, registry
from marketplace.matching.matches import full, keeping
from marketplace.matching.matches.full import MATCH_ALL
from marketplace.matching.matches.models import FullMatch, Waiting
from marketplace.matching.matches.waiting import MATCH

#: Without a sign of life for this long nobody works at it any more.
IDLE = timedelta(minutes=5)


def match_waiting(at: datetime) -> int:
    """Tell the worker of what is due. Where so much is that all calls cost less, they are matched instead."""
    if full.is_cheaper(at):
        queue.enqueue(MATCH_ALL, full.begin(at).pk)
    return int(Waiting.objects.due(at).exists() and queue.enqueue(MATCH))


def go_on_with_all(at: datetime) -> int:
    idle = FullMatch.objects.filter(finished_at=None, touched_at__lt=at - IDLE)
    return sum(queue.enqueue(MATCH_ALL, pk) for pk in idle.values_list("pk", flat=True))


def forget_what_is_over(at: datetime) -> int:
    return keeping.forget_ended(at) + keeping.forget_unlisted()


registry.due.register("matches-waiting", registry.Due("matches-waiting", match_waiting, order=45))
registry.due.register("matches-all", registry.Due("matches-all", go_on_with_all, order=46))
registry.due.register("matches-over", registry.Due("matches-over", forget_what_is_over, order=47))
