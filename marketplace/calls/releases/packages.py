"""Releases as files and feeds hand them out; what was written once is passed on to the byte."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from marketplace.calls.feeds import ocds_writing
from marketplace.calls.releases.models import Release

AT_ONCE = 500
#: Of what stands in releases, where the operator says nothing else; it covers what comes under the licences of states.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def envelope(uri: str, published_at: datetime | None, **more: Any) -> dict[str, Any]:
    """What stands around releases and records; `published_at` is when the newest of them was written."""
    return {
        "uri": uri,
        "version": ocds_writing.VERSION,
        "extensions": list(ocds_writing.EXTENSIONS),
        "publishedDate": written(published_at or datetime(1970, 1, 1, tzinfo=UTC)),
        "publisher": {"name": settings.WAGTAIL_SITE_NAME, "uri": settings.PUBLIC_URL},
        "license": settings.OPEN_DATA_LICENCE or LICENCE,
        **more,
    }


def written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def package(around: dict[str, Any], contents: Iterable[str]) -> Iterator[str]:
    """A release package, piece by piece."""
    yield json.dumps(around, ensure_ascii=False, separators=(",", ":"))[:-1] + ',"releases":['
    for number, content in enumerate(contents):
        yield f",\n{content}" if number else f"\n{content}"
    yield "\n]}\n"


def lines(contents: Iterable[str]) -> Iterator[str]:
    return (content + "\n" for content in contents)


def contents_of(rows: Any) -> Iterator[str]:
    """In order and in bounded memory, some at a time, so that no query lasts and none holds a transaction open."""
    place = None
    while True:
        part = rows.in_order() if place is None else rows.in_order().after(place)
        found = list(part.values_list("released_at", "pk", "content")[:AT_ONCE])
        yield from (content for _at, _pk, content in found)
        if len(found) < AT_ONCE:
            return
        place = found[-1][:2]


# --- One page of the feed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """`most` releases after a place in their order, or from a moment on."""

    most: int
    since: datetime | None
    after: tuple[datetime, int] | None


def page(asked: Page, address: str) -> str:
    """A release package; "" where no release is to be told.

    One that is full has a link to what follows; it only changes when a call is taken back.
    """
    rows = Release.objects.on_show().in_order()
    if asked.since:
        rows = rows.since(asked.since)
    if asked.after:
        rows = rows.after(asked.after)
    found = list(rows.values_list("released_at", "pk", "content")[: asked.most + 1])
    shown, more = found[: asked.most], {}
    if len(found) > asked.most:
        at, pk, _content = shown[-1]
        more["links"] = {"next": f"{address}?{urlencode({'after': cursor(at, pk), 'limit': asked.most})}"}
    if not shown:
        return ""
    newest = max(at for at, _pk, _content in shown)
    return "".join(package(envelope(address, newest, **more), (content for _at, _pk, content in shown)))


def cursor(at: datetime, pk: int) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}_{pk}"


# --- One call ---------------------------------------------------------------------------------------------------------


def record(releases: list[Release], uri: str) -> dict[str, Any]:
    """The record package of one call: each release says all that was known then, so that the last one is the sum."""
    last = json.loads(releases[-1].content)
    compiled = last | {"id": f"{last['ocid']}-compiled-{releases[-1].number}", "tag": ["compiled"]}
    said = [json.loads(release.content) for release in releases]
    around = envelope(uri, releases[-1].released_at)
    return around | {"records": [{"ocid": last["ocid"], "releases": said, "compiledRelease": compiled}]}
