"""What the directory asks of the clock, and what always holds of its rows."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from marketplace.core import registry
from suppliers.directory import bulk, lexicon, rows, stored
from suppliers.directory.models import Figure

AT_ONCE = 20_000
#: A listed supplier without a row, and a row whose supplier is not listed.
UNEVEN = """
SELECT supplier.id FROM suppliers_supplier AS supplier
LEFT JOIN directory_searchrow AS row ON row.supplier_id = supplier.id
WHERE (row.supplier_id IS NULL)
    = (supplier.listed_at IS NOT NULL AND supplier.hidden_at IS NULL AND supplier.suspended_at IS NULL)
"""
#: What was written since the last time is put where a search finds it fastest.
TIDY = "SELECT sum(gin_clean_pending_list(name::regclass)) FROM unnest(%s) AS name"
AGED = "SELECT supplier_id FROM directory_searchrow WHERE good_until < %(today)s"


def mend_rows(at: datetime) -> int:
    """Rows in which a day changed something: a paper ended or began to count, or a confirmation grew old."""
    return _refresh(AGED, at)


def mend_missing(at: datetime) -> int:
    """Rows that should be there and are not, or the other way round: whatever wrote past the actions."""
    return _refresh(UNEVEN, at)


def renew_figures(at: datetime) -> int:
    """Once an hour, as it reads the whole directory: rows that are missing, figures and words."""
    newest = Figure.objects.order_by("-taken_at").values_list("taken_at", flat=True).first()
    if newest and newest > at - stored.KEPT_FOR:
        return 0
    return mend_missing(at) + stored.take_figures(at) + lexicon.make_lexicon()


def uneven() -> list[int]:
    """Every supplier that should have a row and has none, or the other way round."""
    with connection.cursor() as cursor:
        cursor.execute(UNEVEN)
        return [row[0] for row in cursor.fetchall()]


def tidy_index(at: datetime) -> int:
    """How many pages of the indexes were waiting to be put in order; makes those that a cut run left away."""
    if not bulk.has_indexes():
        return int(bulk.mend_indexes())
    with connection.cursor() as cursor:
        cursor.execute(TIDY, [[index.name for index in bulk.INDEXES]])
        return int(cursor.fetchone()[0])


def _refresh(sql: str, at: datetime) -> int:
    today = timezone.localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {AT_ONCE}", {"today": today})
        found = [row[0] for row in cursor.fetchall()]
    for part in rows.parts(found):
        rows.refresh(part, today)
    return len(found)


registry.due.register("directory-rows", registry.Due("directory-rows", mend_rows, order=20))
registry.due.register("directory-index", registry.Due("directory-index", tidy_index, order=79))
registry.due.register("directory-figures", registry.Due("directory-figures", renew_figures, order=80))
registry.invariants.register(
    "directory", registry.Invariant("every listed supplier has a row in the directory, and nobody else has", UNEVEN)
)
