"""What a call shall say, as a form would hand it over."""

import copy

from marketplace.calls import facts
from marketplace.calls.models import Call
from tests.factories.calls import wall


def as_stands(call):
    return copy.deepcopy(facts.facts_of(Call.objects.get(pk=call.pk)))


def with_deadline(found, at, name="response"):
    typed = wall(at, found["zone"])
    return found | {
        f"{name}_deadline": at.isoformat(),
        f"{name}_due_on": typed.date().isoformat(),
        f"{name}_due_time": typed.time().isoformat(),
    }
