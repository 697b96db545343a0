"""Visits to the sources that are fetched: each page is kept as a file and read as an import of its own.

A visit that is cut off loses nothing: the next one goes on after the last page that was kept. A round is all visits
from the first page to the last; only when it is over does the next one ask from a later moment on.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.core.files import File
from django.db import transaction
from django.db.models import F

from marketplace.calls.notices import actions
from marketplace.calls.notices.fetching import MOST_BYTES, MOST_OF_A_PAGE, Wanted, fetched, next_page
from marketplace.calls.notices.models import NoticeSource, Visit
from marketplace.calls.notices.reaching import Hourglass, MayReach, NotFetched, is_public
from marketplace.core import audit

log = structlog.get_logger("tessera.notices")

#: Seconds of a visit, well below the time after which a task is taken for dead; what is left is fetched by the next.
PATIENCE = 120
MOST_PAGES = 50
#: Of a round; pages that lead on and on are no feed.
MOST_OF_A_ROUND = 2_000
#: What the first round asks for, and how far the others reach back: portals are late, and write the time of their own
#: place. What is here already costs nothing.
FIRST, OVERLAP = timedelta(days=30), timedelta(hours=6)
#: After a failure, doubled with each further one.
BACK_OFF, LONGEST_BACK_OFF = timedelta(minutes=10), timedelta(days=1)
#: Of answers that say "not like this", those that mean "not now".
NOT_NOW = (408, 425, 429)


class Overtaken(Exception):
    """The visit was ended by somebody else: staff have changed the source, or it was taken for dead."""


def collect(pk: int, at: datetime, *, may_reach: MayReach = is_public, patience: float = PATIENCE) -> Visit | None:
    """One visit to the source; None where its time has not come or somebody is at it."""
    source, visit = _begin(pk, at)
    if visit is None:
        return None
    try:
        _bring(source, visit, at, Hourglass(patience), may_reach)
    except NotFetched as failed:
        _failed(source, visit, at, failed)
    except Overtaken:
        log.info("visit overtaken", source=source.key)
    visit.refresh_from_db()
    return visit


@transaction.atomic
def _begin(pk: int, at: datetime) -> tuple[Any, Visit | None]:
    source = NoticeSource.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if source is None or not NoticeSource.objects.to_be_fetched(at).filter(pk=pk).exists():
        return source, None
    source.visits.filter(ended_at=None).update(ended_at=at, error=["fetch-cut-off", {}])
    if not source.cursor:
        source.asked_at, source.pages = at, 0
        source.save(update_fields=["asked_at", "pages"])
    return source, Visit.objects.create(source=source, began_at=at)


def _bring(source: NoticeSource, visit: Visit, at: datetime, glass: Hourglass, may_reach: MayReach) -> None:
    url = source.cursor or address_of(source, at)
    for _page in range(MOST_PAGES):
        with fetched(_wanted(source, url), glass, may_reach) as answer:
            following = next_page(answer.file, url) if source.is_paged and answer.file else ""
            following = "" if following == url else following
            _keep(source, visit, answer, following)
        if not following:
            _ended(source, visit, at)
            return
        url = following
        if glass.is_empty:
            break
    _paused(source, visit, at)


def _wanted(source: NoticeSource, url: str) -> Wanted:
    """What one page said of itself is of use only where it is the same page each time and the whole of them."""
    if source.is_paged or source.is_asked_for_a_time:
        return Wanted(url, most=MOST_OF_A_PAGE if source.is_paged else MOST_BYTES)
    return Wanted(url, source.etag, source.last_modified)


def address_of(source: NoticeSource, at: datetime) -> str:
    """With the moment in UTC from which on notices are asked for."""
    since = source.fetched_at - OVERLAP if source.fetched_at else at - FIRST
    return source.address.replace("{since}", since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"))


# --- What a visit leaves behind ---------------------------------------------------------------------------------------


def _held(source: NoticeSource, visit: Visit) -> None:
    """Whoever changes a source or visits it holds its row; so the visit is still ours until the transaction ends."""
    NoticeSource.objects.select_for_update(no_key=True).get(pk=source.pk)
    if not Visit.objects.filter(pk=visit.pk, ended_at=None).exists():
        raise Overtaken


@transaction.atomic
def _keep(source: NoticeSource, visit: Visit, answer: Any, following: str) -> None:
    """The page and the place after it, together."""
    _held(source, visit)
    if answer.file is None:
        return
    if source.pages >= MOST_OF_A_ROUND:
        raise NotFetched("fetch-no-end", most=MOST_OF_A_ROUND)
    source.pages += 1
    name = f"{source.key} {source.asked_at:%Y-%m-%d %H:%M}, page {source.pages}"
    actions.upload_run(File(answer.file, name=name), source=source, by=None, visit=visit, size=answer.size)
    source.cursor, source.etag, source.last_modified = following, answer.etag, answer.last_modified
    source.save(update_fields=["pages", "cursor", "etag", "last_modified"])
    Visit.objects.filter(pk=visit.pk).update(pages=F("pages") + 1, size=F("size") + answer.size)


@transaction.atomic
def _ended(source: NoticeSource, visit: Visit, at: datetime) -> None:
    """The round is over; a source that is off was visited because staff asked for it."""
    _held(source, visit)
    source.refresh_from_db()
    source.cursor, source.fetched_at, source.failures, source.last_error = "", source.asked_at, 0, []
    source.next_fetch_at = at + timedelta(minutes=source.every_minutes) if source.is_on else None
    source.save(update_fields=["cursor", "fetched_at", "failures", "last_error", "next_fetch_at"])
    Visit.objects.filter(pk=visit.pk).update(ended_at=at)


@transaction.atomic
def _paused(source: NoticeSource, visit: Visit, at: datetime) -> None:
    """More is there; the next visit goes on at once, after the sources whose time came earlier."""
    _held(source, visit)
    NoticeSource.objects.filter(pk=source.pk).update(next_fetch_at=at, failures=0, last_error=[])
    Visit.objects.filter(pk=visit.pk).update(ended_at=at)


@transaction.atomic
def _failed(source: NoticeSource, visit: Visit, at: datetime, failed: NotFetched) -> None:
    try:
        _held(source, visit)
    except Overtaken:
        return
    source.refresh_from_db()
    wait = max(min(BACK_OFF * 2 ** min(source.failures, 10), LONGEST_BACK_OFF), timedelta(seconds=failed.wait))
    source.next_fetch_at = at + wait if source.is_on else None
    source.failures, source.last_error = source.failures + 1, failed.reason
    if _is_lost(failed):
        source.cursor = ""
    source.save(update_fields=["next_fetch_at", "failures", "last_error", "cursor"])
    Visit.objects.filter(pk=visit.pk).update(ended_at=at, error=failed.reason)
    audit.record("notice_source.not_fetched", source, code=failed.code, failures=source.failures)


def _is_lost(failed: NotFetched) -> bool:
    """Whether the page to go on with is none any more, so that the round begins anew."""
    status = failed.parameters.get("status", 0)
    refused = isinstance(status, int) and 400 <= status < 500 and status not in NOT_NOW
    return refused or failed.code in ("fetch-no-end", "fetch-elsewhere", "fetch-leads-on")
