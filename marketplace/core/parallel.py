"""Work in steps, done by several connections at once: PostgreSQL answers each of them on a core of its own."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Beyond four, threads of one Python wait for each other.
AT_A_TIME = min(4, max(2, len(os.sched_getaffinity(0))))


def each(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What `work` returns for each item, in their order; items are taken only as they are needed.

    Each piece of work has a connection of its own, in a thread. In the midst of a transaction, which no other
    connection could see, there is only this one, and one thing is done after the other. When one fails, no further one
    is begun, and those under way are waited for.
    """
    if connection.in_atomic_block or AT_A_TIME == 1:
        yield from map(work, items)
        return
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(_with_own_connection, work, item))
                if len(waiting) > AT_A_TIME:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _with_own_connection(work: Callable[[Item], Result], item: Item) -> Result:
    try:
        return work(item)
    finally:
        connection.close()
