"""Writing to people when their moment has come: one mail for all of a person's searches, whatever their kinds.

What is told is marked in the transaction that stores the mail, so that nothing is told twice or not at all, wherever a
run is cut off. Who cannot be written to is left alone and nothing of theirs is marked: it waits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from marketplace.accounts.models import User
from marketplace.core import parallel, queue, refused
from marketplace.matching import emails, kinds
from marketplace.matching.kinds import News
from marketplace.matching.models import SavedSearch
from marketplace.matching.rhythms import next_moment

TELL = "matching.tell_due"
#: So many people a minute are written to by the clock itself; beyond them a task of its own carries on.
BY_THE_CLOCK = 100
PEOPLE_AT_ONCE = 100
#: Nobody else holds this lock while one run is under way.
LOCK = 0x7E55_0A1E
DONE = """
UPDATE matching_savedsearch AS search SET next_at = done.next_at,
    seen_until = coalesce(done.seen_until, search.seen_until), told_at = coalesce(done.told_at, search.told_at)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
    AS done(id, next_at, seen_until, told_at)
WHERE search.id = done.id
"""


@dataclass
class Run:
    """What a run has done so far; `failures` are people whose searches could not be looked at."""

    told: int = 0
    failures: list[Exception] = field(default_factory=list)


def send_alerts(at: datetime) -> int:
    """Write to those whose moment has come, to a bounded number of them; a task carries on with the others."""
    done = run_alone(at, most=BY_THE_CLOCK)
    if done is None:
        return 0
    if SavedSearch.objects.due(at).exists():
        queue.enqueue(TELL)
    if done.failures:
        raise ExceptionGroup("some alerts failed", done.failures)
    return done.told


def run(at: datetime, *, most: int | None = None, is_over: Callable[[], bool] = lambda: False) -> Run:
    """Look at the searches that are due, by batches of people and several batches at a time, until `is_over()`."""
    due = SavedSearch.objects.due(at).order_by("owner").values_list("owner", flat=True).distinct()
    owners, done = list(due[:most]), Run()
    for part in parallel.each(partial(_tell_batch, at=at), _batches(owners, is_over)):
        done.told += part.told
        done.failures += part.failures
    return done


def run_alone(at: datetime, *, most: int | None = None, is_over: Callable[[], bool] = lambda: False) -> Run | None:
    """The same unless another process is at it: then None. Two at once might share out one person's searches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        try:
            return run(at, most=most, is_over=is_over)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _batches(owners: Sequence[int], is_over: Callable[[], bool]) -> Iterator[Sequence[int]]:
    for first in range(0, len(owners), PEOPLE_AT_ONCE):
        if is_over():
            return
        yield owners[first : first + PEOPLE_AT_ONCE]


def _tell_batch(owners: Sequence[int], at: datetime) -> Run:
    """Where a batch fails, each person by themself: one person's search must not keep the others' mails back."""
    done = Run()
    try:
        done.told = _tell(owners, at)
    except Exception as error:
        if len(owners) == 1:
            error.add_note(f"saved searches of person {owners[0]}")
            return Run(failures=[error])
        for owner in owners:
            part = _tell_batch([owner], at)
            done.told += part.told
            done.failures += part.failures
    return done


@transaction.atomic
def _tell(owners: Sequence[int], at: datetime) -> int:
    due = SavedSearch.objects.due(at).filter(owner__in=owners).select_related("owner", "organisation")
    searches = list(due.order_by("owner", "name", "pk").select_for_update(of=("self",), skip_locked=True))
    users = {search.owner_id: search.owner for search in searches}
    away = refused.addresses((user.email for user in users.values()), at)
    asked = [search for search in searches if search.owner.email not in away]
    news = kinds.news_of(asked, at)
    told = _write(asked, news, users, at)
    _done(searches, news, {search for searches in told.values() for search in searches}, at)
    return len(told)


def _write(
    searches: Sequence[SavedSearch], news: dict[int, News], users: dict[int, User], at: datetime
) -> dict[int, set[int]]:
    """For each person who gets a mail the searches that it names."""
    sections: dict[int, list[dict[str, Any]]] = {}
    named: dict[int, set[int]] = {}
    by_number = {search.pk: search for search in searches}
    for telling, people in kinds.hits_of(searches, news).items():
        fresh = telling.mark(people, at)
        for person, said in telling.words(fresh, users, at).items():
            sections.setdefault(person, []).append(said | {"template": telling.template})
            numbers = {search.pk for hits, _worth in fresh[person].values() for search in hits}
            named.setdefault(person, set()).update(numbers)
    for person, parts in sections.items():
        of_person = (by_number[pk] for pk in named[person])
        emails.digest(users[person], parts, sorted(of_person, key=lambda search: (search.name, search.pk)), at=at)
    return named


def _done(searches: Sequence[SavedSearch], news: dict[int, News], told: set[int], at: datetime) -> None:
    """Of whoever could not be written to only the moment moves on: what is new stays new."""
    columns = [
        (
            search.pk,
            next_moment(search.alert, search.owner.time_zone, at),
            news[search.pk].until if search.pk in news else None,
            at if search.pk in told else None,
        )
        for search in searches
    ]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(DONE, [list(column) for column in zip(*columns, strict=True)])
