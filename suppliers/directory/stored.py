"""Figures of the whole directory, kept for the page without a question, which would otherwise count every row."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from suppliers.directory import plans
from suppliers.directory.counts import Counted
from suppliers.directory.patience import Patience
from suppliers.directory.tokens import BUCKETS

#: Figures may be so old; whom they count changes by the minute, how many hardly.
KEPT_FOR = timedelta(hours=1)
STEERS_FOR = 600.0
#: Smaller directories are counted as they are.
LARGE = 20_000
#: No CPV code and no token.
ALL, STALE = 0, 1

TAKE = """
INSERT INTO directory_figure (is_for_members, token, count, taken_at)
WITH met AS MATERIALIZED (
    SELECT row.is_for_members, token, count(*) AS count
    FROM directory_searchrow AS row, unnest(row.facets || CASE WHEN is_stale THEN '{0, 1}' ELSE '{0}'::int[] END)
        AS token
    GROUP BY 1, 2
)
SELECT false, token, count, %(at)s FROM met WHERE NOT is_for_members
UNION ALL SELECT true, token, sum(count), %(at)s FROM met GROUP BY token
"""


@dataclass(frozen=True, slots=True)
class Figures:
    of_tokens: dict[int, int]

    @property
    def counted(self) -> Counted:
        """As the statement of a page would have counted."""
        of_facets = {token: count for token, count in self.of_tokens.items() if token not in (ALL, STALE)}
        return Counted(self.of_tokens[ALL], self.of_tokens[ALL], of_facets, {}, {}, {})

    def plan(self, week: int) -> plans.Plan:
        both, stale = self.of_tokens[ALL], self.of_tokens.get(STALE, 0)
        return plans.plan(plans.Guess("", both - stale, stale, both, BUCKETS), week)


def figures(is_member: bool, patience: Patience) -> Figures | None:
    """None for a small directory, or when nobody has counted yet."""
    rows = patience.ask(
        "SELECT token, count FROM directory_figure WHERE is_for_members = %(is_member)s", {"is_member": is_member}
    )
    found = dict(rows)
    return Figures(found) if found.get(ALL, 0) > LARGE else None


_known: tuple[float, dict[int, float]] = (0.0, {})


def shares(patience: Patience) -> dict[int, float]:
    """Of a large directory the share that carries each token; kept in the process for a while, as it only steers."""
    global _known  # noqa: PLW0603  (one process, one directory)
    until, found = _known
    if time.monotonic() > until:
        public = figures(False, patience)
        counted = public.of_tokens if public else {ALL: 1}
        found = {token: count / counted[ALL] for token, count in counted.items() if token not in (ALL, STALE)}
        _known = (time.monotonic() + STEERS_FOR, found)
    return found


@transaction.atomic
def take_figures(at: datetime) -> int:
    """Count the directory anew; returns how many figures there are."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE directory_figure IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM directory_figure")
        cursor.execute(TAKE, {"at": at})
        return cursor.rowcount
