"""Which of some calls answer which of many questions: the condition of the list, asked the other way round.

A page asks one question of all calls. Here a handful of calls, such as those that are new, is held against any number
of questions in one statement; what it finds is what the page of each question would show.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from marketplace.calls.board.conditions import IS_OPEN, condition
from marketplace.calls.board.facets import FACETS
from marketplace.calls.board.permissions import Reader
from marketplace.calls.board.question import Question
from suppliers.directory.bridge import bridges
from suppliers.directory.question import read_in, read_words

GROUPS = tuple(facet.name for facet in FACETS)
_COLUMNS = ("place", "wanted", "unwanted", "languages", "bridge", "is_member", "own", *GROUPS)
_TYPES = ("integer", "text", "text", "text[]", "integer[]", "boolean", "bigint[]", *["integer[]"] * len(GROUPS))
_ROW = "({})".format(", ".join(f"%s::{kind}" for kind in _TYPES))
#: Words and tokens lie beside the row: they are fetched once for each call, not for each question.
FITTING = f"""
WITH fresh AS MATERIALIZED (
    SELECT row.call_id, row.buyer_id, row.is_for_members,
        row.tokens || '{{{{}}}}'::integer[] AS tokens, row.text || ''::tsvector AS text
    FROM board_callrow AS row
    WHERE row.call_id = ANY(%s) AND row.publish_at <= %s AND {IS_OPEN.replace("%(at)s", "%s")}
), asked AS MATERIALIZED (
    SELECT *, directory_query(wanted, unwanted, languages) AS query
    FROM (VALUES {{rows}}) AS typed({", ".join(f'"{name}"' for name in _COLUMNS)})
)
SELECT place, call_id FROM asked JOIN fresh
    ON (is_member OR NOT is_for_members OR buyer_id = ANY(own))
    AND {" AND ".join(f'("{name}" IS NULL OR tokens && "{name}")' for name in GROUPS)}
    AND (wanted IS NULL OR text @@ query OR tokens && bridge)
"""  # noqa: S608  (only names of our own are put in)


class Wanted(NamedTuple):
    """A question and who asks it; what became of the calls since, and where a page begins, plays no part."""

    question: Question
    reader: Reader


def fitting(wanted: Sequence[Wanted], calls: Collection[int], at: datetime) -> list[tuple[int, int]]:
    """(place in `wanted`, call) for every call of these that is open and answers that question."""
    if not wanted or not calls:
        return []
    parameters: list[Any] = [list(calls), at, at]
    for place, (question, reader) in enumerate(wanted):
        spoken, tokens = _read(question)
        parameters += [place, *spoken, reader.is_member, reader.buyers, *tokens]
    with connection.cursor() as cursor:
        cursor.execute(FITTING.format(rows=", ".join([_ROW] * len(wanted))), parameters)
        return cursor.fetchall()


@lru_cache(10_000)
def _read(question: Question) -> tuple[tuple, tuple]:
    """The words with their bridges, and the tokens of each facet; None where nothing is asked."""
    groups = condition(question, Reader(), datetime.max.replace(tzinfo=UTC)).groups
    tokens = tuple(groups.get(name) for name in GROUPS)
    words = read_words(question.words)
    if not words.wanted:
        return (None, None, None, None), tokens
    bridged = [int(bridge.code) for bridge in bridges(words, question.language)] if question.bridges else []
    return (words.wanted, words.unwanted, read_in(question.language), bridged), tokens
