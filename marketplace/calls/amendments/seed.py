"""A few of the demo's open calls have been amended: a later deadline, and whom to ask."""

from datetime import timedelta
from random import Random

from marketplace.calls import facts
from marketplace.calls.amendments import actions
from marketplace.calls.amendments.models import Amendment
from marketplace.calls.models import Call
from marketplace.core import demo, moments, registry

MOST = 3
WORDS = {
    "en": "Several firms asked for more time. The deadline is a week later.",
    "fr": "Plusieurs entreprises ont demandé plus de temps. La date limite est reculée d’une semaine.",
}


def plant_amendments(random: Random, amounts, progress) -> int:
    """Those that are open on the day of the first run; a second run adds none."""
    ours = Call.objects.filter(buyer__organisation__identifiers__scheme=demo.SCHEME)
    progress.reset(total=MOST)
    if Amendment.objects.filter(call__in=ours).exists():
        return MOST
    calls = ours.open().filter(language__in=WORDS).distinct().order_by("pk")[:MOST]
    for call in calls:
        actions.amend_call(call, _a_week_later(call), words=WORDS[call.language], is_wording_only=True, by=None)
        progress.update()
    return MOST


def _a_week_later(call: Call) -> dict:
    before = facts.facts_of(call)
    there = call.response_deadline.astimezone(moments.find_zone(call.zone)).replace(tzinfo=None)
    later = moments.resolve(there + timedelta(days=7), call.zone, is_second=True)
    return before | {
        "contact": call.buyer.organisation.website or call.buyer.organisation.name,
        "response_due_on": later.wall.date().isoformat(),
        "response_deadline": later.at.isoformat(),
    }


registry.seeds.register("amendments", registry.Seed("amendments", plant_amendments, order=92))
