from marketplace.accounts.permissions import representative_of


def can_edit_profile(user, supplier):
    """Administrators and editors of the firm, and staff."""
    return can_edit_profile_of(user, supplier.organisation)


def can_edit_profile_of(user, organisation):
    """The same for an organisation whose profile may not have been begun."""
    if not user.is_authenticated:
        return False
    representative = representative_of(user, organisation)
    return user.is_staff or bool(representative and representative.can_edit)
