"""How pages of a search are timed: in a database kept for the purpose, beside the bare SQL that each of them needs."""

import hashlib
import logging
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment

from benchmarks.table import Machine, Result, at_most, beside, machine, seconds
from marketplace.core.memory import settle

ROUNDS = 5


def migrations_of(*houses: ModuleType) -> list[Path]:
    """Every migration in these packages."""
    folders = [Path(str(house.__file__)).resolve().parent for house in houses]
    return [path for folder in folders for path in folder.glob("**/migrations/*.py")]


@dataclass
class Taken:
    """Milliseconds of each search: the page, and the bare SQL it needs; its number of statements; and the machine
    before the first of them and after the last."""

    machines: list[Machine] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)


def take(paths: Iterable[str]) -> Taken:
    """Each page several times, a first look not counted; with `-v` each is printed."""
    taken, browser = Taken(machines=[machine()]), Client(SERVER_NAME="127.0.0.1")
    for path in paths:
        browser.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code == 200, path
        statements = [query["sql"] for query in captured.captured_queries]
        pages, sql = [], []
        for _round in range(ROUNDS):
            pages.append(seconds(partial(browser.get, path)) * 1000)
            sql.append(seconds(partial(_bare, statements)) * 1000)
        taken.pages.append(statistics.median(pages))
        taken.sql.append(statistics.median(sql))
        taken.statements.append(len(statements))
        if "-v" in sys.argv:
            sys.stdout.write(f"{taken.pages[-1]:8.1f} ms  {taken.sql[-1]:8.1f} in SQL  {len(statements)}  {path}\n")
            sys.stdout.flush()
    taken.machines.append(machine())
    return taken


def _bare(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()


def results(of: str, taken: Taken) -> list[Result]:
    """The targets that every search page has; `of` says which pages."""
    outside = [page - sql for page, sql in zip(taken.pages, taken.sql, strict=True)]
    heavy = [
        page / sql for page, sql in zip(taken.pages, taken.sql, strict=True) if sql >= statistics.median(taken.sql)
    ]
    return [
        at_most(f"median {of}", statistics.median(taken.pages), 60, "ms"),
        at_most(f"p95 {of}", p95(taken.pages), 150, "ms"),
        at_most(f"slowest {of}", max(taken.pages), 1000, "ms"),
        at_most(f"page against its bare SQL, the heavier half {of}", statistics.median(heavy), 1.25),
        at_most(f"outside SQL, median {of}", statistics.median(outside), 12, "ms"),
        at_most(f"statements, most {of}", max(taken.statements), 8, "of them"),
        *beside(*taken.machines),
    ]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


@contextmanager
def database(name: str, sources: Iterable[Path], fill: Callable[[], None]) -> Iterator[None]:
    """The default connection leads to the database of that name, filled anew when a source of it has changed."""
    default = connections["default"]
    before, wanted = default.settings_dict["NAME"], _edition(sources)
    with default.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        found = cursor.fetchone()
        if found is None or found[0] != wanted:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
            found = None
    try:
        _lead_to(name)
        migrate()
        if found is None:
            fill()
            with default.cursor() as cursor:
                cursor.execute(f"COMMENT ON DATABASE {name} IS '{wanted}'")
        yield
    finally:
        _lead_to(before)


def migrate() -> None:
    """Bring the database up to date, in a process of its own: a second run in one process resolves models wrongly."""
    connections.close_all()
    child = get_context("fork").Process(target=call_command, args=("migrate",), kwargs={"verbosity": 0})
    child.start()
    child.join()
    if child.exitcode:
        raise RuntimeError("the database could not be migrated")


def _lead_to(name: str) -> None:
    """Also for the connections that other threads will open."""
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = connections.settings["default"]["NAME"] = name


def _edition(sources: Iterable[Path]) -> str:
    """Changes with whatever decides what stands in the database; other tables are only brought up to date."""
    seal = hashlib.sha256()
    for path in sorted(sources):
        seal.update(path.read_bytes())
    return seal.hexdigest()


@contextmanager
def as_served() -> Iterator[None]:
    """Without what tests add to templates, each of which would copy the whole context; without a log; memory settled
    as it is where pages are served."""
    teardown_test_environment()
    settle()
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        setup_test_environment()
