"""The list of calls at a hundred thousand of them: forty searches of real life, with the targets of the directory.

BENCH_CALLS=10000 chooses another size.
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
from django.db.models import F
from django.utils import timezone, translation

from benchmarks import pages
from benchmarks.table import Result, at_most, seconds
from marketplace import calls as calls_house
from marketplace.calls import invented, seed
from marketplace.calls.board import address, rows
from marketplace.calls.board.question import Question
from marketplace.calls.models import Call, Lot
from marketplace.core import vocab

SIZE = int(os.environ.get("BENCH_CALLS", "100000"))
#: One call in so many of those that are over was awarded.
AWARDED = 3

#: In five languages, from the whole list to three filters, open ones and all that ever were.
SEARCHES = [
    Question(),
    Question(state="all"),
    Question(state="closed"),
    Question(state="awarded"),
    Question(sort="newest"),
    Question(state="all", sort="newest"),
    Question(words="cleaning"),
    Question(words="cleaning", state="all"),
    Question(words="office cleaning"),
    Question(words="software", state="all"),
    Question(words="services"),
    Question(words="services", state="all"),
    Question(words="repair and maintenance services"),
    Question(words="construction work", state="closed"),
    Question(words='"waste disposal"', state="all"),
    Question(words="training -software"),
    Question(words="Northmoor"),
    Question(words="nothing that anybody wrote"),
    Question(words="catering", countries=("GB",)),
    Question(words="engineering", regions=("UKI",)),
    Question(words="printing", values=("50k",), state="all"),
    Question(words="consultancy", countries=("GB", "FR"), routes=("here",)),
    Question(words="nettoyage", language="fr"),
    Question(words="nettoyage de bureaux", language="fr", state="all"),
    Question(words="travaux de peinture", language="fr", countries=("FR",)),
    Question(words="services de formation", language="fr", regions=("FR1",), state="all"),
    Question(words="Gebäudereinigung"),
    Question(words="Bauarbeiten", countries=("DE",), state="all"),
    Question(words="servicios de limpieza"),
    Question(words="obras de pintura", countries=("ES",)),
    Question(words="servizi di traduzione", state="all"),
    Question(countries=("FR",), language="fr"),
    Question(countries=("FR",), buyers=("company",), state="all"),
    Question(cpv=("90000000",)),
    Question(cpv=("72000000",), regions=("DE2",), values=("10k", "50k")),
    Question(regions=("UKE4",), state="all"),
    Question(buyers=("contracting_authority",)),
    Question(values=("10k",), sort="newest"),
    Question(languages=("nl",), state="all"),
    Question(routes=("portal",), procedures=("open",)),
]


def measure() -> list[Result]:
    sources = [Path(module.__file__ or "") for module in (seed, invented, rows)]
    sources += pages.migrations_of(calls_house, vocab)
    with pages.database(f"tessera_calls_{SIZE}", sources, _fill), pages.as_served():
        taken = pages.take(_paths())
        return [*pages.results(f"of {len(SEARCHES)} searches among {SIZE:,} calls", taken), _of_a_row()]


def _paths() -> list[str]:
    paths = []
    for question in SEARCHES:
        with translation.override(question.language):
            paths.append(address.url(question))
    return paths


def _of_a_row() -> Result:
    numbers = list(Call.objects.order_by("pk").values_list("pk", flat=True)[:20])
    one = statistics.median(seconds(partial(_rewrite, number)) for number in numbers)
    return at_most(f"search row after a change among {SIZE:,} calls", one * 1000, 20, "ms")


def _rewrite(number: int) -> None:
    """As if new: a row that has not changed would not be written."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM board_callrow WHERE call_id = %s", [number])
    rows.refresh([number])


def _fill() -> None:
    started = time.perf_counter()
    call_command("load_vocabularies", stdout=io.StringIO())
    call_command("seed_demo", suppliers=0, calls=SIZE, stdout=io.StringIO())
    now = timezone.now()
    over = Call.objects.closed(now).annotate(share=F("pk") % AWARDED).filter(share=0)
    numbers = list(over.values_list("pk", flat=True))
    Lot.objects.filter(call__in=numbers).update(awarded_at=now)
    Call.objects.filter(pk__in=numbers).update(awarded_at=now)
    rows.mend()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    sys.stdout.write(f"      {SIZE:,} calls made in {time.perf_counter() - started:.0f} s\n")
