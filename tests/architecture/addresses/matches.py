"""Calls for a firm, and firms for a call on its buyer's desk."""

from tests.architecture.access import POST_ALONE, Row, foreign, own
from tests.architecture.addresses.calls_authoring import READERS, of

WRITERS = (302, 404, 403, 200, 404)
WRITERS_REFUSED = (302, 404, 403, 422, 404)
WRITERS_AWAY = (302, 404, 403, 302, 404)
LIST = "workspace/calls-for-you/"

TABLE = {
    LIST: Row(get=READERS),
    f"{LIST}set-aside/": Row(get=READERS),
    f"{LIST}set-aside/rules/<slug:key>/": Row(get=POST_ALONE, post=WRITERS_AWAY, values=lambda world: {"key": "large"}),
    # Of a call that everybody sees; another's draft is missing.
    f"{LIST}<slug:slug>/set-aside/": Row(
        get=WRITERS, post=WRITERS_REFUSED, values=own("board_call", "slug"), foreign=foreign("board_draft", "slug")
    ),
    f"{LIST}<slug:slug>/take-back/": Row(
        get=POST_ALONE, post=WRITERS_AWAY, values=own("board_call", "slug"), foreign=foreign("board_draft", "slug")
    ),
    "workspace/calls/<slug:slug>/suppliers/": Row(get=READERS, **of("shown_call")),
}


def selling(person):
    from tests.factories.suppliers import supplier_of

    return supplier_of(person.organisation, listed=True)


def add_rows(rows, organisation, administrator):
    from tests.factories.suppliers import supplier_of

    supplier_of(organisation)


def add_match(person, number):
    from tests.factories.matches import MatchFactory

    MatchFactory(supplier=selling(person))


def add_set_aside(person, number):
    from tests.factories.matches import SetAsideFactory

    SetAsideFactory(supplier=selling(person))


LISTS = {f"/{LIST}": ("omar", add_match), f"/{LIST}set-aside/": ("omar", add_set_aside)}
