"""One whole number for each thing that a supplier or a call can be filtered by: one index over one array answers all.

A CPV code is its own number. Everything else is its kind times WIDTH plus its first five letters and digits read in
base 37: 'UKE42' as a region, 'GB' as a country, 'insur' as a document. `directory_token` is the same in SQL.
"""

from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from marketplace.core.vocab import nuts

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE = len(ALPHABET) + 1
LENGTH = 5
WIDTH = BASE**LENGTH
#: The finest share of the directory: suppliers are dealt out evenly by a hash of their number.
BUCKETS = 256
#: Coarser shares: so many buckets together are one.
SHARES = 16


class Kind(IntEnum):
    """Numbers that stand in every row: never give one to something else. 0 and 1 belong to the CPV codes."""

    #: A region that is served at least in part.
    REGION = 2
    #: A region that is served as a whole.
    WHOLE = 3
    COUNTRY = 4
    SIZE = 5
    TURNOVER = 6
    LANGUAGE = 7
    CAPACITY = 8
    DOCUMENT = 9
    TIER = 10
    SCHEME = 11
    #: The bucket, and from BUCKETS on the bucket of those that nobody has confirmed for over a year.
    SLOT = 12
    SHARE = 13
    #: These stand in the rows of calls alone.
    BUYER = 14
    PROCEDURE = 15
    ROUTE = 16
    VALUE = 17


#: Stands for serving all of Europe, among the regions that are served as a whole.
EUROPE = Kind.WHOLE * WIDTH


def written(kind: Kind, text: str) -> int:
    """The token of a code or word; 0, which no row carries, for what has no letter that counts."""
    signs = [sign for sign in text.upper() if sign in ALPHABET][:LENGTH]
    if not signs:
        return 0
    number = 0
    for sign in signs:
        number = number * BASE + ALPHABET.index(sign) + 1
    return int(kind) * WIDTH + number * BASE ** (LENGTH - len(signs))


def numbered(kind: Kind, number: int) -> int:
    return int(kind) * WIDTH + number


def of_cpv(code: str) -> int:
    return int(code)


def slot(bucket: int, *, is_stale: bool) -> int:
    return numbered(Kind.SLOT, bucket % BUCKETS + BUCKETS * is_stale)


@lru_cache(10_000)
def kind_of(token: int) -> Kind | None:
    """None for a CPV code."""
    return Kind(token // WIDTH) if token >= Kind.REGION * WIDTH else None


@lru_cache(10_000)
def text_of(token: int) -> str:
    """The five signs again; what was longer comes back shortened."""
    number, signs = token % WIDTH, ""
    for place in range(LENGTH - 1, -1, -1):
        sign, number = divmod(number, BASE**place)
        signs += ALPHABET[sign - 1] if sign else ""
    return signs


def number_of(token: int) -> int:
    return token % WIDTH


def serving(regions: Iterable[str]) -> list[int]:
    """What a row carries that serves one of these regions: it, something in it, something around it, or all Europe."""
    found = {EUROPE}
    for code in regions:
        found.add(written(Kind.REGION, code))
        found.update(written(Kind.WHOLE, above) for above in nuts.ancestors(code))
    return sorted(found)
