"""Writes down what calls say to everybody, whenever that is something new."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from marketplace.calls.feeds import ocds_writing
from marketplace.calls.releases import saying
from marketplace.calls.releases.models import Release


@transaction.atomic
def record(calls: Iterable[int], *, at: datetime | None = None) -> int:
    """A release for each of the calls that says something new; returns how many. Repeated, it writes nothing."""
    at = at or timezone.now()
    rows = saying.load(calls)
    known = _releases_of(rows)
    made = [release for call in rows if (release := _release_of(call, known[call.pk], at))]
    Release.objects.bulk_create(made)
    return len(made)


def _releases_of(calls: list[Any]) -> dict[int, list[Release]]:
    """In order, with the content of the last one alone."""
    rows = Release.objects.filter(call__in=calls)
    found = defaultdict(list)
    for release in rows.defer("content").order_by("call", "number"):
        found[release.call_id].append(release)
    lasts = rows.order_by("call", "-number").distinct("call").values_list("call", "content") if found else ()
    for call, content in lasts:
        found[call][-1].content = content
    return found


def _release_of(call: Any, releases: list[Release], at: datetime) -> Release | None:
    if not _may_be_written(call, releases):
        return None
    ocid = releases[0].ocid if releases else f"{prefix()}-{call.pk}"
    number = len(releases) + 1
    identifier = f"{ocid}-{number}"
    before = json.loads(releases[-1].content) if releases else None
    said = ocds_writing.release(
        saying.notice_of(call, ocid=ocid, identifier=identifier, at=at),
        saying.beside_of(call, releases, identifier=identifier, at=at),
        before,
    )
    if before and ocds_writing.is_same(before, said):
        return None
    return Release(
        call=call,
        number=number,
        ocid=ocid,
        identifier=identifier,
        tag=said["tag"][0],
        released_at=at,
        amendment_number=call.amendment_number,
        content=json.dumps(said, ensure_ascii=False, separators=(",", ":")),
    )


def _may_be_written(call: Any, releases: list[Release]) -> bool:
    """Not in the middle of an amendment, whose record comes last; nothing of a call taken back that was never out;
    and of a call that came with a notice only where its source lets others use its data."""
    if call.amendment_number != len(call.amendments.all()):
        return False
    if call.withdrawn_at and not releases:
        return False
    return all(notice.source.licence for notice in call.notices.all())


def prefix() -> str:
    """Before the number of a call in its ocid: registered for this publisher, else made from its address."""
    return settings.OCID_PREFIX or slugify(
        str(urlsplit(settings.PUBLIC_URL).netloc).replace(".", "-").replace(":", "-")
    )
