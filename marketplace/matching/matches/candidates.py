"""Who is worth being scored: a few thousand firms of a million for a call, the lots of some hundred calls for a firm.

The index of the directory answers, without any profile being read. What is closest comes first, and it is stopped when
there is enough; of thousands that are equally close those are taken whose turn comes first, which is how equals are put
in order anyway. So what is left out would hardly have been kept.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils import timezone

from marketplace.core.vocab import nuts
from marketplace.matching.matches.dealing import buckets_in_order
from marketplace.matching.matches.facts import DIVISION, GROUP, SERVED
from marketplace.matching.matches.models import Need
from suppliers.directory import tokens
from suppliers.directory.models import GUESSED_IN
from suppliers.directory.tokens import BUCKETS, Kind

#: So many firms of one call are enough to score, and of one step no more are read, unless its lots are many.
ENOUGH, MOST = 1_500, 4_000
LEAST_ENOUGH, LEAST_MOST = 700, 1_500
#: A way to say it with more words is too long for a profile to have all of them.
LONGEST_PHRASING = 6
#: Up to so many buckets are asked of the index.
FEW_BUCKETS = 12
CLASS = 10_000

#: Conditions are put in, their values are parameters.
ROWS = "SELECT supplier_id FROM directory_searchrow WHERE {condition}"
GUESS = f"SELECT count(*) FROM directory_searchrow WHERE bucket < {GUESSED_IN} AND {{condition}}"  # noqa: S608
PLACED = f"""
SELECT ARRAY(SELECT DISTINCT cpv::integer FROM suppliers_capability WHERE supplier_id = %(supplier)s),
    bool_or(supplier.serves_europe), array_agg(DISTINCT code)
FROM suppliers_supplier AS supplier LEFT JOIN LATERAL (
    SELECT unnest({SERVED}) AS code
    UNION SELECT unnest(regions) FROM suppliers_capability WHERE supplier_id = supplier.id
) AS served ON true
WHERE supplier.id = %(supplier)s
"""  # noqa: S608  (only words of our own are put in)
LOTS = """
SELECT need.lot_id FROM (
    SELECT lot_id, call_id FROM matches_need
    WHERE tokens && %(tokens)s AND (
        %(everywhere)s OR around && %(served)s::varchar[] OR regions && %(above)s::varchar[]
    )
    -- Those it has a match with already, be it for its words alone.
    UNION SELECT lot_id, call_id FROM matches_need
    WHERE call_id IN (SELECT call_id FROM matches_match WHERE supplier_id = %(supplier)s)
) AS need JOIN calls_call AS call ON call.id = need.call_id
WHERE publish_at <= %(at)s AND response_deadline > %(at)s AND withdrawn_at IS NULL AND cancelled_at IS NULL
    AND awarded_at IS NULL AND unsuccessful_at IS NULL
"""


@dataclass(frozen=True)
class Step:
    """What a row must hold: all of `every`, one of each of `some`, one of the codes `own` itself, and `words`."""

    every: tuple[int, ...] = ()
    some: tuple[tuple[int, ...], ...] = ()
    own: tuple[int, ...] = ()
    words: str = ""

    def condition(self) -> tuple[str, list[Any]]:
        parts: list[tuple[str, Any]] = [("tokens && %s", list(any_of)) for any_of in self.some]
        if self.every:
            parts.append(("tokens @> %s", list(self.every)))
        if self.own:
            parts.append(("codes && %s", list(self.own)))
        if self.words:
            parts.append(("text @@ %s::tsquery", self.words))
        return " AND ".join(sql for sql, _value in parts), [value for _sql, value in parts]


def firms(needs: Sequence[Need], *, enough: int = ENOUGH, most: int = MOST) -> tuple[list[int], list[int]]:
    """Pairs of a lot and a firm, as two lists, for all the lots of one call; they share what may be read."""
    lots: list[int] = []
    suppliers: list[int] = []
    buckets = buckets_in_order(needs[0].call_id) if needs else []
    for alike in _alike(needs):
        limits = max(min(enough, LEAST_ENOUGH), enough // len(needs)), max(min(most, LEAST_MOST), most // len(needs))
        found = _firms_of(alike, buckets, *limits)
        for need in alike:
            lots += [need.lot_id] * len(found)
            suppliers += found
    return lots, suppliers


def lots(supplier: int, at=None) -> list[int]:
    """The lots of open calls that ask for something in the groups of what a firm offers, where it works."""
    with connection.cursor() as cursor:
        cursor.execute(PLACED, {"supplier": supplier})
        codes, everywhere, served = cursor.fetchone()
        regions = [code for code in served if code]
        above = sorted({code for region in regions for code in (region, *nuts.ancestors(region))})
        cursor.execute(
            LOTS,
            {
                "supplier": supplier,
                "tokens": _finding(codes),
                "everywhere": everywhere,
                "served": regions,
                "above": above,
                "at": at or timezone.now(),
            },
        )
        return [lot for (lot,) in cursor.fetchall()]


def _finding(codes: Sequence[int]) -> list[int]:
    """The tokens of needs that a firm with these codes is near to."""
    found = {code // GROUP * GROUP for code in codes} | {code // DIVISION * DIVISION for code in codes}
    return sorted(found | {-code // DIVISION for code in codes if code % DIVISION == 0})


def _alike(needs: Sequence[Need]) -> list[list[Need]]:
    """Lots that ask for the same in the same places are looked for once."""

    def asked(need: Need) -> tuple[list[int], list[str]]:
        return need.codes, sorted(need.regions)

    return [list(group) for _key, group in groupby(sorted(needs, key=asked), key=asked)]


def _firms_of(alike: list[Need], buckets: list[int], enough: int, most: int) -> list[int]:
    found: dict[int, None] = {}
    for steps in (_near(alike[0], most), _further(alike[0], alike)):
        for step in steps:
            found |= dict.fromkeys(_read(step, buckets, most))
            if len(found) >= enough:
                return list(found)
    return list(found)


def _near(need: Need, most: int) -> Iterator[Step]:
    """Firms of the same class: all at once where they are few, else one after the other by how close they are."""
    whole, able = _ground(need)
    codes = list(dict.fromkeys(need.codes))
    classes = tuple(sorted({_class(code) for code in codes}))
    every = Step(some=(classes, able))
    if _guess(every) <= most:
        yield every
        return
    main, *others = codes
    # A broad code is a token of all below it too; those who offer just this come first.
    for ground in (whole, able) if main % 10 == 0 else ():
        yield Step(every=(main,), some=(ground,), own=(main,))
    for ground in (whole, able):
        if others:
            yield Step(every=tuple(codes), some=(ground,))
    for level in (None, CLASS, GROUP):
        near = tuple(sorted({code if level is None else code // level * level for code in others}))
        if near:
            yield Step(every=(main,), some=(near, whole))
            yield Step(every=(main,), some=(near, able))
    for ground in (whole, able):
        yield Step(every=(main,), some=(ground,))
    for ground in (whole, able):
        yield Step(some=((_class(main),), ground))
        yield Step(some=(classes, ground))


def _further(need: Need, alike: list[Need]) -> Iterator[Step]:
    """Firms of the same group, then those that say no more than the division, then those that say it in words."""
    whole, able = _ground(need)
    groups = tuple(sorted({code // GROUP * GROUP for code in need.codes}))
    divisions = tuple(sorted({code // DIVISION * DIVISION for code in need.codes}))
    yield Step(some=(groups, whole))
    yield Step(some=(divisions, able), own=divisions)
    for words in _said(alike):
        yield Step(some=(whole,), words=words)
    yield Step(some=(groups, able))


def _class(code: int) -> int:
    return code // CLASS * CLASS


def _ground(need: Need) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Tokens of firms that serve all of a region asked for, and of all that serve something of it."""
    whole = tuple(tokens.written(Kind.WHOLE, code) for code in need.whole)
    return whole, tuple(tokens.serving(need.regions))


def _said(alike: list[Need]) -> list[str]:
    """Each of the phrasings with all of its words, which may stand anywhere but in a name.

    One by one: of any of several the index would read every word to its end, and `services` stands nearly everywhere.
    """
    phrasings = sorted({phrasing for need in alike for phrasing in need.phrasings})
    short = [words for phrasing in phrasings if len(words := phrasing.split()) <= LONGEST_PHRASING]
    return [" & ".join(f"{_quoted(word)}:BC" for word in words) for words in short]


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _guess(step: Step) -> int:
    """About how many firms it finds, by a part of the directory that has an index of its own."""
    condition, values = step.condition()
    with connection.cursor() as cursor:
        cursor.execute(GUESS.format(condition=condition), values)
        return cursor.fetchone()[0] * BUCKETS // GUESSED_IN


def _read(step: Step, buckets: list[int], most: int) -> list[int]:
    """The firms of a step; of too many, about `most`, those that are dealt first."""
    condition, values = step.condition()
    guessed = _guess(step)
    if guessed <= most:
        return _rows(condition, values)
    number, found = math.ceil(BUCKETS * most / guessed), list[int]()
    # A guess is made of few firms, and may have been too high by far.
    while len(found) < most // 2 and number < BUCKETS:
        among, wanted = _among(buckets[:number])
        found = _rows(f"{condition} AND {among}", [*values, wanted])
        number *= 3
    return found if len(found) >= most // 2 else _rows(condition, values)


def _among(dealt: list[int]) -> tuple[str, list[int]]:
    """The index is slow to look for hundreds of tokens at once: of many buckets more rows are read than are taken."""
    if len(dealt) > FEW_BUCKETS:
        return "bucket = ANY(%s)", dealt
    return "tokens && %s", [tokens.slot(bucket, is_stale=is_stale) for bucket in dealt for is_stale in (False, True)]


def _rows(condition: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS.format(condition=condition), values)
        return [supplier for (supplier,) in cursor.fetchall()]
