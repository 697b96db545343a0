"""Questions, responses and decisions. Each organisation of the small world buys, and sells to another buyer."""

from buyers.models import Buyer
from tests.architecture.access import Row, foreign, own
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory
from tests.factories.questions import QuestionFactory
from tests.factories.responses import ResponseFactory, ResponseFileFactory, SubmissionFactory, opened
from tests.factories.suppliers import supplier_of

#: The buyer's pages: viewers look and do not write; staff have no desk.
DESK = (302, 404, 200, 200, 404)


def call(name, **more):
    return lambda world: {"slug": world.rows[name].slug, **more}


def foreign_call(name, **more):
    return lambda world: {"slug": world.foreign[name].slug, **more}


TABLE = {
    "calls/<slug:slug>/questions/": Row(
        get=(302, 404, 403, 200, 404), post=(302, 404, 403, 422, 404), values=call("other_buyers_call")
    ),
    "workspace/calls/<slug:slug>/questions/": Row(
        get=DESK, post=(302, 404, 403, 422, 404), values=call("sealed_call"), foreign=foreign_call("sealed_call")
    ),
    # Whoever acts for no firm is told how to come in.
    "calls/<slug:slug>/lots/<int:number>/response/": Row(
        get=(302, 200, 403, 200, 200), post=(302, 403, 403, 302, 403), values=call("other_buyers_call", number=1)
    ),
    "workspace/responses/": Row(get=DESK),
    "workspace/responses/files/<int:pk>/": Row(get=DESK, values=own("draft_file"), foreign=foreign("draft_file")),
    "workspace/calls/<slug:slug>/responses/": Row(
        get=DESK, post=(302, 404, 403, 302, 404), values=call("sealed_call"), foreign=foreign_call("sealed_call")
    ),
    "workspace/calls/<slug:slug>/responses/list.csv": Row(
        get=DESK, values=call("opened_call"), foreign=foreign_call("opened_call")
    ),
    "workspace/calls/<slug:slug>/responses/<uuid:pk>/": Row(
        get=DESK,
        values=lambda world: {"slug": world.rows["opened_call"].slug, "pk": world.rows["opened_response"].pk},
        foreign=lambda world: {"slug": world.foreign["opened_call"].slug, "pk": world.foreign["opened_response"].pk},
    ),
    "workspace/calls/<slug:slug>/lots/<int:number>/award/": Row(
        get=(302, 404, 403, 200, 404),
        post=(302, 404, 403, 422, 404),
        values=call("opened_call", number=1),
        foreign=foreign_call("opened_call", number=1),
    ),
}


def buyer_of(organisation):
    return Buyer.objects.filter(organisation=organisation).first() or BuyerFactory(
        organisation=organisation, cleared=True
    )


def add_rows(rows, organisation, administrator):
    other, supplier = CallFactory(published=True), supplier_of(organisation)
    draft = ResponseFactory(lot=CallFactory(published=True).lots.get(), supplier=supplier)
    over = CallFactory(closed=True, buyer=buyer_of(organisation))
    response = ResponseFactory(lot=over.lots.get())
    SubmissionFactory(response=response)
    rows |= {
        "other_buyers_call": other,
        "draft_file": ResponseFileFactory(response=draft, stored=True),
        "sealed_call": CallFactory(closed=True, buyer=buyer_of(organisation)),
        "opened_call": opened(over),
        "opened_response": response,
    }


def add_response(person, number):
    SubmissionFactory(response=ResponseFactory(supplier=supplier_of(person.organisation)))


def add_question(person, number):
    QuestionFactory(call=_own_call(person), answered=number % 2 == 0)
    QuestionFactory(call=_own_call(person), answered=number % 2 == 1)


def _own_call(person):
    buyer = buyer_of(person.organisation)
    return buyer.calls.filter(slug="own-call").first() or CallFactory(closed=True, buyer=buyer, slug="own-call")


#: Address of the list -> who opens it and what adds one row.
LISTS = {
    "/workspace/responses/": ("omar", add_response),
    "/workspace/calls/own-call/questions/": ("omar", add_question),
}
