"""OCDS as a publisher would write it: the invented release of `inputs/ocds_release.json`, and changes to it."""

import io
import json
from pathlib import Path

from marketplace.calls.feeds import ocds

PATH = Path(__file__).parent / "inputs" / "ocds_release.json"


def release(tender=None, **changes):
    """The release; a field given as None is left out."""
    made = json.loads(PATH.read_text(encoding="utf-8"))
    made["tender"] = without_none(made["tender"] | (tender or {}))
    return without_none(made | changes)


def without_none(fields):
    return {name: value for name, value in fields.items() if value is not None}


def read_bytes(written):
    return list(ocds.read(io.BytesIO(written)))


def read(value):
    return read_bytes(json.dumps(value).encode())


def read_one(value):
    (found,) = read(value)
    return found


def read_tender(**changes):
    return read_one(release(changes))
