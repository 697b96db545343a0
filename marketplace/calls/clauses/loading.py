"""Brings the clauses of `data` into the library. What is there already stays: staff may have changed it."""

from marketplace.calls.clauses import data, models
from marketplace.calls.law.models import Jurisdiction


def load_clauses(clauses=models.Clause, jurisdictions=Jurisdiction):
    """Adds what is not there and returns how many; a migration gives the models of its own time."""
    laws = {
        law.code: law for law in jurisdictions.objects.filter(code__in={row["jurisdiction"] for row in data.CLAUSES})
    }
    added = 0
    for row in data.CLAUSES:
        facts = row | {"jurisdiction": laws[row["jurisdiction"]]}
        added += clauses.objects.get_or_create(code=row["code"], defaults=facts)[1]
    return added
