"""The public list and pages of calls, their feeds, and what somebody saved."""

from tests.architecture.access import EVERYONE, NOBODY, POST_ALONE, SIGNED_IN, Row, foreign, own

AWAY_TO_THE_CALL = (302, 302, 302, 302, 302)

TABLE = {
    "calls/": Row(get=EVERYONE),
    # One that is for everybody, and another's draft.
    "calls/<slug:slug>/": Row(get=EVERYONE, values=own("board_call", "slug"), foreign=foreign("board_draft", "slug")),
    "calls/<slug:slug>/calendar.ics": Row(
        get=EVERYONE, values=own("board_call", "slug"), foreign=foreign("board_draft", "slug")
    ),
    "calls/<slug:slug>/saved/": Row(
        get=POST_ALONE,
        post=AWAY_TO_THE_CALL,
        values=own("board_call", "slug"),
        foreign=foreign("board_draft", "slug"),
    ),
    "feeds/calls.atom": Row(get=EVERYONE),
    "feeds/calls.ics": Row(get=EVERYONE),
    "workspace/saved-calls/": Row(get=SIGNED_IN),
    "sitemap-calls-<int:number>.xml": Row(get=NOBODY, values=lambda world: {"number": 2**40}),
}


def add_rows(rows, organisation, administrator):
    from tests.factories.board import shown
    from tests.factories.calls import CallFactory

    rows |= {"board_call": shown().slug, "board_draft": CallFactory().slug}


def add_call(person, number):
    from tests.factories.board import shown

    shown(lots=number, language="nl")


def add_saved_call(person, number):
    from tests.factories.board import SavedCallFactory

    SavedCallFactory(person=person)


LISTS = {
    "/calls/": ("omar", add_call),
    "/calls/?country=GB&cpv=90000000&state=all": ("omar", add_call),
    "/feeds/calls.atom": ("omar", add_call),
    "/feeds/calls.ics": ("omar", add_call),
    "/workspace/saved-calls/": ("omar", add_saved_call),
}
