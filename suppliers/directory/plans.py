"""How a page of the directory is read, by how much the question finds.

Few rows: all are ranked. Many: the directory is gone through in blocks of about a thousand that answer, and each
block is ranked by itself. Very many: only a fair share of the directory is counted, and the block alone is read.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from suppliers.directory import tokens
from suppliers.directory.conditions import Condition
from suppliers.directory.models import GUESSED_IN, STRETCH
from suppliers.directory.position import Order, Position
from suppliers.directory.tokens import BUCKETS, SHARES, Kind

MOST_COUNTED = 10_000
#: A guess that is this far off leaves rows out; it never was.
MOST_READ = 2 * MOST_COUNTED
#: So many standard deviations above what can be counted, there is surely more.
SURELY = 4.2
RANK_ALL = 2_000
#: Of more than this, facets count a share.
FACETS_OF = 3_000
#: Of more than can be counted, about so many are: enough for shares.
FAIR_SAMPLE = 1_600
#: Beyond so many rows it costs less to read common tokens in the index too than to look into every row.
MOST_LOOKED_INTO = 15_000
#: Of a sample so much less, since the index of a part is short.
MOST_LOOKED_INTO_OF_A_SAMPLE = 3_000
#: Buckets that lie in so many stretches are looked up in their indexes, those of more in the one of all.
FEW_STRETCHES = 2
#: So many buckets at most make up a sample one by one, beyond them the coarser shares.
FEW_BUCKETS = 32
BLOCK = 1_000
#: Weights of D, C, B, A: description, services, name.
WEIGHTS = "{0, 0.1, 0.5, 1}"
#: What the words themselves are worth at least, and a service that only the label of another language names.
LITERAL = 20_000
BRIDGE = 10_000

ASKED = "WITH asked AS (SELECT directory_query(%(wanted)s, %(unwanted)s, %(languages)s) AS query)"
#: Questions that the index answers alike are guessed by one look into it.
GUESS = """
SELECT name, (SELECT query FROM asked)::text, fresh, stale, met
FROM (
    SELECT count(*), {counts} FROM directory_searchrow AS row WHERE row.bucket < {buckets} AND {by_index}
) AS guessed(met, {columns}) CROSS JOIN LATERAL (VALUES {values}) AS each(name, fresh, stale)
"""
COUNT = "count(*) FILTER (WHERE NOT row.is_stale AND {in_row}), count(*) FILTER (WHERE row.is_stale AND {in_row})"
SCORE = "(1000000 * ts_rank('{weights}', row.text, %(query)s::tsquery))::integer"
BRIDGED = """CASE WHEN %(bridge)s::integer[] && row.tokens THEN {bridge} ELSE 0 END
    + CASE WHEN row.text @@ %(query)s::tsquery THEN {literal} + {score} ELSE 0 END"""
CANDIDATES = """candidate AS MATERIALIZED (
    SELECT row.supplier_id, row.is_stale, row.bucket, {columns},
        CASE WHEN row.bucket %% %(every)s = 0 THEN row.facets END AS facets,
        CASE WHEN {is_scored} THEN {score} ELSE 0 END AS score
    FROM directory_searchrow AS row WHERE {condition} LIMIT {most}
)"""
RANKED = """page AS MATERIALIZED (
    SELECT supplier_id, score, is_stale, tie FROM (
        SELECT row.supplier_id, {score} AS score, row.is_stale, hashint8extended(row.supplier_id, %(week)s) AS tie
        FROM {source}
    ) AS near
    WHERE {after} ORDER BY {order} LIMIT %(wanted_rows)s
)"""
IN_BLOCK = "row.bucket + CASE WHEN row.is_stale THEN 256 ELSE 0 END = ANY(%(buckets)s::integer[])"
#: The order and the place after which a page begins, forward and backward.
FORWARD = (
    "score DESC, is_stale, tie, supplier_id",
    "(-score, is_stale, tie, supplier_id) > (-%(score)s, %(is_stale)s, %(tie)s, %(supplier)s)",
)
BACKWARD = (
    "score, is_stale DESC, tie DESC, supplier_id DESC",
    "(-score, is_stale, tie, supplier_id) < (-%(score)s, %(is_stale)s, %(tie)s, %(supplier)s)",
)
SORTED = """page AS MATERIALIZED (
    SELECT row.supplier_id, row.confirmed AS score, row.is_stale, row.supplier_id AS tie, row.plain_name
    FROM {source} WHERE {condition} AND {after} ORDER BY {order} LIMIT %(wanted_rows)s
)"""
#: For the ways to sort by a column: (order, place after it), forward and backward.
COLUMNS = {
    ("confirmed", False): (
        "row.confirmed DESC, row.supplier_id DESC",
        "(row.confirmed, row.supplier_id) < (%(key)s, %(supplier)s)",
    ),
    ("confirmed", True): (
        "row.confirmed, row.supplier_id",
        "(row.confirmed, row.supplier_id) > (%(key)s, %(supplier)s)",
    ),
    ("name", False): ("row.plain_name, row.supplier_id", "(row.plain_name, row.supplier_id) > (%(key)s, %(supplier)s)"),
    ("name", True): (
        "row.plain_name DESC, row.supplier_id DESC",
        "(row.plain_name, row.supplier_id) < (%(key)s, %(supplier)s)",
    ),
}
HITS = """
SELECT 2 AS part, page.supplier_id AS one, page.score::bigint AS two, page.tie AS three, page.is_stale AS half,
    {name} AS text, {because} AS because
FROM page JOIN directory_searchrow AS row USING (supplier_id)
"""
#: In name, services or texts stands one word of a question that the row answers; each bridge by itself.
BECAUSE = """ARRAY(
    SELECT row.text @@ %(query)s::tsquery
        AND tsvector_to_array(ts_filter(row.text, ARRAY[weight::"char"])) && %(lexemes)s::text[]
    FROM unnest(ARRAY['a', 'b', 'c']) WITH ORDINALITY AS part(weight, place) ORDER BY place
) || ARRAY(SELECT code = ANY(row.tokens) FROM unnest(%(bridge)s::integer[]) AS code)"""
LEXEME = re.compile(r"'((?:[^']|'')+)'")


@dataclass(frozen=True, slots=True)
class Guess:
    """How many rows of the first `buckets` answer, the confirmed and the stale ones; `met` are all the index finds."""

    query: str
    fresh: int
    stale: int
    met: int
    buckets: int = GUESSED_IN

    @property
    def rows(self) -> int:
        """In the whole directory."""
        return (self.fresh + self.stale) * BUCKETS // self.buckets

    @property
    def looked_at(self) -> int:
        """In the whole directory the rows that the index finds."""
        return self.met * BUCKETS // self.buckets

    @property
    def is_surely_too_many(self) -> bool:
        return self.fresh + self.stale >= self._countable + SURELY * math.sqrt(self._countable)

    @property
    def is_open(self) -> bool:
        """Whether more than can be counted would be found is worth a closer look."""
        return self.fresh + self.stale >= self._countable - math.sqrt(self._countable) and not self.is_surely_too_many

    @property
    def _countable(self) -> float:
        return MOST_COUNTED * self.buckets / BUCKETS


@dataclass
class Plan:
    """What was guessed of a question, and so how it is read."""

    order: Order
    #: More than can be counted; these shares of the directory stand for the whole.
    is_broad: bool = False
    share: list[int] = field(default_factory=list)
    #: The buckets that lie in them whole.
    counted: frozenset[int] = frozenset(range(BUCKETS))
    #: Of so many buckets in a row, facets count in one.
    every: int = 1

    def looks_into_too_many(self, guess: Guess) -> bool:
        """Whether it costs less to read common tokens in the index too."""
        if not self.is_broad:
            return guess.looked_at > MOST_LOOKED_INTO
        return guess.looked_at * len(self.counted) / BUCKETS > MOST_LOOKED_INTO_OF_A_SAMPLE

    @property
    def blocks(self) -> int:
        if not self.order.fresh:
            return 1
        return math.ceil(BUCKETS / self.order.fresh) + math.ceil(BUCKETS / self.order.stale)


def week_of(day: date) -> int:
    return day.toordinal() // 7


def first_bucket(week: int) -> int:
    """Another bucket every week, and each once in 256 weeks."""
    return week * 101 % BUCKETS


def slots_of(buckets: int) -> list[int]:
    """The slots of the first buckets."""
    return [tokens.slot(bucket, is_stale=is_stale) for bucket in range(buckets) for is_stale in (False, True)]


def guess(conditions: Mapping[str, Condition], buckets: int = GUESSED_IN) -> str:
    """One statement for any number of conditions, each under its name; `sample` has the slots of these buckets."""
    alike: dict[str, dict[str, Condition]] = {}
    for name, condition in conditions.items():
        # Where the index is asked nothing, it at least finds the buckets.
        by_index = condition.by_index(slots="" if condition.asks_index else "sample")
        alike.setdefault(by_index, {})[name] = condition
    parts = [_guess(by_index, members, buckets) for by_index, members in alike.items()]
    return f"{ASKED} {' UNION ALL '.join(parts)}"


def _guess(by_index: str, members: Mapping[str, Condition], buckets: int) -> str:
    columns = [(f"fresh_{place}", f"stale_{place}") for place in range(len(members))]
    return GUESS.format(
        counts=", ".join(COUNT.format(in_row=condition.in_row()) for condition in members.values()),
        buckets=buckets,
        by_index=by_index.replace("%(query)s::tsquery", "(SELECT query FROM asked)"),
        columns=", ".join(name for pair in columns for name in pair),
        values=", ".join(
            f"('{name}', {fresh}, {stale})" for name, (fresh, stale) in zip(members, columns, strict=True)
        ),
    )


def plan(guess: Guess, week: int) -> Plan:
    if guess.rows <= RANK_ALL:
        return Plan(Order(week, 0, 0))
    widths = (math.ceil(BLOCK * guess.buckets / max(1, found)) for found in (guess.fresh, guess.stale))
    order = Order(week, *(min(BUCKETS, width) for width in widths))
    if not guess.is_surely_too_many:
        return Plan(order, every=math.ceil(guess.rows / FACETS_OF))
    return _sampled(order, FAIR_SAMPLE / guess.rows)


def _sampled(order: Order, part: float) -> Plan:
    share, counted = fair_share(first_bucket(order.week), part)
    return Plan(order, True, share, counted)


def fair_share(start: int, part: float) -> tuple[list[int], frozenset[int]]:
    """About this part of the directory, from that bucket on: its tokens, and the buckets that lie in it."""
    buckets = math.ceil(part * BUCKETS)
    if buckets <= FEW_BUCKETS:
        counted = [bucket % BUCKETS for bucket in range(start, start + buckets)]
        share = [tokens.slot(bucket, is_stale=is_stale) for bucket in counted for is_stale in (False, True)]
        return share, frozenset(counted)
    width = BUCKETS // SHARES
    shares = [step % SHARES for step in range(start // width, start // width + min(SHARES, math.ceil(part * SHARES)))]
    counted = [step * width + place for step in shares for place in range(width)]
    return [tokens.numbered(Kind.SHARE, step) for step in shares], frozenset(counted)


def stretches(buckets: Iterable[int]) -> list[int]:
    """The stretches whose small indexes hold all these buckets; none where they are too many."""
    found = sorted({bucket % BUCKETS // STRETCH for bucket in buckets})
    return found if len(found) <= FEW_STRETCHES else []


def slots(order: Order, block: int) -> list[int]:
    """The slots of one block; none are named where there is but one block."""
    return list(_slots(order, block)) if order.fresh else []


def _slots(order: Order, block: int) -> Iterator[int]:
    start, of_fresh = first_bucket(order.week), math.ceil(BUCKETS / order.fresh)
    is_stale = block >= of_fresh
    width = order.stale if is_stale else order.fresh
    begin = (block - of_fresh if is_stale else block) * width
    for step in range(begin, min(BUCKETS, begin + width)):
        yield tokens.slot(start + step, is_stale=is_stale)


def score(condition: Condition) -> str:
    if not condition.words:
        return "0"
    literal = SCORE.format(weights=WEIGHTS)
    return BRIDGED.format(bridge=BRIDGE, literal=LITERAL, score=literal) if condition.parameters["bridge"] else literal


def has_block(plan: Plan, buckets: list[int]) -> bool:
    """Whether the rows of a block are among the candidates anyway, so that they need not be read twice."""
    return plan.counted.issuperset(bucket % BUCKETS for bucket in buckets)


def candidates(condition: Condition, plan: Plan, buckets: list[int], sort: str) -> str:
    """The rows that are counted; those of the block, or where there is but one block all, are scored already.

    Ten thousand rows are copied: each takes along only what is asked of it afterwards.
    """
    columns = ["row.codes"] if "cpv" in condition.groups else []
    columns += ["row.confirmed", "row.plain_name"] if sort != "relevance" else []
    is_scored = "true" if not plan.order.fresh else IN_BLOCK if has_block(plan, buckets) else "false"
    return CANDIDATES.format(
        columns=", ".join(columns) or "0 AS alone",
        is_scored=is_scored,
        score=score(condition),
        condition=condition.sql(slots="share", stretches=stretches(plan.counted)) if plan.share else condition.sql(),
        most=MOST_READ,
    )


def near(condition: Condition, plan: Plan, buckets: list[int], *, is_counted: bool) -> tuple[str, str]:
    """Where the rows of a block come from, and how they are scored."""
    if is_counted and has_block(plan, buckets):
        return f"candidate AS row WHERE {IN_BLOCK if plan.order.fresh else 'true'}", "row.score"
    block = condition.sql(slots="block", stretches=stretches(buckets)) if plan.order.fresh else condition.sql()
    return f"directory_searchrow AS row WHERE {block}", score(condition)


def ranked(near: tuple[str, str], anchor: Position | None, *, is_backward: bool) -> str:
    """The rows of one block, best first."""
    order, after = BACKWARD if is_backward else FORWARD
    source, ranking = near
    return RANKED.format(score=ranking, source=source, after=after if anchor else "true", order=order)


def in_order(condition: Condition, plan: Plan, sort: str, anchor: Position | None, *, is_backward: bool) -> str:
    """The rows sorted by a column: among the candidates, or along the index where there are too many."""
    order, after = COLUMNS[sort, is_backward]
    source, own = ("directory_searchrow AS row", condition.sql()) if plan.is_broad else ("candidate AS row", "true")
    return SORTED.format(source=source, condition=own, after=after if anchor else "true", order=order)


def lexemes(query: str) -> list[str]:
    """The words in the written form of a tsquery."""
    return [found.replace("''", "'") for found in LEXEME.findall(query)]


def hits(condition: Condition, sort: str) -> str:
    because = BECAUSE if condition.words else "ARRAY[]::boolean[]"
    return HITS.format(name="row.plain_name" if sort == "name" else "''", because=because)


def place(anchor: Position | None) -> dict[str, Any]:
    """The parameters that say where a page begins."""
    if anchor is None:
        return {}
    if anchor.sort == "relevance":
        return dict(zip(("score", "is_stale", "tie", "supplier"), anchor.key, strict=True))
    return dict(zip(("key", "supplier"), anchor.key, strict=True))
