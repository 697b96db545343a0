"""Which firms that answer a question were listed lately: the directory's own condition, over the newcomers alone."""

from datetime import datetime

from django.utils import timezone

from suppliers.directory.bridge import bridges
from suppliers.directory.conditions import Condition, condition
from suppliers.directory.patience import GivenUp, Patience
from suppliers.directory.question import Question, read_in, read_words
from suppliers.evidence.models import Scheme

AT_MOST = 10_000
#: Newcomers are few, so they are found by when they were listed and each is then asked.
SQL = """
WITH asked AS MATERIALIZED (SELECT directory_query(%(wanted)s, %(unwanted)s, %(languages)s) AS query)
SELECT row.supplier_id
FROM suppliers_supplier AS supplier JOIN directory_searchrow AS row ON row.supplier_id = supplier.id
WHERE supplier.hidden_at IS NULL AND supplier.suspended_at IS NULL
    AND supplier.listed_at > %(since)s AND supplier.listed_at <= %(until)s AND {condition}
ORDER BY supplier.listed_at DESC, supplier.id
LIMIT %(at_most)s
"""


def listed_between(question: Question, since: datetime, until: datetime) -> list[int] | None:
    """Suppliers listed after `since` and up to `until`, newest first; None when it took too long to find out."""
    wanted = _condition(question)
    # The words are read once, by the statement itself.
    asked = wanted.sql().replace("%(query)s::tsquery", "(SELECT query FROM asked)")
    moments = {"since": since, "until": until, "at_most": AT_MOST, "today": timezone.localdate()}
    try:
        with Patience() as patience:
            return [pk for (pk,) in patience.ask(SQL.format(condition=asked), wanted.parameters | moments)]
    except GivenUp:
        return None


def _condition(question: Question) -> Condition:
    words = read_words(question.words)
    schemes = dict(Scheme.objects.values_list("slug", "pk")) if question.sees_evidence else {}
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
