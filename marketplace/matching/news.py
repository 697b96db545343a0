"""Which firms that answer a question were listed lately: the directory's own condition, over the newcomers alone."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from suppliers.directory.bridge import bridges
from suppliers.directory.conditions import Condition, condition
from suppliers.directory.patience import GivenUp, Patience
from suppliers.directory.question import Question, read_in, read_words
from suppliers.evidence.models import Scheme

AT_MOST = 10_000
#: Newcomers are few, so they are found by when they were listed and each is then asked.
SQL = """(
WITH asked AS MATERIALIZED (SELECT directory_query(%(wanted)s, %(unwanted)s, %(languages)s) AS query)
SELECT {place} AS place, row.supplier_id
FROM suppliers_supplier AS supplier JOIN directory_searchrow AS row ON row.supplier_id = supplier.id
WHERE supplier.hidden_at IS NULL AND supplier.suspended_at IS NULL
    AND supplier.listed_at > %(since)s AND supplier.listed_at <= %(until)s AND {condition}
ORDER BY supplier.listed_at DESC, supplier.id
LIMIT %(at_most)s
)"""
NAME = re.compile(r"%\((\w+)\)s")


class Wanted(NamedTuple):
    """Firms that answer the question and were listed after `since` and up to `until`."""

    question: Question
    since: datetime
    until: datetime


def listed_between(wanted: Sequence[Wanted]) -> list[list[int]] | None:
    """For each the suppliers, newest first, in one statement; None when it took too long to find out."""
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    for place, each in enumerate(wanted):
        found = _condition(each.question)
        # The words are read once, by the statement itself.
        asked = found.sql().replace("%(query)s::tsquery", "(SELECT query FROM asked)")
        parts.append(NAME.sub(rf"%(\1_{place})s", SQL.format(place=place, condition=asked)))
        parameters |= {f"{name}_{place}": value for name, value in _parameters(each, found).items()}
    answers: list[list[int]] = [[] for _each in wanted]
    try:
        with Patience() as patience:
            for place, supplier in patience.ask(" UNION ALL ".join(parts), parameters) if parts else ():
                answers[place].append(supplier)
    except GivenUp:
        return None
    return answers


def _parameters(wanted: Wanted, found: Condition) -> dict[str, Any]:
    moments = {"since": wanted.since, "until": wanted.until, "at_most": AT_MOST, "today": timezone.localdate()}
    return found.parameters | moments


def _condition(question: Question) -> Condition:
    words = read_words(question.words)
    schemes = dict(Scheme.objects.values_list("slug", "pk")) if question.sees_evidence and question.schemes else {}
    wanted = condition(question, schemes)
    wanted.words = bool(words.wanted)
    also = bridges(words, question.language) if words.wanted and question.bridges else []
    wanted.parameters |= {
        "wanted": words.wanted,
        "unwanted": words.unwanted,
        "languages": sorted(read_in(question.language)),
        "bridge": [int(bridge.code) for bridge in also],
    }
    return wanted
