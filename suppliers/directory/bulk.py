"""Rows by the hundred thousand: the search indexes are set aside while they come and made again behind them.

Kept up row by row they cost the more the larger they are. A run may be cut off anywhere: whoever adds many rows next
makes them, or the clock does, unless somebody is still at it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, transaction

from suppliers.directory.models import SearchRow

#: From so many new rows on, and only where they are the greater part: a search without them reads every row.
MANY = 50_000
INDEXES = [index for index in SearchRow._meta.indexes if isinstance(index, GinIndex)]
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
    """About so many rows come; afterwards the indexes are there, also where an earlier run left them away."""
    with _lock() as is_ours:
        is_most = number >= SearchRow.objects.count()
        if is_most:
            learn()
        # Within a transaction they would only be gone at its end.
        if is_ours and is_most and number >= MANY and not connection.in_atomic_block:
            _remove_indexes()
        try:
            yield
        finally:
            if is_ours:
                _make_indexes()


def mend_indexes() -> bool:
    """Make those that are missing where nobody is adding rows without them; says whether there were any."""
    if has_indexes():
        return False
    with _lock() as is_ours:
        return is_ours and _make_indexes()


def has_indexes() -> bool:
    return not _missing()


def _missing() -> list[GinIndex]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s) AS name WHERE to_regclass(name) IS NULL", [[i.name for i in INDEXES]]
        )
        missing = {name for (name,) in cursor.fetchall()}
    return [index for index in INDEXES if index.name in missing]


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
def _remove_indexes() -> None:
    missing = _missing()
    if len(missing) < len(INDEXES):
        with connection.schema_editor(atomic=False) as schema:
            for index in INDEXES:
                if index not in missing:
                    schema.remove_index(SearchRow, index)
            # Else the server itself would count the words of a growing table over and over.
            schema.execute("ALTER TABLE directory_searchrow SET (autovacuum_enabled = off)")


@transaction.atomic
def _make_indexes() -> bool:
    missing = _missing()
    if not missing:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    with connection.schema_editor(atomic=False) as schema:
        for index in missing:
            schema.add_index(SearchRow, index)
        schema.execute("ALTER TABLE directory_searchrow RESET (autovacuum_enabled)")
    return True
