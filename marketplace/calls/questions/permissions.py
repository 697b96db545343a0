from marketplace.calls.permissions import can_write_for


def can_ask(user, call, organisation):
    """Those who write for an organisation, unless it is the buyer's own."""
    return organisation.pk != call.buyer.organisation_id and can_write_for(user, organisation)
