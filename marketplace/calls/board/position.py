"""Where in the list a page begins, as text for an address that anybody may have changed."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BIG = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Of the year 9999, in microseconds since EPOCH.
LAST = 253_402_300_799_000_000


@dataclass(frozen=True, slots=True)
class Position:
    """The call beside which a page begins: its part of the list (see `plans.LEGS`), its moment and its number."""

    sort: str
    leg: int
    micros: int
    call: int
    is_backward: bool = False

    @property
    def moment(self) -> datetime:
        return EPOCH + timedelta(microseconds=self.micros)


def write(position: Position) -> str:
    parts = [position.sort[0], position.leg, position.micros, position.call, int(position.is_backward)]
    packed = json.dumps(parts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read(text: str, sort: str) -> Position | None:
    """None for what we did not write, and for a position of another way to sort."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(parts, list) or parts[:1] != [sort[0]] or len(parts) != 5:
        return None
    numbers = parts[1:]
    if not all(type(number) is int and 0 <= number <= BIG for number in numbers):
        return None
    leg, micros, call, is_backward = numbers
    if leg > 1 or micros > LAST or is_backward > 1:
        return None
    return Position(sort, leg, micros, call, bool(is_backward))
