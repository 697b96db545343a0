"""Runs the sentences that must always hold; each is SQL that returns one row per breach."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from marketplace.core import registry

EXAMPLES = 5


@dataclass(frozen=True)
class Breach:
    sentence: str
    count: int
    examples: list[Any]


def breaches(at: datetime) -> list[Breach]:
    """The invariants that do not hold at that moment, with the first keys of the rows that break them."""
    found = []
    for invariant in registry.invariants:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql, invariant.parameters(at))
            rows = cursor.fetchall()
        if rows:
            found.append(Breach(invariant.sentence, len(rows), [row[0] for row in rows[:EXAMPLES]]))
    return found
