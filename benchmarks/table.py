"""A row of the table, and how things are timed."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

#: The yardstick of a machine: never changed, so that tables of different days can be compared.
LOOPS = 300_000
STATEMENT = "SELECT sum(hashtext(number::text) % 7) FROM generate_series(1, 50000) AS number"


@dataclass(frozen=True)
class Result:
    what: str
    figure: str
    target: str = ""
    #: None where nothing is promised.
    is_met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "pass", False: "FAIL", None: ""}[self.is_met]


def at_most(what: str, value: float, limit: float, unit: str = "x") -> Result:
    return Result(what, f"{value:.2f} {unit}", f"at most {limit:g} {unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "x") -> Result:
    return Result(what, f"{value:.1f} {unit}", f"at least {limit:g} {unit}", value >= limit)


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def medians(*works: Callable[[], object], rounds: int = 30) -> list[float]:
    """The median seconds of each, measured in turn so that a drifting machine slows all alike."""
    for work in works:
        work()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for index, work in enumerate(works):
            started = time.perf_counter()
            work()
            taken[index].append(time.perf_counter() - started)
    return [statistics.median(times) for times in taken]


@dataclass(frozen=True)
class Machine:
    """Milliseconds that a loop in Python and a statement of SQL took, which are always the same."""

    python: float
    sql: float


def machine() -> Machine:
    """The machine as it is now: each the median of five."""
    return Machine(*(1000 * statistics.median(seconds(work) for _round in range(5)) for work in (_loop, _statement)))


def beside(before: Machine, after: Machine) -> list[Result]:
    """What tells a slow machine from slow code, for the figures that were taken in between."""
    return [
        Result("the machine meanwhile: a loop in Python", f"{before.python:.1f} to {after.python:.1f} ms"),
        Result("the machine meanwhile: a statement of SQL", f"{before.sql:.1f} to {after.sql:.1f} ms"),
    ]


def with_machine(measure: Callable[[], list[Result]]) -> list[Result]:
    before = machine()
    return [*measure(), *beside(before, machine())]


def _loop() -> None:
    total = 0
    for number in range(LOOPS):
        total += number % 7


def _statement() -> None:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT)
        cursor.fetchall()
