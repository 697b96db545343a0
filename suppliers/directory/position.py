"""Where in an ordered list a page begins, as text for an address that anybody may have changed."""

import base64
import binascii
import json
from dataclasses import dataclass

BIG = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that must stay the same while somebody turns pages.

    The directory is gone through in blocks: from the week's first bucket on, so many buckets at a time, the confirmed
    profiles before the stale ones. `fresh` and `stale` say how many buckets make a block; both 0, one block has all.
    """

    week: int
    fresh: int
    stale: int


@dataclass(frozen=True, slots=True)
class Position:
    """The row beside which a page begins. `key` is what rows are sorted by, the supplier's number last."""

    sort: str
    order: Order
    block: int
    key: tuple
    is_backward: bool


#: For each way to sort, what the parts of its key are.
KEYS: dict[str, tuple[type, ...]] = {
    "relevance": (int, bool, int, int),
    "confirmed": (int, int),
    "name": (str, int),
}


def write(position: Position) -> str:
    order = position.order
    parts = [
        position.sort[0],
        order.week,
        order.fresh,
        order.stale,
        position.block,
        int(position.is_backward),
        *position.key,
    ]
    packed = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read(text: str, sort: str) -> Position | None:
    """None for what we did not write, and for a position of another way to sort."""
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        parts = json.loads(packed)
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(parts, list) or parts[:1] != [sort[0]] or len(parts) != 6 + len(KEYS[sort]):
        return None
    numbers, key = parts[1:6], tuple(parts[6:])
    if not all(type(number) is int and 0 <= number <= 1_000_000 for number in numbers):
        return None
    week, fresh, stale, block, is_backward = numbers
    if fresh > 256 or stale > 256 or (fresh == 0) != (stale == 0) or block > 512:
        return None
    if not all(_fits(part, kind) for part, kind in zip(key, KEYS[sort], strict=True)):
        return None
    return Position(sort, Order(week, fresh, stale), block, key, bool(is_backward))


def _fits(part: object, kind: type) -> bool:
    if type(part) is not kind:
        return False
    if isinstance(part, str):
        return len(part) <= 60 and part.isprintable()
    return not isinstance(part, int) or abs(part) <= BIG
