"""Telling of one new call at once: each person gets one mail, however many of their searches it answers.

A run goes through those who asked for it in the order of their numbers, by batches; each batch commits its mails, what
was told and how far the run is together. Whoever cannot be written to now hears in the morning after they can.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.calls.models import Call
from marketplace.core import queue, refused
from marketplace.matching import calls, carry, emails
from marketplace.matching.models import CALLS, CARRY, NewCall, SavedSearch, Told

ALERT = "matching.alert_call"
PEOPLE_AT_ONCE = 500
#: Beyond so many within a day a person's further calls come together in the morning.
MOST_A_DAY = 20
#: Without a sign of life for this long nobody works at it any more.
IDLE = timedelta(minutes=2)
#: So long is waited for those who could serve a call to be found; then searches alone are asked.
UNMATCHED = timedelta(minutes=10)
RUNS_AT_ONCE = 200


def begin(call: int, at: datetime) -> None:
    """It is known who could serve the call: the first time, those who want to hear at once are told."""
    fresh = NewCall.objects.filter(call=call, matched_at=None, finished_at=None)
    if fresh.update(matched_at=at, touched_at=at):
        if SavedSearch.objects.at_once().exists():
            queue.after_commit(ALERT, call)
        else:
            NewCall.objects.filter(call=call).update(finished_at=at)


def go_on(at: datetime) -> int:
    """Enqueue the runs that nobody works at, where a worker or the queue died; returns how many."""
    idle = NewCall.objects.unfinished().filter(touched_at__lt=at - IDLE)
    ready = idle.exclude(matched_at=None) | idle.filter(shown_at__lt=at - UNMATCHED)
    taken = 0
    for call in ready.order_by("touched_at").values_list("call", flat=True)[:RUNS_AT_ONCE]:
        if not queue.enqueue(ALERT, call):
            break
        taken += 1
    return taken


def tell(call: int, *, is_over: Callable[[], bool] = lambda: False) -> bool:
    """Go on where the run is; True once everybody was asked, or where another process is at it."""
    while not _step(call, timezone.now()):
        if is_over():
            return False
    return True


@transaction.atomic
def _step(call: int, at: datetime) -> bool:
    run = NewCall.objects.unfinished().filter(call=call).select_for_update(skip_locked=True).first()
    if run is None:
        return True
    people: list[int] = []
    if found := Call.objects.open(at).with_lots().filter(pk=call).first():
        waiting = SavedSearch.objects.at_once().filter(owner__gt=run.told_up_to)
        people = list(waiting.order_by("owner").values_list("owner", flat=True).distinct()[:PEOPLE_AT_ONCE])
        _tell(found, people, at)
    if len(people) < PEOPLE_AT_ONCE:
        run.finished_at = at
    run.told_up_to, run.touched_at = people[-1] if people else run.told_up_to, at
    run.save(update_fields=["told_up_to", "touched_at", "finished_at"])
    return run.finished_at is not None


def _tell(call: Call, people: Sequence[int], at: datetime) -> None:
    found = _hits(call, people, at)
    users = {search.owner_id: search.owner for searches in found.values() for search, _score in searches}
    wanted = [(person, call.pk) for person in _reached(users, at)]
    told = Told.objects.mark(wanted, at=at, is_at_once=True)
    cards = calls.Cards()
    for person, _call in sorted(told):
        searches = [search for search, _score in found[person]]
        emails.call_found(
            users[person], call, cards, searches=searches, score=max(score for _search, score in found[person]), at=at
        )
    named = [search.pk for person, _call in told for search, _score in found[person]]
    SavedSearch.objects.filter(pk__in=named).update(told_at=at)


def _hits(call: Call, people: Sequence[int], at: datetime) -> dict[int, list[tuple[SavedSearch, int]]]:
    """By person the searches that the call answers, each with the score where there is one."""
    rows = SavedSearch.objects.at_once().reachable().filter(owner__in=people).select_related("owner", "organisation")
    searches = list(rows.order_by("name", "pk"))
    scores = carry.matching([search for search in searches if search.kind == CARRY], call.pk, at)
    asked = [search for search in searches if search.kind == CALLS]
    scores |= {search.pk: 0 for search in (calls.answering(asked, call.pk, at) if asked else ())}
    found: dict[int, list[tuple[SavedSearch, int]]] = {}
    for search in searches:
        if search.pk in scores:
            found.setdefault(search.owner_id, []).append((search, scores[search.pk]))
    return found


def _reached(users: dict[int, User], at: datetime) -> list[int]:
    """Without those whose address refuses mail, and those who have heard enough for a day."""
    away = refused.addresses((user.email for user in users.values()), at)
    recent = Told.objects.filter(person__in=users, is_at_once=True, at__gt=at - timedelta(days=1))
    heard = Counter(dict(recent.values("person").annotate(number=Count("pk")).values_list("person", "number")))
    return [person for person, user in users.items() if user.email not in away and heard[person] < MOST_A_DAY]
