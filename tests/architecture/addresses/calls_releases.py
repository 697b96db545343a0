"""Open data of calls: for machines, the same for everybody."""

from tests.architecture.access import EVERYONE, Row, foreign, own

TABLE = {
    "ocds/releases.json": Row(get=EVERYONE),
    "ocds/releases.jsonl": Row(get=EVERYONE),
    # One that is for everybody, and another that is for members alone.
    "ocds/records/<slug:ocid>.json": Row(
        get=EVERYONE, values=own("released_call", "ocid"), foreign=foreign("unreleased_call", "ocid")
    ),
}


def add_rows(rows, organisation, administrator):
    from marketplace.calls.releases.recording import prefix
    from tests.factories.calls import CallFactory
    from tests.factories.releases import released

    hidden = CallFactory(published=True, members_only=True)
    rows |= {"released_call": released().releases.get().ocid, "unreleased_call": f"{prefix()}-{hidden.pk}"}


def add_release(person, number):
    from tests.factories.releases import released

    released(lots=number)


LISTS = {
    "/ocds/releases.json": ("omar", add_release),
    "/ocds/releases.jsonl": ("omar", add_release),
}
