"""Grants stand in the back office alone."""


def add_grant(person, number):
    from tests.factories.billing import GrantFactory

    GrantFactory()


LISTS = {"/staff/grants/": ("stella", add_grant)}
