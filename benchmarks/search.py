"""The directory at ten thousand, a hundred thousand and a million suppliers: forty searches of real life.

Each size has a database of its own beside the other, kept between runs until the code that fills it changes.
BENCH_SUPPLIERS=10000,100000 chooses sizes.
"""

import io
import os
import statistics
import sys
import time
from functools import partial
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.utils import timezone, translation

import suppliers as suppliers_house
from benchmarks import pages, suppliers
from benchmarks.table import Result, at_most, seconds
from marketplace.core import vocab
from suppliers.directory import address, rows
from suppliers.directory.due import tidy_index
from suppliers.directory.question import Question

SIZES = [int(size) for size in os.environ.get("BENCH_SUPPLIERS", "10000,100000,1000000").split(",")]
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


def measure() -> list[Result]:
    results, p95s = [], {}
    sources = [Path(suppliers.__file__), Path(rows.__file__), *pages.migrations_of(suppliers_house, vocab)]
    for size in SIZES:
        with pages.database(f"tessera_directory_{size}", sources, partial(_fill, size)), pages.as_served():
            # As the clock does every minute: what the last run wrote waits no longer beside the indexes.
            tidy_index(timezone.now())
            taken = pages.take(_paths())
            p95s[size] = pages.p95(taken.pages)
            results += pages.results(f"of 40 searches among {size:,} suppliers", taken)
            results += _of_rows(size)
    if len(SIZES) > 1:
        large, less = max(SIZES), sorted(SIZES)[-2]
        growth = p95s[large] / p95s[less]
        results.append(at_most(f"p95 of a search page from {less:,} to {large:,} suppliers", growth, 3))
    return results


def _paths() -> list[str]:
    paths = []
    for question in SEARCHES:
        with translation.override(question.language):
            paths.append(address.url(question))
    return paths


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


def _fill(size: int) -> None:
    started = time.perf_counter()
    call_command("load_vocabularies", stdout=io.StringIO())
    suppliers.plant(size)
    sys.stdout.write(f"      {size:,} suppliers made in {time.perf_counter() - started:.0f} s\n")
