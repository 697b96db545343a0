"""The demo's calls with clauses: every fourth of the first few hundred, as many as its buyer would watch."""

from random import Random

from marketplace.calls.clauses.models import ChosenClause, Clause
from marketplace.calls.models import Call
from marketplace.core import demo, registry

MOST = 400
LINKS = {
    "en": "The people who live and work there use the result every day.",
    "fr": "Les personnes qui y vivent et y travaillent s’en servent chaque jour.",
}


def plant_clauses(random: Random, amounts, progress) -> int:
    """Which call has which depends on its address alone, so that a second run adds none."""
    calls = Call.objects.filter(buyer__organisation__identifiers__scheme=demo.SCHEME).distinct().order_by("pk")[:MOST]
    offered = list(Clause.objects.offered().order_by("pk"))
    known = set(ChosenClause.objects.values_list("call", flat=True))
    progress.reset(total=len(calls))
    made = []
    for call in calls:
        lot = Random(f"clauses {call.slug}")
        if lot.random() < 0.25 and call.pk not in known:
            fitting = [each for each in offered if call.jurisdiction_id in (None, each.jurisdiction_id)]
            made += [_chosen(call, clause) for clause in lot.sample(fitting, min(len(fitting), lot.randint(1, 2)))]
        progress.update()
    ChosenClause.objects.bulk_create(made)
    return len(calls)


def _chosen(call: Call, clause: Clause) -> ChosenClause:
    return ChosenClause(
        call=call,
        clause=clause,
        title=clause.title_in(call.language),
        text=clause.text_in(call.language),
        link_to_subject=LINKS.get(call.language, LINKS["en"]),
        chosen_by=call.created_by,
        chosen_at=call.created_at,
    )


registry.seeds.register("clauses", registry.Seed("clauses", plant_clauses, order=91))
