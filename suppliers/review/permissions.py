from marketplace.accounts.permissions import representative_of


def can_send_profile(user, supplier):
    """Only the firm itself says yes to being listed, or takes its yes back: staff cannot say it for the firm."""
    representative = representative_of(user, supplier.organisation)
    return bool(representative and representative.can_edit)


def has_stake(user, supplier):
    """Whoever acts for the firm does not judge it."""
    return representative_of(user, supplier.organisation) is not None
