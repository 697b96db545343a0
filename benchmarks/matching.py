"""Quality of the matches: who could truly serve a call, among the first ten and the first fifty that are shown.

Worlds with planted truths (`matching_world`) carry the claim, repeat winners of real notices (`matching_awards`) are
looked at beside them. Four rankings see the same rows and the same rule of regions: ours, as it is kept for the pages;
firms with the very codes; firms with a code of the same class; the words of the call searched in the profiles.
BENCH_MATCHING=20000x500 chooses other sizes. The figures of the score were chosen on seed 1, which is not measured.
"""

import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import matching_awards, matching_rows, matching_world, pages
from benchmarks.matching_world import LITTLE, MUCH, USUAL, Ask, Noise, World
from benchmarks.table import Result, at_least
from marketplace.core import vocab
from marketplace.core.vocab import countries, cpv
from marketplace.matching.matches import keeping
from marketplace.matching.matches.models import Match
from suppliers.directory import tokens

FIRMS, CALLS = (int(size) for size in os.environ.get("BENCH_MATCHING", "5000x200").split("x"))
SEEDS = (2, 3, 4)
#: Beside the usual noise, once each.
OTHER_NOISE = (LITTLE, MUCH)
SHOWN, FIRST = 50, 10
RESAMPLED = 1_000

#: Equals are dealt by a hash of the call and the firm, as ours are.
DEALT = "hashint8extended(supplier_id, %(call)s)"
EXACT = f"""
SELECT supplier_id FROM directory_searchrow WHERE tokens && %(places)s AND codes && %(codes)s
ORDER BY cardinality(ARRAY(SELECT unnest(codes) INTERSECT SELECT unnest(%(codes)s))) DESC, {DEALT} LIMIT {SHOWN}
"""
#: The tokens of a row hold all that lies above its codes.
CLASS = f"""
SELECT supplier_id FROM directory_searchrow WHERE tokens && %(places)s AND tokens && %(classes)s
ORDER BY cardinality(ARRAY(SELECT unnest(tokens) INTERSECT SELECT unnest(%(classes)s))) DESC, {DEALT} LIMIT {SHOWN}
"""
#: Every word of the title and the description that is no particle, as a stem of its language and as it is written.
WORDS = f"""
WITH said AS (
    SELECT string_to_table(directory_clean(%(said)s), ' ') AS word
), telling AS (
    SELECT DISTINCT directory_stems(%(language)s, word) || to_tsvector('simple', directory_fold(word)) AS vector
    FROM said WHERE directory_stems(%(language)s, word) <> ''
), asked AS (
    SELECT string_agg(DISTINCT quote_literal(lexeme), ' | ')::tsquery AS query
    FROM telling CROSS JOIN LATERAL unnest(tsvector_to_array(vector)) AS lexeme
)
SELECT supplier_id FROM directory_searchrow, asked WHERE tokens && %(places)s AND text @@ query
ORDER BY ts_rank(text, query) DESC, {DEALT} LIMIT {SHOWN}
"""

Ranking = Callable[[int, Ask], list[int]]


def ours(call: int, ask: Ask) -> list[int]:
    keeping.match_call(call)
    kept = Match.objects.filter(call=call).best_first()
    return list(kept.values_list("supplier", flat=True)[:SHOWN])


def by_exact_code(call: int, ask: Ask) -> list[int]:
    return _asked(EXACT, call, ask)


def by_class(call: int, ask: Ask) -> list[int]:
    return _asked(CLASS, call, ask)


def by_words(call: int, ask: Ask) -> list[int]:
    return _asked(WORDS, call, ask)


RANKINGS: dict[str, Ranking] = {
    "ours": ours,
    "the very codes": by_exact_code,
    "the class of the codes": by_class,
    "full text": by_words,
}
BASELINES = tuple(RANKINGS)[1:]
#: How many points ours must be ahead, on recall and precision: what was seen, less a margin for other seeds.
AHEAD = {"the very codes": (35, 8), "the class of the codes": (10, 8), "full text": (12, 0.5)}


def _asked(statement: str, call: int, ask: Ask) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "call": call,
                "places": tokens.serving(ask.regions or (countries.european(ask.country),)),
                "codes": [int(code) for code in ask.codes],
                # A code that is broader than a class stands for all that it holds.
                "classes": [int(cpv.stem(code)[:4].ljust(8, "0")) for code in ask.codes],
                "said": f"{ask.title} {ask.description}",
                "language": ask.language,
            },
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Quality:
    """Of one call: which share of the truths is among the fifty, which share of the ten is true."""

    recall: float
    precision: float


@dataclass(frozen=True)
class Table:
    """What one kind of world showed: of each ranking the calls in one order, and the best that anybody could do."""

    name: str
    calls: dict[str, list[Quality]]
    best: list[Quality]


#: What was found last, as Markdown; `make bench` writes it below the figures.
tables: list[str] = []


def measure() -> list[Result]:
    with _database():
        usual = _table(USUAL, SEEDS)
        others = [_table(noise, SEEDS[:1]) for noise in OTHER_NOISE]
        awards = matching_awards.measure()
    tables[:] = [*(line for table in (usual, *others) for line in lines_of(table)), *awards]
    sys.stdout.write("\n".join(tables) + "\n")
    results = []
    for baseline in BASELINES:
        least = AHEAD[baseline]
        for what, wanted in zip((f"recall@{SHOWN}", f"precision@{FIRST}"), least, strict=True):
            gained = ahead(usual, baseline, what)
            results.append(at_least(f"{what} of matches above that of {baseline}", gained.mean, wanted, "points"))
    return results


@contextmanager
def _database() -> Iterator[None]:
    """With the code lists and nothing else; every world is gone when it was measured."""
    with pages.database("tessera_matching", pages.migrations_of(vocab), _fill):
        yield


def _fill() -> None:
    call_command("load_vocabularies", stdout=io.StringIO())


def _table(noise: Noise, seeds: Sequence[int]) -> Table:
    calls: dict[str, list[Quality]] = {name: [] for name in RANKINGS}
    best: list[Quality] = []
    for seed in seeds:
        started = time.perf_counter()
        world = matching_world.make(seed, FIRMS, CALLS, noise)
        best += [Quality(1.0, min(len(ask.truths), FIRST) / FIRST) for ask in world.asks]
        for name, qualities in _measured(world).items():
            calls[name] += qualities
        sys.stdout.write(f"      world {seed}, {noise.name} noise: {time.perf_counter() - started:.0f} s\n")
    return Table(f"{noise.name} noise, seeds {', '.join(map(str, seeds))}", calls, best)


def _measured(world: World) -> dict[str, list[Quality]]:
    with transaction.atomic():
        planted = matching_rows.plant(world)
        found = {
            name: [
                quality(ranking(call, ask), {planted.suppliers[place] for place in ask.truths})
                for call, ask in zip(planted.calls, world.asks, strict=True)
            ]
            for name, ranking in RANKINGS.items()
        }
        transaction.set_rollback(True)
    return found


def quality(shown: Sequence[int], truths: set[int]) -> Quality:
    return Quality(
        recall=len(truths.intersection(shown[:SHOWN])) / len(truths),
        precision=len(truths.intersection(shown[:FIRST])) / FIRST,
    )


# --- What it says ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gain:
    """In points of a hundred, with the interval in which 95 of 100 resampled sets of the calls lie."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.1f} ({self.low:+.1f} to {self.high:+.1f})"


def ahead(table: Table, baseline: str, what: str) -> Gain:
    """How far ours lies above a baseline, call by call."""
    part = "recall" if what.startswith("recall") else "precision"
    pairs = zip(table.calls["ours"], table.calls[baseline], strict=True)
    gains = [100 * (getattr(one, part) - getattr(other, part)) for one, other in pairs]
    random = Random(1)
    means = sorted(statistics.fmean(random.choices(gains, k=len(gains))) for _again in range(RESAMPLED))
    return Gain(statistics.fmean(gains), means[RESAMPLED // 40], means[-RESAMPLED // 40])


def lines_of(table: Table) -> list[str]:
    """As Markdown."""
    number = len(table.best)
    ceiling = statistics.fmean(quality.precision for quality in table.best)
    lines = [
        "",
        f"{number} calls among {FIRMS:,} firms, {table.name}; nobody's precision can be above {100 * ceiling:.1f} %.",
        "",
        f"| Ranking | recall@{SHOWN} | precision@{FIRST} | ours is ahead: recall | precision |",
        "|---|---|---|---|---|",
    ]
    for name, qualities in table.calls.items():
        means = [100 * statistics.fmean(getattr(each, part) for each in qualities) for part in ("recall", "precision")]
        gains = ["", ""] if name == "ours" else [str(ahead(table, name, what)) for what in ("recall", "precision")]
        lines.append(f"| {name} | {means[0]:.1f} % | {means[1]:.1f} % | {gains[0]} | {gains[1]} |")
    return lines
