"""The clause library, the clauses of a call, and the amendment of a published one."""

from tests.architecture.access import EVERYONE, POST_ALONE, Row

#: Who writes for the buyer; its viewers are refused, staff and strangers find nothing.
WRITERS = (302, 404, 403, 200, 404)
WRITERS_REFUSED = (302, 404, 403, 422, 404)
WRITERS_AWAY = (302, 404, 403, 302, 404)
READERS = (302, 404, 200, 200, 404)
AMENDMENT = "workspace/calls/<slug:slug>/amendment/"


def slug_of(name, **more):
    return lambda world: {"slug": world.rows[name].slug, **more}


def foreign_slug_of(name, **more):
    return lambda world: {"slug": world.foreign[name].slug, **more}


def amended(get=WRITERS, post=WRITERS_REFUSED, name="amended_call", **more):
    return Row(get=get, post=post, values=slug_of(name, **more), foreign=foreign_slug_of(name, **more))


def aside(get=WRITERS, post=WRITERS_REFUSED, name="new_paper"):
    def values(rows):
        return {"slug": rows[name].pending.call.slug, "pk": rows[name].pk}

    return Row(get=get, post=post, values=lambda world: values(world.rows), foreign=lambda world: values(world.foreign))


def readings(rows):
    return {"slug": rows["watched_clause"].call.slug, "pk": rows["watched_clause"].pk}


TABLE = {
    "calls/clauses/": Row(get=EVERYONE),
    "calls/clauses/<slug:code>/": Row(get=EVERYONE, values=lambda world: {"code": "eu-usable-by-everybody"}),
    "workspace/calls/<slug:slug>/clauses/": Row(
        get=WRITERS,
        post=WRITERS_REFUSED,
        values=slug_of("draft_with_clauses"),
        foreign=foreign_slug_of("draft_with_clauses"),
    ),
    "workspace/calls/<slug:slug>/clauses/<int:pk>/readings/": Row(
        get=READERS,
        post=WRITERS_REFUSED,
        values=lambda world: readings(world.rows),
        foreign=lambda world: readings(world.foreign),
    ),
    AMENDMENT: amended(),
    f"{AMENDMENT}begin/": amended(get=POST_ALONE, post=WRITERS_AWAY),
    f"{AMENDMENT}discard/": amended(get=POST_ALONE, post=WRITERS_AWAY, name="call_to_leave_as_it_is"),
    f"{AMENDMENT}extend/": amended(get=POST_ALONE, post=WRITERS_AWAY),
    f"{AMENDMENT}clauses/": amended(),
    f"{AMENDMENT}documents/": amended(post=WRITERS_AWAY),
    f"{AMENDMENT}documents/new/": amended(),
    f"{AMENDMENT}documents/<int:pk>/": aside(),
    f"{AMENDMENT}documents/<int:pk>/file/": aside(post=None),
    f"{AMENDMENT}documents/<int:pk>/remove/": aside(get=POST_ALONE, post=WRITERS_AWAY, name="paper_to_take_out"),
    f"{AMENDMENT}lots/new/": amended(),
    f"{AMENDMENT}lots/<int:number>/": amended(number=1),
    f"{AMENDMENT}lots/<int:number>/remove/": amended(get=POST_ALONE, post=WRITERS_AWAY, number=1),
    f"{AMENDMENT}<slug:step>/": amended(step="what"),
}


def add_rows(rows, organisation, administrator):
    from django.utils import timezone

    from marketplace.calls.amendments.actions import begin_amendment
    from tests.factories.amendments import PendingDocumentFactory
    from tests.factories.calls import CallFactory
    from tests.factories.clauses import ChosenClauseFactory

    buyer = buying_side(organisation)
    watched = ChosenClauseFactory(call=CallFactory(buyer=buyer, closed=True))
    watched.call.lots.update(awarded_at=timezone.now())
    rows |= {
        "draft_with_clauses": CallFactory(buyer=buyer),
        "watched_clause": watched,
        "amended_call": CallFactory(buyer=buyer, published=True),
        "call_to_leave_as_it_is": CallFactory(buyer=buyer, published=True),
    }
    for name in ("amended_call", "call_to_leave_as_it_is"):
        begin_amendment(rows[name], by=administrator)
    pending = rows["amended_call"].pending_amendment
    rows |= {name: PendingDocumentFactory(pending=pending, stored=True) for name in ("new_paper", "paper_to_take_out")}


def buying_side(organisation):
    """Made if it is not there."""
    from buyers.models import Buyer
    from tests.factories.buyers import BuyerFactory

    found = Buyer.objects.filter(organisation=organisation).first()
    return found or BuyerFactory(organisation=organisation, cleared=True)


def add_law(person, number):
    from tests.factories.law import ReservationFactory, ThresholdFactory

    ThresholdFactory()
    ReservationFactory()


def add_clause(person, number):
    from tests.factories.clauses import ClauseFactory

    ClauseFactory()


LISTS = {
    "/calls/clauses/": ("omar", add_clause),
    "/staff/clauses/": ("stella", add_clause),
    "/staff/jurisdictions/": ("stella", add_law),
    "/staff/thresholds/": ("stella", add_law),
    "/staff/reservations/": ("stella", add_law),
}
