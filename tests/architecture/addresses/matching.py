"""Saved searches, each its owner's own, and exports."""

from tests.architecture.access import EVERYONE, POST_ALONE, Row, foreign, own

KEEPERS = (302, 404, 200, 200, 404)

TABLE = {
    "workspace/searches/": Row(get=KEEPERS),
    "workspace/searches/new/": Row(get=KEEPERS, post=(302, 404, 422, 422, 404)),
    "workspace/searches/new/<slug:kind>/": Row(
        get=KEEPERS, post=(302, 404, 422, 422, 404), values=lambda world: {"kind": "calls"}
    ),
    "workspace/searches/export/": Row(get=KEEPERS),
    "workspace/searches/<int:pk>/": Row(
        get=(302, 404, 404, 200, 404),
        post=(302, 404, 404, 422, 404),
        values=own("saved_search"),
        foreign=foreign("saved_search"),
    ),
    "workspace/searches/<int:pk>/delete/": Row(
        get=POST_ALONE,
        post=(302, 404, 404, 302, 404),
        values=own("search_to_delete"),
        foreign=foreign("search_to_delete"),
    ),
    "searches/stop/<str:token>/": Row(
        get=EVERYONE, post=EVERYONE, values=lambda world: {"token": world.rows["stop_token"]}
    ),
}


def add_rows(rows, organisation, administrator):
    from marketplace.matching.emails import stop_token
    from tests.factories.matching import SavedSearchFactory

    rows |= {
        "saved_search": SavedSearchFactory(organisation=organisation, owner=administrator),
        "search_to_delete": SavedSearchFactory(organisation=organisation, owner=administrator),
        "stop_token": stop_token(administrator, "calls"),
    }


def add_search(person, number):
    from tests.factories.matching import SavedSearchFactory

    SavedSearchFactory(organisation=person.organisation, owner=person)


LISTS = {"/workspace/searches/": ("omar", add_search)}
