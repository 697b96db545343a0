"""Breaking the rules of the database on purpose, and taking a guard away to see that it was the one."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction


@contextmanager
def breaks(rule):
    """What happens inside is refused by the constraint or trigger of that name, and undone."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: PT012
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert refused.value.__cause__.diag.constraint_name == rule


def without(table, *names):
    """Take triggers and constraints of a table away until the test ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass", [name, table])
            what = "DISABLE TRIGGER" if cursor.fetchone() else "DROP CONSTRAINT"
            cursor.execute(f"ALTER TABLE {table} {what} {name}")


def change(row, **fields):
    """Past every action, as SQL by hand would."""
    with transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()
