"""Who has to hear what becomes of a call. The rooms above say whom they know; each person is told once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from marketplace.core.registry import Point


@dataclass(frozen=True)
class Concern:
    """`people(call, lot)` gives active users that a change of the call concerns, of one lot where one is given.

    With `is_sealed` that somebody is among them may not be known to anybody before the deadline.
    """

    name: str
    people: Callable[[Any, Any], Iterable[Any]]
    is_sealed: bool = False


concerns: Point[Concern] = Point(lambda concern: (concern.is_sealed, concern.name))


def people(call, lot=None):
    """[(user, whether it is a secret until the deadline that it concerns them)], each once, open before secret."""
    found = {}
    for concern in concerns:
        for user in concern.people(call, lot):
            found.setdefault(user.pk, (user, concern.is_sealed))
    return list(found.values())
