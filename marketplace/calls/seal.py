"""When the seal of a call is broken for what else would tell that somebody has responded or is interested."""

from marketplace.calls.models import Call, Route
from marketplace.core import registry


def broken(keys, at):
    """Once its responses are opened; where nothing is opened here, once nobody can be about to respond any more.

    What was handed in to a call that ended without being opened stays sealed.
    """
    calls = Call.objects.filter(pk__in=keys)
    opened = calls.filter(opened_at__lte=at)
    elsewhere = calls.exclude(route=Route.HERE).filter(response_deadline__lte=at)
    return (opened | elsewhere).values_list("pk", flat=True)


registry.seals.register("calls", registry.Seal("calls.call", broken))
