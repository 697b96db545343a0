"""Statements of a search: read only, and given up after a while rather than holding the server."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from psycopg2 import errors

#: Seconds for all statements of one search together.
PATIENCE = 5.0
#: What lies beside a row (TOAST) costs more to look into than the planner believes: an index that can answer shall.
OPERATOR_COST = "0.1"


class GivenUp(Exception):
    """The search took too long."""


class Patience:
    """Runs the statements of one search; the settings they are run with end with each of them.

    Several commands sent as one text are a transaction of their own, which spares BEGIN and COMMIT. Where a
    transaction is open already, all is undone to where it stood, so that neither a failure nor a setting stays.
    """

    def __init__(self) -> None:
        self.deadline = time.monotonic() + PATIENCE
        self.is_inside = False

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if self.is_inside:
            with suppress(InterfaceError, OperationalError), connection.cursor() as cursor:
                cursor.execute("ROLLBACK TO SAVEPOINT directory_search; RELEASE SAVEPOINT directory_search")

    def ask(self, sql: str, parameters: dict[str, Any], **settings: str) -> Sequence[tuple]:
        """The rows of the last statement in `sql`."""
        left = int((self.deadline - time.monotonic()) * 1000)
        if left <= 0:
            raise GivenUp
        chosen = {
            "statement_timeout": str(left),
            "work_mem": "'32MB'",
            "cpu_operator_cost": OPERATOR_COST,
            # Some ten milliseconds: to begin with further processes costs as much as they save, and takes from others.
            "max_parallel_workers_per_gather": "0",
            **settings,
        }
        opening = "".join(f"SET LOCAL {name} = {value}; " for name, value in chosen.items())
        if connection.in_atomic_block and not self.is_inside:
            opening, self.is_inside = "SAVEPOINT directory_search; " + opening, True
        try:
            with connection.cursor() as cursor:
                cursor.execute(opening + sql, parameters)
                return cursor.fetchall()
        except OperationalError as error:
            if isinstance(error.__cause__, errors.QueryCanceled):
                raise GivenUp from error
            raise
