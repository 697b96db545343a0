"""What a filter that is on would find with another of its values: counted as if it were off, the other filters kept.

Where that is more than can be counted, a fair share of the directory is, and what it says is told of the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suppliers.directory import plans
from suppliers.directory.conditions import Condition
from suppliers.directory.counts import NAMES
from suppliers.directory.models import COUNTED_IN
from suppliers.directory.plans import Guess
from suppliers.directory.stored import Figures
from suppliers.directory.tokens import BUCKETS, WIDTH, Kind

#: The rows that all filters together are counted in: up to so many whole, beyond them a fair share of about so many.
READ_WHOLE = 2_000
FAIR_SAMPLE = 1_000
#: The kinds of token that a facet counts, from the first to the last.
KINDS = {"cpv": (0, 1), "region": (Kind.REGION, Kind.WHOLE)} | {name: (kind, kind) for kind, name in NAMES.items()}
TOKENS = """
SELECT 5, token, count(*), 0, false, '', ARRAY[]::boolean[]
FROM (
    SELECT unnest(facets) AS token FROM (
        SELECT row.facets FROM directory_searchrow AS row WHERE {part} AND {condition} LIMIT {most}
    ) AS wider
) AS carried WHERE token >= {first} AND token < {beyond} GROUP BY token
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """One filter that is on, with the question as it is without it."""

    name: str
    condition: Condition
    #: The shares of the directory that are counted; none are named where all of it is.
    share: list[int]
    #: How many buckets they are, the first ones of all.
    buckets: int

    @property
    def sql(self) -> str:
        first, beyond = span(self.name)
        condition = self.condition.sql(slots=self._slots if self.share else "")
        # With these words a small index answers in place of the big one.
        part = f"row.bucket < {COUNTED_IN}" if self.buckets <= COUNTED_IN else "true"
        return TOKENS.format(part=part, condition=condition, most=plans.MOST_READ, first=first, beyond=beyond)

    @property
    def parameters(self) -> dict[str, Any]:
        return {self._slots: self.share}

    @property
    def _slots(self) -> str:
        return f"beside_{self.name}"

    def of_all(self, counted: Mapping[int, int]) -> dict[int, int]:
        """What the share says of the whole directory, at most what can be counted."""
        first, beyond = span(self.name)
        own = {token: count for token, count in counted.items() if first <= token < beyond}
        if not self.share:
            return own
        return {
            token: min(plans.MOST_COUNTED, max(1, round(count * BUCKETS / self.buckets)))
            for token, count in own.items()
        }


def span(name: str) -> tuple[int, int]:
    """The first token of a facet, and the first beyond it."""
    first, last = KINDS[name]
    return first * WIDTH, (last + 1) * WIDTH


def is_alone(condition: Condition) -> bool:
    """Without its one filter nothing would be asked: of a large directory, figures of that are kept."""
    return len(condition.groups) == 1 and not condition.words


def wider(condition: Condition, *, is_large: bool) -> dict[str, Condition]:
    """By filter, the question without it, unless figures are kept of that."""
    if is_large and is_alone(condition):
        return {}
    return {name: condition.without(name) for name in condition.groups}


def planned(wider: Mapping[str, Condition], guesses: Mapping[str, Guess]) -> list[Beside]:
    return [_planned(name, wider[name], guess, len(guesses)) for name, guess in guesses.items()]


def _planned(name: str, condition: Condition, guess: Guess, of: int) -> Beside:
    share: list[int] = []
    buckets = BUCKETS
    if guess.rows > READ_WHOLE / of:
        share, counted = plans.fair_share(0, FAIR_SAMPLE / of / guess.rows)
        buckets = len(counted)
    if guess.looked_at * buckets / BUCKETS > plans.MOST_LOOKED_INTO:
        condition.common.clear()
    return Beside(name, condition, share, buckets)


def kept(condition: Condition, figures: Figures) -> dict[int, int]:
    """The figures of the one filter that is on."""
    (name,) = condition.groups
    first, beyond = span(name)
    return {token: count for token, count in figures.counted.tokens.items() if first <= token < beyond}
