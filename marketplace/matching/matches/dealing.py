"""The order among equals: dealt anew for every call, always the same, and in two steps.

The 256 buckets of the directory, over which firms lie evenly, are shuffled for each call; so the first of ten thousand
equals are found in a few buckets, without the others being read. Within a bucket a hash of both decides.
"""

from hashlib import md5

from suppliers.directory.tokens import BUCKETS

#: Bits of the hash of call and bucket, and below them of call and firm; together they are a positive whole number.
SHUFFLED, HASHED = 14, 16

BUCKET = "('x' || left(md5({supplier}::text), 2))::bit(8)::integer"
#: The same in SQL, for the expressions that stand for the numbers of the call and the firm.
TURN = f"""(
    ('x' || left(md5({{call}} || '/' || {BUCKET}), 4))::bit(16)::integer >> {16 - SHUFFLED} << {HASHED}
    | ('x' || left(md5({{call}} || ' ' || {{supplier}}), 4))::bit(16)::integer
)"""


def turn_of(call: int, supplier: int) -> int:
    """The lower one comes first."""
    bucket = int(_hash(str(supplier))[:2], 16)
    return _place(call, bucket) << HASHED | int(_hash(f"{call} {supplier}")[:4], 16)


def buckets_in_order(call: int) -> list[int]:
    """The buckets as this call deals them."""
    return sorted(range(BUCKETS), key=lambda bucket: _place(call, bucket))


def _place(call: int, bucket: int) -> int:
    return int(_hash(f"{call}/{bucket}")[:4], 16) >> 16 - SHUFFLED


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
