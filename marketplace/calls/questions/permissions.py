from marketplace.accounts.models import Representative
from marketplace.calls.permissions import can_write_for


def can_ask(user, call, organisation):
    """Those who write for an organisation, unless it is the buyer's own."""
    return organisation.pk != call.buyer.organisation_id and can_write_for(user, organisation)


def answerable(calls):
    """Those of the calls for whose buyer somebody acts here: asked of one that came with a notice, a question would
    wait for ever. One query."""
    people = Representative.objects.filter(organisation__in={call.buyer.organisation_id for call in calls})
    acted_for = set(people.values_list("organisation", flat=True))
    return [call for call in calls if call.buyer.organisation_id in acted_for]
