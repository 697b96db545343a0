"""Matching among a hundred thousand and a million firms, in the databases of the directory: how fast, and how right.

Forty-odd calls of every kind are compared with every firm there is, one by one, which takes minutes and is the truth
that the quick way is held against. BENCH_SUPPLIERS=100000 chooses sizes.
"""

import os
import random
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

import suppliers as suppliers_house
from benchmarks import calls as bench_calls
from benchmarks import pages, search, suppliers
from benchmarks.table import Result, at_least, at_most, seconds
from buyers.models import Buyer
from marketplace import calls as calls_house
from marketplace.accounts.models import Organisation
from marketplace.calls import invented, seed
from marketplace.calls.board import rows as board_rows
from marketplace.calls.models import Call, Lot
from marketplace.core import vocab
from marketplace.core.vocab import cpv, nuts
from marketplace.matching.matches import exact, facts, keeping
from marketplace.matching.matches.dealing import TURN
from marketplace.matching.matches.models import Match, MatchedCall
from marketplace.matching.scoring import SHOWN_FROM
from suppliers import crowd
from suppliers.directory import rows
from suppliers.models import Supplier

SIZES = [int(size) for size in os.environ.get("BENCH_SUPPLIERS", "100000,1000000").split(",") if int(size) >= 100_000]
OPEN_CALLS = 20_000
FIRMS = 200
#: The part of the true best that is looked at.
BEST = 50
#: Firms that are compared with a lot in one statement.
AT_ONCE = 20_000
COUNTRIES = {"en": "GB", "fr": "FR", "de": "DE", "es": "ES", "it": "IT"}
#: By how common a code is among the firms of the benchmark: the widest one firm in four has.
PLACES = (1, 2, 3, 5, 10, 40, 150, 600, 2_000, 5_000)


def measure() -> list[Result]:
    results, p95s = [], {}
    sources = [Path(suppliers.__file__), Path(rows.__file__), *pages.migrations_of(suppliers_house, vocab)]
    for size in SIZES:
        fill = partial(search._fill, size)
        with pages.database(f"tessera_directory_{size}", sources, fill), pages.as_served(), _undone():
            taken, recall = _of_calls(_calls())
        p95s[size] = pages.p95(taken)
        results += [
            at_most(f"one call against {size:,} suppliers, median", statistics.median(taken), 500, "ms"),
            at_most(f"one call against {size:,} suppliers, p95 of {len(taken)}", p95s[size], 500, "ms"),
            at_least(f"of the true best {BEST} of {len(taken)} calls among {size:,} suppliers", recall, 95, "%"),
        ]
    if len(SIZES) > 1:
        large, less = max(SIZES), sorted(SIZES)[-2]
        growth = p95s[large] / p95s[less]
        results.append(at_most(f"p95 of one call from {less:,} to {large:,} suppliers", growth, 2.5))
    return results + _of_suppliers()


def _of_calls(made: list[Call]) -> tuple[list[float], float]:
    """Milliseconds that each takes, the first time not counted, and how much of the true best it finds, in per cent."""
    taken = []
    for call in made:
        keeping.match_call(call.pk)
        taken.append(statistics.median(seconds(partial(keeping.match_call, call.pk)) for _round in range(3)) * 1000)
    shares = []
    for call, milliseconds in zip(made, taken, strict=True):
        wanted = _truth(call)
        kept = Match.objects.filter(call=call).best_first().values_list("supplier", flat=True)
        shares.append(len(set(kept[:BEST]).intersection(wanted)) / len(wanted) if wanted else 1.0)
        _say(f"{milliseconds:8.1f} ms  {shares[-1]:6.1%} of {len(wanted):3}  {len(kept):4} kept  {call.description}")
    return taken, statistics.mean(shares) * 100


def _truth(call: Call) -> list[int]:
    """The firms that nobody comes before, by the exact score of every firm there is. Texts are read of those alone whom
    all their words could bring among the ones found already."""
    floor = _floor(call)
    statement = f"""{exact.PARTS.replace("{few}", "region + cpv + 15 >= %(floor)s").replace("{sure}", "0")}, best AS (
        SELECT supplier, max(cpv + region + words) AS score FROM parts GROUP BY supplier
    )
    SELECT -score, {TURN.format(call=call.pk, supplier="supplier")} AS turn, supplier FROM best
    WHERE score >= {SHOWN_FROM} ORDER BY 1, turn, supplier LIMIT {BEST}"""
    lots = list(call.lots.values_list("pk", flat=True))
    found: list[tuple] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(supplier_id) FROM directory_searchrow")
        last = cursor.fetchone()[0]
        for first in range(1, last + 1, AT_ONCE):
            firms = range(first, min(last, first + AT_ONCE - 1) + 1)
            pairs = {"lots": [lot for lot in lots for _firm in firms], "suppliers": [*firms] * len(lots)}
            cursor.execute(statement, pairs | {"floor": floor})
            found += cursor.fetchall()
    return [supplier for _score, _turn, supplier in sorted(found)[:BEST]]


def _floor(call: Call) -> int:
    scores = list(Match.objects.filter(call=call).best_first().values_list("score", flat=True)[:BEST])
    return scores[-1] if len(scores) == BEST else SHOWN_FROM


def _calls() -> list[Call]:
    """Narrow and wide ones, of one lot or several, of one code or several, for a town or for a whole country, and some
    whose codes are as broad as those of many real notices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lpad(code::text, 8, '0') FROM directory_searchrow CROSS JOIN LATERAL unnest(codes) AS code"
            " WHERE bucket < 32 GROUP BY code ORDER BY count(*) DESC, code"
        )
        codes = [code for (code,) in cursor.fetchall()]
    common = [codes[min(place, len(codes)) - 1] for place in PLACES]
    chance = random.Random(6)
    made = []
    for place, code in enumerate(common):
        language = list(COUNTRIES)[place % len(COUNTRIES)]
        home = _regions_of(COUNTRIES[language])
        other, third = chance.choice(common), chance.choice(codes)
        made.append(_call(language, [([code], [chance.choice(home[2])])]))
        made.append(_call(language, [([code], [])]))
        made.append(_call(language, [([code, other, third], [chance.choice(home[1])])]))
    for place in range(5):
        language = list(COUNTRIES)[place]
        home = _regions_of(COUNTRIES[language])
        lots = [([chance.choice(common), chance.choice(codes)], [chance.choice(home[2])]) for _lot in range(4)]
        made.append(_call(language, lots))
        made.append(_call(language, [([chance.choice(codes)], chance.sample(home[2], 3))]))
        made.append(_call(language, [([("45000000", "79000000", "90900000", "72000000", "50700000")[place]], [])]))
    return made


def _regions_of(country: str) -> dict[int, list[str]]:
    """Its regions by level."""
    home = nuts.regions()
    found: dict[int, list[str]] = {}
    for region in home.values():
        if region.country == country and not region.is_extra:
            found.setdefault(region.level, []).append(region.code)
    return found


def _call(language: str, lots: list[tuple[list[str], list[str]]]) -> Call:
    """On show, of a company in the country of its language."""
    number = Call.objects.count() + 1
    buyer = Buyer.objects.create(
        organisation=Organisation.objects.create(name=f"Buyer {number}", country=COUNTRIES[language]),
        kind=Buyer.Kind.COMPANY,
        slug=f"bench-buyer-{number}",
        cleared_at=timezone.now(),
    )
    now = timezone.now().replace(second=0, microsecond=0)
    due = (now + timedelta(days=30)).replace(tzinfo=None)
    titles = [cpv.label(codes[0], language)[:150] for codes, _regions in lots]
    asked = " + ".join(f"{','.join(codes)} in {','.join(regions) or COUNTRIES[language]}" for codes, regions in lots)
    call = Call.objects.create(
        buyer=buyer, buyer_kind=buyer.kind, slug=f"bench-{number}", title=f"{titles[0]} {number}",
        description=asked, language=language, zone="UTC", response_due_on=due.date(),
        response_due_time=due.time(), response_deadline=now + timedelta(days=30), publish_at=now, announced_at=now,
    )  # fmt: skip
    Lot.objects.bulk_create(
        Lot(call=call, number=place, title=titles[place - 1], cpv=codes, regions=regions)
        for place, (codes, regions) in enumerate(lots, start=1)
    )
    return call


def _of_suppliers() -> list[Result]:
    """Firms beside the calls of the demo, of which so many are open."""
    sources = [Path(str(module.__file__)) for module in (seed, invented, board_rows)] + pages.migrations_of(
        calls_house, vocab
    )
    taken = []
    with pages.database(f"tessera_calls_{bench_calls.SIZE}", sources, bench_calls._fill), pages.as_served(), _undone():
        numbers = list(Call.objects.open().order_by("pk").values_list("pk", flat=True)[:OPEN_CALLS])
        for first in range(0, len(numbers), 1_000):
            facts.keep_needs(numbers[first : first + 1_000])
        now = timezone.now()
        MatchedCall.objects.bulk_create(MatchedCall(call_id=number, at=now, kept=0) for number in numbers)
        _learn()
        for firm in _firms():
            keeping.match_supplier(firm)
            taken.append(
                statistics.median(seconds(partial(keeping.match_supplier, firm)) for _round in range(3)) * 1000
            )
            _say(f"{taken[-1]:8.1f} ms  {Match.objects.filter(supplier=firm).count():4} calls of firm {firm}")
    of = f"one supplier against {len(numbers):,} open calls"
    return [
        at_most(f"{of}, median of {len(taken)}", statistics.median(taken), 60, "ms"),
        at_most(f"{of}, p95", pages.p95(taken), 60, "ms"),
    ]


def _firms() -> list[int]:
    """Invented firms of the countries in which the calls are, with their rows in the directory."""
    batch = next(crowd.batches(1, 1, FIRMS))
    crowd.write(batch)
    rows.refresh(batch.suppliers)
    return list(Supplier.objects.listed().filter(pk__in=batch.suppliers).order_by("pk").values_list("pk", flat=True))


def _learn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE matches_need, matches_matchedcall, matches_match")


@contextmanager
def _undone() -> Iterator[None]:
    """What is written here stays in no database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _say(line: str) -> None:
    if "-v" in sys.argv:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
