"""The library as pages read it: the clauses on offer, narrowed, under the headings of their stages."""

from marketplace.calls.clauses.models import Clause, Stage
from marketplace.calls.law.models import Jurisdiction


def offered(jurisdiction="", stage=""):
    """[(Stage, [clause])] of what is on offer; a value that is not known narrows nothing."""
    rows = Clause.objects.offered().select_related("jurisdiction").order_by("jurisdiction", "code")
    if jurisdiction in {law.code for law in laws()}:
        rows = rows.filter(jurisdiction__code=jurisdiction)
    if stage in Stage.values:
        rows = rows.filter(stage=stage)
    return by_stage(rows)


def by_stage(clauses):
    clauses = list(clauses)
    groups = [(stage, [clause for clause in clauses if clause.stage == stage]) for stage in Stage]
    return [(stage, found) for stage, found in groups if found]


def laws():
    """Those under which a clause is on offer."""
    return Jurisdiction.objects.filter(clauses__in=Clause.objects.offered()).distinct()
