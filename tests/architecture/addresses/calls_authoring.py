"""The buying side, the buyer's desk and the documents of calls."""

from tests.architecture.access import POST_ALONE, Row

READERS = (302, 404, 200, 200, 404)
WRITERS = (302, 404, 403, 200, 404)
WRITERS_REFUSED = (302, 404, 403, 422, 404)
WRITERS_AWAY = (302, 404, 403, 302, 404)


def of(name, **more):
    """The address of that call, and the same of the other organisation."""

    def values(world):
        return {"slug": world.rows[name].slug} | more

    def foreign(world):
        return {"slug": world.foreign[name].slug} | more

    return {"values": values, "foreign": foreign}


def paper(name):
    def values(world):
        return {"slug": world.rows[name].call.slug, "pk": world.rows[name].pk}

    def foreign(world):
        return {"slug": world.foreign[name].call.slug, "pk": world.foreign[name].pk}

    return {"values": values, "foreign": foreign}


DESK = "workspace/calls/<slug:slug>/"
TABLE = {
    "workspace/buying/": Row(get=READERS, post=(302, 404, 403, 200, 404)),
    "workspace/buying/clearance/": Row(get=POST_ALONE, post=WRITERS_AWAY),
    "workspace/calls/": Row(get=READERS),
    "workspace/calls/new/": Row(get=WRITERS, post=WRITERS_REFUSED),
    DESK: Row(get=READERS, **of("draft_call")),
    f"{DESK}lots/": Row(get=WRITERS, **of("draft_call")),
    f"{DESK}lots/new/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("draft_call")),
    f"{DESK}lots/<int:number>/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("draft_call", number=1)),
    f"{DESK}lots/<int:number>/remove/": Row(get=POST_ALONE, post=WRITERS_AWAY, **of("draft_call", number=2)),
    f"{DESK}lots/<int:number>/cancel/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("shown_call", number=1)),
    f"{DESK}check/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("draft_call")),
    f"{DESK}preview/": Row(get=READERS, **of("draft_call")),
    f"{DESK}take-back/": Row(get=POST_ALONE, post=WRITERS_AWAY, **of("draft_call")),
    f"{DESK}delete/": Row(get=WRITERS, post=WRITERS_AWAY, **of("call_to_delete")),
    f"{DESK}withdraw/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("shown_call")),
    f"{DESK}cancel/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("shown_call")),
    f"{DESK}<slug:step>/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("draft_call", step="what")),
    f"{DESK}documents/": Row(get=WRITERS, post=WRITERS_REFUSED, **of("draft_call")),
    f"{DESK}documents/<int:pk>/": Row(get=WRITERS, post=WRITERS_REFUSED, **paper("call_paper")),
    f"{DESK}documents/<int:pk>/remove/": Row(get=WRITERS, post=WRITERS_AWAY, **paper("paper_to_remove")),
    # Of a draft, which its buyer and staff see; the file itself is not there.
    "calls/<slug:slug>/documents/<int:pk>/": Row(get=(404, 404, 404, 404, 404), **paper("call_paper")),
}


def buyer_of(organisation):
    from buyers.models import Buyer
    from tests.factories.buyers import BuyerFactory

    return Buyer.objects.filter(organisation=organisation).first() or BuyerFactory(organisation=organisation)


def add_rows(rows, organisation, administrator):
    from tests.factories.calls import CallFactory
    from tests.factories.papers import CallDocumentFactory

    buyer = buyer_of(organisation)
    draft = CallFactory(buyer=buyer, lots=2)
    rows |= {
        "draft_call": draft,
        "call_to_delete": CallFactory(buyer=buyer),
        "shown_call": CallFactory(buyer=buyer, published=True),
        "call_paper": CallDocumentFactory(call=draft),
        "paper_to_remove": CallDocumentFactory(call=draft),
    }


def add_call(person, number):
    from tests.factories.calls import CallFactory

    CallFactory(buyer=buyer_of(person.organisation))


def add_waiting_buyer(person, number):
    from tests.factories.buyers import BuyerFactory

    BuyerFactory(waiting=True)


LISTS = {
    "/workspace/calls/": ("omar", add_call),
    "/staff/buyers/": ("stella", add_waiting_buyer),
}
