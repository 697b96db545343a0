"""The demo's calls are matched with its firms as the product does it."""

from marketplace.calls.models import Call
from marketplace.core import demo, parallel, registry
from marketplace.matching.matches import full, keeping
from marketplace.matching.matches.models import MatchedCall

#: More than these are matched by the worker, some minutes later: who wants a hundred thousand calls need not wait.
AT_ONCE = 1_000


def plant_matches(random, amounts, progress):
    """The open calls that have not been matched; a second run finds none. Returns how many calls are matched."""
    ours = Call.objects.open().filter(buyer__organisation__identifiers__scheme=demo.SCHEME).distinct()
    calls = list(ours.filter(matched=None).order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(calls) > AT_ONCE:
        full.begin()
    progress.reset(total=len(calls[:AT_ONCE]))
    for _number in parallel.each(keeping.match_call, calls[:AT_ONCE]):
        progress.update()
    return MatchedCall.objects.count()


registry.seeds.register("matches", registry.Seed("matches", plant_matches, order=96, is_in_steps=True))
