"""The statements of a page of calls.

A guess counts in 2 of 256 buckets, as in the directory. Where it says that no more than can be counted are found, all
of them are read once: their number, their facets, the rows of the page. Where they are more, a fair share is counted
and the page is read along an index of the order.
"""

from dataclasses import dataclass

from marketplace.calls.board.conditions import IS_OPEN, STATES, Condition
from marketplace.calls.board.facets import KINDS
from marketplace.calls.board.position import Position
from suppliers.directory import plans
from suppliers.directory.tokens import BUCKETS, WIDTH

#: Beside what is chosen in a filter, so many rows are counted whole, beyond them a fair share of about so many.
READ_WHOLE, FAIR_SAMPLE = 3_000, 1_500
GUESS = """
SELECT '{name}', (SELECT query FROM asked)::text, count(*) FILTER (WHERE {in_row})
FROM board_callrow AS row WHERE {by_index}
"""
CANDIDATES = """candidate AS MATERIALIZED (
    SELECT row.call_id, row.bucket, row.deadline, row.publish_at, row.ending, row.facets, row.codes
    FROM board_callrow AS row WHERE {condition} LIMIT {most}
)"""
#: Below a chosen code its children are counted, each call once however many codes of it lie there.
BRANCHES = """
SELECT 3, branch, count(*), 0, false, '', ARRAY[]::boolean[]
FROM (
    SELECT DISTINCT call_id, branch
    FROM (SELECT call_id, unnest(codes) AS own FROM candidate WHERE bucket %% %(every)s = 0) AS held
    JOIN unnest(%(codes_below)s::integer[], %(branches)s::integer[]) AS below(code, branch) ON code = own
) AS held GROUP BY branch
"""
#: Of several chosen regions, those that are no facet value of themselves are counted one by one.
DEEP = """
SELECT 4, {place}, count(*), 0, false, '', ARRAY[]::boolean[]
FROM candidate JOIN board_callrow AS own USING (call_id)
WHERE candidate.bucket %% %(every)s = 0 AND own.tokens && %(deep_{place})s::integer[]
"""
TOKENS = """
SELECT 5, token, count(*), 0, false, '', ARRAY[]::boolean[]
FROM (
    SELECT unnest(facets) AS token FROM (
        SELECT row.facets FROM board_callrow AS row WHERE {condition} LIMIT {most}
    ) AS wider
) AS carried WHERE token >= {first} AND token < {beyond} GROUP BY token
"""
#: How many are in each state, were none chosen.
IN_STATES = """
SELECT 6, place, count(*), 0, false, '', ARRAY[]::boolean[]
FROM (
    SELECT CASE {cases} END AS place FROM board_callrow AS row WHERE {{condition}} LIMIT {{most}}
) AS wider GROUP BY place
""".format(cases=" ".join(f"WHEN {STATES[name]} THEN {place}" for place, name in enumerate(list(STATES)[:3])))  # noqa: S608
HITS = """
SELECT * FROM (
    SELECT {leg}, row.call_id::bigint, (1000000 * extract(epoch FROM row.{column}))::bigint, 0::bigint, false, '',
        ARRAY[]::boolean[]
    FROM {source} WHERE {condition} AND {after}
    ORDER BY row.{column} {direction}, row.call_id {direction} LIMIT %(wanted_rows)s
) AS leg_{leg}
"""
#: Parts of a statement's rows that are calls, from this number on; which it is tells the leg.
FIRST_LEG = 10


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of the list in one order: the open calls by their deadline, then the others, the latest first."""

    condition: str
    column: str
    is_descending: bool


OPEN, OVER = Leg(IS_OPEN, "deadline", False), Leg(f"NOT {IS_OPEN}", "deadline", True)
NEWEST = Leg("true", "publish_at", True)
LEGS = {"open": [OPEN], "awarded": [OVER], "closed": [OVER], "all": [OPEN, OVER]}


def legs(state: str, sort: str) -> list[Leg]:
    return [NEWEST] if sort == "newest" else LEGS[state]


def guess(conditions: dict[str, Condition]) -> str:
    """One statement for any number of conditions, each under its name."""
    asked = "(SELECT query FROM asked)"
    parts = [
        GUESS.format(
            name=name,
            by_index=condition.by_index("sample").replace("%(query)s::tsquery", asked),
            in_row=condition.in_row(),
        )
        for name, condition in conditions.items()
    ]
    return f"{plans.ASKED} {' UNION ALL '.join(parts)}"


def candidates(condition: Condition, *, is_share: bool) -> str:
    return CANDIDATES.format(condition=condition.sql("share" if is_share else ""), most=plans.MOST_READ)


def hits(condition: Condition, state: str, sort: str, anchor: Position | None, *, is_broad: bool) -> list[str]:
    """The rows of a page: among the candidates, or along the index where there are too many."""
    source, own = ("board_callrow AS row", condition.sql()) if is_broad else ("candidate AS row", "true")
    return [
        HITS.format(
            leg=FIRST_LEG + place,
            column=leg.column,
            source=source,
            condition=f"{own} AND {leg.condition}",
            after=_after(leg, place, anchor),
            direction="DESC" if leg.is_descending != bool(anchor and anchor.is_backward) else "ASC",
        )
        for place, leg in enumerate(legs(state, sort))
    ]


def _after(leg: Leg, place: int, anchor: Position | None) -> str:
    """What lies beyond the anchor in the direction in which pages are turned."""
    if anchor is None:
        return "true"
    if place != anchor.leg:
        return "true" if (place > anchor.leg) != anchor.is_backward else "false"
    sign = "<" if leg.is_descending != anchor.is_backward else ">"
    return f"(row.{leg.column}, row.call_id) {sign} (%(moment)s, %(call)s)"


@dataclass(frozen=True, slots=True)
class Beside:
    """One filter that is on, with the question as it is without it, whole or by a share of all calls."""

    name: str
    condition: Condition
    share: list[int]
    #: How large a part of all calls the share is.
    part: float

    @property
    def slots(self) -> str:
        return f"beside_{self.name}"

    @property
    def sql(self) -> str:
        condition = self.condition.sql(self.slots if self.share else "")
        if self.name == "state":
            return IN_STATES.format(condition=condition, most=plans.MOST_READ)
        first, beyond = span(self.name)
        return TOKENS.format(condition=condition, most=plans.MOST_READ, first=first, beyond=beyond)

    def of_all(self, counted: dict[int, int]) -> dict[int, int]:
        """What the share says of all calls, at most what can be counted."""
        if self.name != "state":
            first, beyond = span(self.name)
            counted = {token: count for token, count in counted.items() if first <= token < beyond}
        if not self.share:
            return counted
        return {key: min(plans.MOST_COUNTED, max(1, round(count / self.part))) for key, count in counted.items()}


def span(name: str) -> tuple[int, int]:
    """The first token of a facet, and the first beyond it."""
    first, last = KINDS[name]
    return first * WIDTH, (last + 1) * WIDTH


def beside(name: str, condition: Condition, rows: int, week: int, of: int) -> Beside:
    """`rows` is the guess of how many answer, `of` how many filters are on."""
    if rows <= READ_WHOLE / of:
        return Beside(name, condition, [], 1.0)
    share, counted = plans.fair_share(plans.first_bucket(week), FAIR_SAMPLE / of / rows)
    return Beside(name, condition, share, len(counted) / BUCKETS)
