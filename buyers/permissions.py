from marketplace.accounts.permissions import representative_of


def can_manage_buying(user, organisation):
    """Its administrators say how the organisation buys: staff do not say it for them."""
    representative = representative_of(user, organisation)
    return bool(representative and representative.is_administrator)


def has_stake(user, buyer):
    """Whoever acts for the organisation does not clear it."""
    return representative_of(user, buyer.organisation) is not None
