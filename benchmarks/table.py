"""A row of the table, and how things are timed."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    what: str
    figure: str
    target: str
    is_met: bool

    @property
    def verdict(self) -> str:
        return "pass" if self.is_met else "FAIL"


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
