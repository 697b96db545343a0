"""Rows by the hundred thousand: the big index is set aside while they come and made again behind them.

Kept up row by row it costs the more the larger it is. A run may be cut off anywhere: whoever adds many rows next makes
the index, or the clock does, unless somebody is still at it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from suppliers.directory.models import SearchRow

#: From so many new rows on, and only where they are the greater part: a search without the index reads every row.
MANY = 50_000
INDEX = next(index for index in SearchRow._meta.indexes if index.name == "directory_row_search")
#: A number of our own; the lock ends with its connection, whatever becomes of the program.
LOCK = 5_733_001
HASTE = """
SET LOCAL synchronous_commit = off;
SET LOCAL work_mem = '64MB'
"""
#: In a fresh database nothing has been counted yet, and PostgreSQL would guess plans that cost five times as much.
LEARN = (
    "ANALYZE accounts_organisation, accounts_identifier, suppliers_supplier, suppliers_capability, directory_searchrow"
)


@contextmanager
def many_rows(number: int) -> Iterator[None]:
    """About so many rows come; afterwards the index is there, also where an earlier run left it away."""
    with _lock() as is_ours:
        is_most = number >= SearchRow.objects.count()
        if is_most:
            learn()
        # Within a transaction the index would only be gone at its end.
        if is_ours and is_most and number >= MANY and not connection.in_atomic_block:
            _remove_index()
        try:
            yield
        finally:
            if is_ours:
                _make_index()


def mend_index() -> bool:
    """Make the index where it is missing and nobody is adding rows without it; says whether it was so."""
    if has_index():
        return False
    with _lock() as is_ours:
        return is_ours and _make_index()


def has_index() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [INDEX.name])
        return cursor.fetchone()[0]


def hasten() -> None:
    """Let the running transaction use memory, and not wait for the disk: what a power cut takes is planted again."""
    with connection.cursor() as cursor:
        cursor.execute(HASTE)


def learn() -> None:
    """Tell the planner what the tables hold by now."""
    with connection.cursor() as cursor:
        cursor.execute(LEARN)


@contextmanager
def _lock() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@transaction.atomic
def _remove_index() -> None:
    if has_index():
        with connection.schema_editor(atomic=False) as schema:
            schema.remove_index(SearchRow, INDEX)
            # Else the server itself would count the words of a growing table over and over.
            schema.execute("ALTER TABLE directory_searchrow SET (autovacuum_enabled = off)")


@transaction.atomic
def _make_index() -> bool:
    if has_index():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    with connection.schema_editor(atomic=False) as schema:
        schema.add_index(SearchRow, INDEX)
        schema.execute("ALTER TABLE directory_searchrow RESET (autovacuum_enabled)")
    return True
