"""The directory at ten thousand, a hundred thousand and a million suppliers: forty searches of real life.

Each size has a database of its own beside the other, kept between runs until the code that fills it changes.
BENCH_SUPPLIERS=10000,100000 chooses sizes.
"""

import hashlib
import io
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment
from django.utils import translation

import suppliers as suppliers_house
from benchmarks import suppliers
from benchmarks.table import Result, at_most, seconds
from marketplace.core import vocab
from suppliers.directory import address, rows
from suppliers.directory.question import Question

SIZES = [int(size) for size in os.environ.get("BENCH_SUPPLIERS", "10000,100000,1000000").split(",")]
ROUNDS = 5
MILLION = 1_000_000
#: Written anew to see what an import of a hundred thousand costs.
WRITTEN = 2_000
IMPORT = 100_000

#: In five languages, from one word to three filters, from the name of one firm to the whole directory.
SEARCHES = [
    Question(),
    Question(words="cleaning"),
    Question(words="office cleaning"),
    Question(words="software"),
    Question(words="translation services"),
    Question(words="construction work"),
    Question(words="catering"),
    Question(words="security guards"),
    Question(words="services"),
    Question(words="repair and maintenance services"),
    Question(words='"waste disposal"'),
    Question(words="training -software"),
    Question(words="Atlas Nova"),
    Question(words="Diallo Studio Banda"),
    Question(words="Meridian"),
    Question(words="clening"),
    Question(words="landscape gardening", countries=("GB",)),
    Question(words="accounting", sizes=("micro", "small")),
    Question(words="printing", countries=("GB",), languages=("tr",)),
    Question(words="consultancy", countries=("GB", "FR"), sizes=("small",), capacity=50_000),
    Question(words="engineering", regions=("UKI",)),
    Question(words="nettoyage", language="fr"),
    Question(words="nettoyage de bureaux", language="fr"),
    Question(words="traduction", language="fr"),
    Question(words="travaux de peinture", language="fr", countries=("FR",)),
    Question(words="services de formation", language="fr", regions=("FR1",)),
    Question(words="restauration", language="fr", sizes=("micro",), turnovers=("100k", "500k")),
    Question(words="Gebäudereinigung"),
    Question(words="Bauarbeiten", countries=("DE",)),
    Question(words="Reparatur und Wartung", countries=("DE",), languages=("en",)),
    Question(words="servicios de limpieza"),
    Question(words="obras de pintura", countries=("ES",)),
    Question(words="servizi di traduzione"),
    Question(words="lavori di costruzione", countries=("IT",), sizes=("medium",)),
    Question(countries=("FR",), language="fr"),
    Question(cpv=("90000000",)),
    Question(cpv=("72000000",), regions=("DE2",), sizes=("micro",)),
    Question(regions=("UKE4",)),
    Question(words="maintenance", sort="name"),
    Question(sizes=("small",), sort="confirmed"),
]


@dataclass
class Taken:
    """Milliseconds of each search: the page, and the bare SQL it needs; and its number of statements."""

    pages: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)


def measure() -> list[Result]:
    results, p95s = [], {}
    for size in SIZES:
        with _directory_of(size), _as_served():
            taken = _searches(_print_each if "-v" in sys.argv else None)
            p95s[size] = _p95(taken.pages)
            results += _of_pages(size, taken)
            results += _of_rows(size)
    if len(SIZES) > 1:
        large, less = max(SIZES), sorted(SIZES)[-2]
        growth = p95s[large] / p95s[less]
        results.append(at_most(f"p95 of a search page from {less:,} to {large:,} suppliers", growth, 3))
    return results


def _of_pages(size: int, taken: Taken) -> list[Result]:
    of = f"of 40 searches among {size:,} suppliers"
    outside = [page - sql for page, sql in zip(taken.pages, taken.sql, strict=True)]
    heavy = [
        page / sql for page, sql in zip(taken.pages, taken.sql, strict=True) if sql >= statistics.median(taken.sql)
    ]
    # Where the SQL is short, the page around it is most of all; what that may cost is said in milliseconds below.
    ratio = at_most(f"page against its bare SQL, the heavier half {of}", statistics.median(heavy), 1.25)
    return [
        at_most(f"median {of}", statistics.median(taken.pages), 60, "ms"),
        at_most(f"p95 {of}", _p95(taken.pages), 150, "ms"),
        at_most(f"slowest {of}", max(taken.pages), 1000, "ms"),
        *([ratio] if size >= MILLION else []),
        at_most(f"outside SQL, median {of}", statistics.median(outside), 12, "ms"),
        at_most(f"statements, most {of}", max(taken.statements), 8, "of them"),
    ]


def _of_rows(size: int) -> list[Result]:
    one = statistics.median(seconds(partial(_rewrite, [number])) for number in range(1, 21))
    many = seconds(partial(_rewrite, range(1, WRITTEN + 1))) / WRITTEN * IMPORT
    of = f"among {size:,} suppliers"
    return [
        at_most(f"search row after an edit {of}", one * 1000, 20, "ms"),
        at_most(f"search rows of {IMPORT:,} imported suppliers {of}, reckoned from {WRITTEN:,}", many, 300, "s"),
    ]


def _rewrite(numbers) -> None:
    """As if new: a row that has not changed would not be written."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM directory_searchrow WHERE supplier_id = ANY(%s)", [list(numbers)])
    rows.refresh(numbers)


def _searches(tell: Callable[..., None] | None) -> Taken:
    taken, browser = Taken(), Client(SERVER_NAME="127.0.0.1")
    for question in SEARCHES:
        with translation.override(question.language):
            path = address.url(question)
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
        if tell:
            tell(path, taken)
    return taken


def _print_each(path: str, taken: Taken) -> None:
    sys.stdout.write(f"{taken.pages[-1]:8.1f} ms  {taken.sql[-1]:8.1f} in SQL  {taken.statements[-1]}  {path}\n")
    sys.stdout.flush()


def _bare(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


@contextmanager
def _directory_of(size: int) -> Iterator[None]:
    """The default connection leads to the database of that size."""
    default = connections["default"]
    before, name = default.settings_dict["NAME"], f"tessera_directory_{size}"
    wanted = _edition()
    with default.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        found = cursor.fetchone()
        if found is None or found[0] != wanted:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
            found = None
    try:
        _lead_to(name)
        call_command("migrate", verbosity=0)
        if found is None:
            _fill(size)
            with default.cursor() as cursor:
                cursor.execute(f"COMMENT ON DATABASE {name} IS '{wanted}'")
        yield
    finally:
        _lead_to(before)


@contextmanager
def _as_served() -> Iterator[None]:
    """Without what tests add to templates, each of which would copy the whole context; and without a log."""
    teardown_test_environment()
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        setup_test_environment()


def _lead_to(name: str) -> None:
    """Also for the connections that other threads will open."""
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = connections.settings["default"]["NAME"] = name


def _fill(size: int) -> None:
    started = time.perf_counter()
    call_command("load_vocabularies", stdout=io.StringIO())
    suppliers.plant(size)
    sys.stdout.write(f"      {size:,} suppliers made in {time.perf_counter() - started:.0f} s\n")


def _edition() -> str:
    """Changes with whatever decides what stands in the directory; other tables are only brought up to date."""
    houses = [Path(module.__file__).resolve().parent for module in (suppliers_house, vocab)]
    sources = [Path(suppliers.__file__), Path(rows.__file__)]
    sources += [path for house in houses for path in house.glob("**/migrations/*.py")]
    seal = hashlib.sha256()
    for path in sorted(sources):
        seal.update(path.read_bytes())
    return seal.hexdigest()
