from marketplace.accounts.permissions import representative_of


def can_edit_call(user, call):
    """Administrators and editors of the buyer; staff look and do not write in somebody's name."""
    return can_write_for(user, call.buyer.organisation)


def can_write_for(user, organisation):
    representative = representative_of(user, organisation)
    return bool(representative and representative.can_edit)
