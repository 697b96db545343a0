"""Repeat winners in real notices: does what a firm won before lead to what it won next?

A firm's profile is made of its *earlier* awards alone: their codes, regions and words. Of every later award the notice
is asked, and all who had won anything by then are ranked. Only few firms win twice in the files that lie beside the
checkout, so this is a look at real notices and proves nothing; other files of OCDS in the same folder are read too.
"""

import io
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection

from marketplace.calls.feeds import ocds
from marketplace.calls.feeds.notice import Notice
from marketplace.core.vocab import countries, cpv
from marketplace.core.vocab import words as spelling
from marketplace.matching.scoring import Need, Offer, Service, reach, score

SHARED = Path(os.environ.get("TESSERA_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
#: One firm is written in many ways; what it is by law is left out.
# fmt: off
LEGAL_FORMS = frozenset((
    "ltd", "limited", "plc", "llp", "cic", "inc", "gmbh", "ag", "sa", "sas", "sarl", "srl", "bv", "as", "asa", "lda",
    "co", "company", "the", "uk",
))
# fmt: on
STEMS = """
SELECT tsvector_to_array(directory_stems(language, directory_clean(said)))
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS asked(language, said, place) ORDER BY place
"""
CONFIDENT = 1.96


@dataclass(frozen=True)
class Award:
    """One notice that somebody won."""

    procedure: str
    at: str
    winners: frozenset[str]
    need: Need
    words: frozenset[str]


@dataclass(frozen=True)
class Placed:
    """Where the winner stood: 1 is the first, equals share their places; and among how many."""

    rank: float
    among: int


Rule = Callable[[Need, Offer], tuple[int, ...]]


def measure() -> list[str]:
    """Lines of Markdown."""
    folder = SHARED / "ocds"
    if not folder.is_dir():
        return ["", "Repeat winners of real notices were not looked at: the shared data is not beside this checkout."]
    awards = sorted(_awards(folder), key=lambda award: (award.at, award.procedure))
    return lines_of(awards, {name: list(placed(awards, rule)) for name, rule in RULES.items()})


def placed(awards: list[Award], rule: Rule) -> Iterator[Placed]:
    for award in awards:
        known = _profiles(award, awards)
        ranks = {firm: rule(award.need, offer) for firm, offer in known.items()}
        for winner in sorted(award.winners & known.keys()):
            better = sum(rank > ranks[winner] for rank in ranks.values())
            equal = sum(rank == ranks[winner] for rank in ranks.values())
            yield Placed(better + (equal + 1) / 2, len(ranks))


def _profiles(asked: Award, awards: list[Award]) -> dict[str, Offer]:
    """Of all who had won something else by then."""
    services: dict[str, set[Service]] = {}
    words: dict[str, set[str]] = {}
    for award in awards:
        if award.at < asked.at and award.procedure != asked.procedure:
            for winner in award.winners:
                services.setdefault(winner, set()).update(
                    Service(code, award.need.regions) for code in award.need.codes
                )
                words.setdefault(winner, set()).update(award.words)
    return {
        firm: Offer(tuple(sorted(own, key=lambda each: (each.code, sorted(each.regions)))), frozenset(words[firm]))
        for firm, own in services.items()
    }


# --- Rules: every one asks only those who work where the work is -----------------------------------------------------


def _ours(need: Need, offer: Offer) -> tuple[int, ...]:
    return (score(need, offer).total,)


def _able(need: Need, offer: Offer) -> list[str]:
    return [service.code for service in offer.services if reach(need.regions, service)]


def _by_code(need: Need, offer: Offer) -> tuple[int, ...]:
    return (len(set(need.codes).intersection(_able(need, offer))),)


def _by_class(need: Need, offer: Offer) -> tuple[int, ...]:
    able = _able(need, offer)
    return (sum(any(code.startswith(cpv.stem(asked)[:4]) for code in able) for asked in need.codes),)


def _by_words(need: Need, offer: Offer) -> tuple[int, ...]:
    said = frozenset().union(*need.phrasings)
    return (len(said & offer.words) if _able(need, offer) else 0,)


RULES: dict[str, Rule] = {
    "ours": _ours,
    "the very codes": _by_code,
    "the class of the codes": _by_class,
    "words in common": _by_words,
}


# --- Reading ---------------------------------------------------------------------------------------------------------


def _awards(folder: Path) -> list[Award]:
    read = [found for path in sorted(folder.glob("*.json")) for found in _of_file(json.loads(path.read_text()))]
    said = _stems([(notice.language, f"{notice.title} {notice.description}") for _row, notice in read])
    titles = _stems([(notice.language, notice.title) for _row, notice in read])
    labels = _stems([("en", cpv.label(_codes(notice)[0])) for _row, notice in read])
    return [
        Award(
            procedure=notice.procedure,
            at=str(row.get("date", "")),
            winners=_winners(row),
            need=Need(_codes(notice), _regions(notice), (title, label)),
            words=words | label,
        )
        for (row, notice), words, title, label in zip(read, said, titles, labels, strict=True)
    ]


def _of_file(whole: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Notice]]:
    """Releases with winners, each read as the call that it was."""
    records = [record.get("compiledRelease") or {} for record in whole.get("records") or []]
    for row in [*(whole.get("releases") or []), *records]:
        if _winners(row):
            as_call = {**row, "tag": ["tender"], "tender": {**row.get("tender", {}), "status": "active"}}
            found = next(ocds.read(io.BytesIO(json.dumps(as_call).encode())))
            if isinstance(found, Notice) and _codes(found):
                yield row, found


def _winners(row: dict[str, Any]) -> frozenset[str]:
    names = [firm.get("name") or "" for award in row.get("awards") or [] for firm in award.get("suppliers") or []]
    known = (" ".join(word for word in spelling.split(name) if word not in LEGAL_FORMS) for name in names)
    return frozenset(filter(None, known))


def _codes(notice: Notice) -> tuple[str, ...]:
    found = (code for code in (*notice.cpv, *(code for lot in notice.lots for code in lot.cpv)) if cpv.exists(code))
    return tuple(dict.fromkeys(found))


def _regions(notice: Notice) -> frozenset[str]:
    regions = {code for place in (notice, *notice.lots) for code in place.regions}
    return frozenset(regions or {countries.european(code) for code in notice.countries} or {"UK"})


def _stems(texts: list[tuple[str, str]]) -> list[frozenset[str]]:
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [[language or "en" for language, _said in texts], [said for _language, said in texts]])
        return [frozenset(row[0]) for row in cursor.fetchall()]


# --- What it says ----------------------------------------------------------------------------------------------------


def lines_of(awards: list[Award], found: dict[str, list[Placed]]) -> list[str]:
    number = len(found["ours"])
    firms = len(frozenset().union(*(award.winners for award in awards)))
    lines = ["", f"Repeat winners: {len(awards)} awarded notices, {firms} firms, n = {number} later awards.", ""]
    if not number:
        return [*lines, "Nobody won twice: this says nothing."]
    lines += ["| Ranking | median place | among | in the first 10 | interval (Wilson, 95 %) |", "|---|---|---|---|---|"]
    for name, places in found.items():
        first = sum(place.rank <= 10 for place in places)
        low, high = wilson(first, number)
        ranks, among = median(place.rank for place in places), median(place.among for place in places)
        lines.append(f"| {name} | {ranks:g} | {among:g} | {first} of {number} | {low:.0%} to {high:.0%} |")
    return lines


def wilson(hits: int, number: int) -> tuple[float, float]:
    share, square = hits / number, CONFIDENT**2
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = CONFIDENT * math.sqrt(share * (1 - share) / number + square / (4 * number**2)) / (1 + square / number)
    return max(0.0, middle - half), min(1.0, middle + half)
