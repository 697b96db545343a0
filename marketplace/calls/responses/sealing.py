"""What exactly was handed over, as bytes, and the hash by which anybody can tell that it is still the same."""

import hashlib
import json
from datetime import UTC
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import pgettext


def content_of(response_pk, *, message, price, files):
    """The one way to write it down: JSON in UTF-8 with its keys in order, without spaces, files by their hashes.

    Neither the time nor the number stands in it, so that the same words sent twice have the same hash.
    """
    content = {
        "files": sorted(
            ({"name": file.original_name, "sha256": file.sha256, "size": file.size} for file in files),
            key=lambda file: (file["sha256"], file["name"]),
        ),
        "message": message,
        "price": price,
        "response": str(response_pk),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(response_pk, *, message, price, files):
    return hashlib.sha256(content_of(response_pk, message=message, price=price, files=files)).hexdigest()


def content_of_submission(submission):
    return content_of(
        submission.response_id, message=submission.message, price=submission.price, files=submission.files.all()
    )


def to_the_second(at, zone):
    """ "Thu 3 Dec 2026, 16:59:58 CET", and the same instant in UTC, as receipts give it."""
    return format_html(
        '<time datetime="{}">{}</time>', f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", seconds_in_words(at, zone)
    )


def seconds_in_words(at, zone):
    """Cut off, never rounded: what was before the deadline stays before it."""
    there = at.astimezone(ZoneInfo(zone))
    words = formats.date_format(there, pgettext("moment with seconds", "D j M Y, H:i:s"))
    return f"{words} {there.tzname()} ({at.astimezone(UTC):%H:%M:%S} UTC)"
