"""What stands at an address of a source, brought into a file, and where the page after it is."""

import json
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import IO
from urllib.parse import urljoin

from django.conf import settings
from django.utils import timezone
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from marketplace.calls.notices.reaching import (
    PATIENCE,
    Hourglass,
    MayReach,
    NotFetched,
    Place,
    is_public,
    line_to,
    place_of,
)

#: Of one answer, as it comes and unpacked.
MOST_BYTES = 500 * 2**20
#: Of a page that names the next one: it is read whole to find that.
MOST_OF_A_PAGE = 32 * 2**20
MOST_REDIRECTS = 3
PART = 2**16
MOVED = (301, 302, 303, 307, 308)
NOTHING_NEW = (204, 304)
LONGEST_WAIT = 24 * 60 * 60

FOR_PEOPLE = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
#: Where a page is no JSON in one of its notices; the last one is that of the package.
NEXT = re.compile(rb'"links"\s*:\s*\{[^{}]*?"next"\s*:\s*"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address, and what is known of it from the last time."""

    url: str
    etag: str = ""
    last_modified: str = ""
    most: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Answer:
    """`file` is None where nothing is new."""

    file: IO[bytes] | None
    size: int = 0
    etag: str = ""
    last_modified: str = ""


@contextmanager
def fetched(wanted: Wanted, glass: Hourglass, may_reach: MayReach = is_public) -> Iterator[Answer]:
    """What stands at the address, in a file that goes with the context; raises NotFetched.

    It may lead on within its host, and each step is looked at like the first.
    """
    url = wanted.url
    with tempfile.TemporaryFile() as file:
        for _step in range(MOST_REDIRECTS + 1):
            found = _asked(url, wanted, glass, may_reach, file)
            if isinstance(found, Answer):
                yield found
                return
            url = same_host(found, url)
        raise NotFetched("fetch-leads-on", most=MOST_REDIRECTS)


def same_host(leads_to: str, url: str) -> str:
    """The address to which a page leads on, as staff have allowed its host alone."""
    target = urljoin(url, leads_to)
    there, here = place_of(target), place_of(url)
    if (there.host.lower(), there.port) != (here.host.lower(), here.port):
        raise NotFetched("fetch-elsewhere", host=there.host)
    return target


def _asked(url: str, wanted: Wanted, glass: Hourglass, may_reach: MayReach, file: IO[bytes]) -> Answer | str:
    """The answer, or to where it leads on."""
    place = place_of(url)
    with line_to(place, glass, may_reach) as line:
        connection = HTTPConnection(place.host, place.port, timeout=PATIENCE)
        connection.sock = line
        try:
            connection.request("GET", place.target, headers=_headers(place, wanted), preload_content=False)
            response = connection.getresponse()
            if response.status in MOVED:
                return response.headers.get("Location", "")
            return _answer(response, wanted, glass, file)
        except (HTTPError, HTTPException, ValueError) as error:
            # A line that was cut shows as whatever was being read at that moment.
            raise NotFetched("fetch-slow" if glass.is_empty else "fetch-broken") from error
        finally:
            connection.close()


def _headers(place: Place, wanted: Wanted) -> dict[str, str]:
    said = {
        "Host": place.name,
        "Accept": "application/json, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip",
        "User-Agent": f"Tessera (+{settings.PUBLIC_URL})",
        "Connection": "close",
        "If-None-Match": wanted.etag,
        "If-Modified-Since": wanted.last_modified,
    }
    return {name: value for name, value in said.items() if value}


def _answer(response: BaseHTTPResponse, wanted: Wanted, glass: Hourglass, file: IO[bytes]) -> Answer:
    said = response.headers
    if response.status in NOTHING_NEW:
        return Answer(None)
    if response.status != 200:
        raise NotFetched("fetch-status", wait=seconds_of(said.get("Retry-After", "")), status=response.status)
    size = 0
    for part in _parts(response, said.get("Content-Encoding", ""), wanted.most, glass):
        size += len(part)
        _require_room(size, wanted.most)
        file.write(part)
    file.seek(0)
    if size == 0 or FOR_PEOPLE.match(file.read(200)):
        raise NotFetched("fetch-no-notices")
    file.seek(0)
    return Answer(file, size, _kept(said.get("ETag", ""), 200), _kept(said.get("Last-Modified", ""), 60))


def _kept(said: str, most: int) -> str:
    """Handed back as it was, or not at all."""
    return said if len(said) <= most and said.isascii() and said.isprintable() else ""


def _parts(response: BaseHTTPResponse, packing: str, most: int, glass: Hourglass) -> Iterator[bytes]:
    if packing.lower() in ("", "identity"):
        return _raw(response, most, glass)
    if packing.lower() in ("gzip", "x-gzip"):
        return _unpacked(_raw(response, most, glass))
    raise NotFetched("fetch-packing", packing=_kept(packing, 40) or "?")


def _raw(response: BaseHTTPResponse, most: int, glass: Hourglass) -> Iterator[bytes]:
    """As it comes, each part at once: whoever sends a byte a second is not waited for until a part is full."""
    size = 0
    while part := response.read1(PART, decode_content=False):
        size += len(part)
        _require_room(size, most)
        yield part
    # A line that was cut may look like one that has ended.
    if glass.is_empty:
        raise NotFetched("fetch-slow")


def _require_room(size: int, most: int) -> None:
    if size > most:
        raise NotFetched("fetch-large", most=most // 2**20)


def _unpacked(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Never more than a part at a time, whatever it was packed from; what ends in the middle is broken."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        for part in parts:
            while part:
                if unpacking.eof:
                    unpacking = zlib.decompressobj(wbits=31)
                yield unpacking.decompress(part, PART)
                part = unpacking.unconsumed_tail or unpacking.unused_data
    except zlib.error as error:
        raise NotFetched("fetch-broken") from error
    if not unpacking.eof:
        raise NotFetched("fetch-broken")


def seconds_of(said: str) -> int:
    """Of a Retry-After, which is a number or a date: not before now, and a day at most."""
    try:
        seconds = float(said) if said.isascii() and said.isdigit() else _until(said)
    except (ValueError, TypeError, OverflowError):
        seconds = 0
    return int(max(0, min(seconds, LONGEST_WAIT)))


def _until(said: str) -> float:
    return (parsedate_to_datetime(said) - timezone.now()).total_seconds()


def next_page(file: IO[bytes], url: str) -> str:
    """The address of the page that follows a package of OCDS, on the same host; "" at the end.

    A notice that is no JSON does not hide it, but a page that ends in the middle is no page.
    """
    content = file.read()
    file.seek(0)
    try:
        package = json.loads(content, strict=False)
        links = package.get("links") if isinstance(package, dict) else None
        found = links.get("next") if isinstance(links, dict) else ""
    except (ValueError, RecursionError) as error:
        if not content.rstrip().endswith(b"}"):
            raise NotFetched("fetch-no-page") from error
        found = _by_sign(content)
    return same_host(found, url) if isinstance(found, str) and found else ""


def _by_sign(content: bytes) -> str:
    found = NEXT.findall(content)
    try:
        return str(json.loads(b'"' + found[-1] + b'"')) if found else ""
    except ValueError:
        return ""
