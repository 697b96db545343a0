"""The demo's calls: the same for the same seed, whole by every rule, and written by the batch."""

import io
from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace.calls import seed
from marketplace.calls.awards.models import Award, Feedback
from marketplace.calls.board import rows
from marketplace.calls.models import Audience, Call, Lot, Route
from marketplace.calls.responses import sealing
from marketplace.calls.responses.models import Response, Submission
from marketplace.core.invariants import breaches
from marketplace.core.models import OutboxMessage
from suppliers.models import Supplier
from suppliers.seed import OWNER

pytestmark = pytest.mark.django_db
SAID = ("slug", "title", "description", "language", "audience", "route", "procedure")


@pytest.fixture
def planted(settings):
    settings.DEMO = True

    def run(calls=120, **options):
        call_command("seed_demo", suppliers=4, calls=calls, stdout=io.StringIO(), **options)

    run()
    return run


@pytest.fixture
def planted_among_firms(settings):
    """Enough firms that of most trades some could serve what is asked for."""
    settings.DEMO = True
    call_command("seed_demo", suppliers=80, calls=100, stdout=io.StringIO())


def test_the_calls_are_whole_and_break_no_rule(planted):
    assert Call.objects.count() == 120
    assert [breach.sentence for breach in breaches(timezone.now())] == []
    assert rows.uneven() == []


def test_there_is_one_of_each_kind(planted):
    calls = Call.objects.all()
    at = timezone.now()

    assert calls.open(at).count() > 40
    assert calls.open(at).filter(response_deadline__lte=at + timedelta(days=4)).exists()
    assert calls.closed(at).exists()
    assert calls.filter(cancelled_at__isnull=False).exists()
    assert calls.filter(unsuccessful_at__isnull=False).exists()
    assert {call.route for call in calls if call.is_of_authority} == {Route.PORTAL, Route.HERE}
    assert calls.filter(audience=Audience.MEMBERS).exists()
    assert {"en", "fr", "de"} <= set(calls.values_list("language", flat=True))
    assert Lot.objects.filter(number=3).exists()
    assert Lot.objects.exclude(reservation=None).exists()


def test_each_kind_of_contract_fits_what_is_bought(planted):
    kinds = {}
    for call in Call.objects.prefetch_related("lots"):
        division = int(call.lots.all()[0].cpv[0][:2])
        kinds.setdefault(call.contract, set()).add(division)
    assert kinds.pop("works", {45}) == {45}
    assert all(division < 45 or division == 48 for division in kinds.pop("supplies", set()))
    assert all(50 <= division <= 98 for division in kinds.pop("services"))
    assert kinds == {}


@pytest.mark.parametrize(
    ("code", "contract"),
    [("03000000", "supplies"), ("44000000", "supplies"), ("45000000", "works"), ("48000000", "supplies"),
     ("50000000", "services"), ("98000000", "services")],
)  # fmt: skip
def test_divisions_of_the_cpv_are_of_one_kind_each(code, contract):
    assert seed.contract_of(code) == contract


def test_the_smallest_demo_shows_every_ending_with_what_firms_were_told(settings):
    settings.DEMO = True
    call_command("seed_demo", suppliers=4, calls=seed.OF_VISITORS, stdout=io.StringIO())

    endings = [
        (bool(call.awarded_at), bool(call.unsuccessful_at), bool(call.cancelled_at), call.is_open())
        for call in Call.objects.order_by("pk")
    ]
    assert endings == [
        (False, False, False, True),
        (False, False, False, True),
        (True, False, False, False),
        (True, False, False, False),
        (False, False, True, False),
        (False, True, False, False),
    ]
    told = Feedback.objects.exclude(words="")
    assert told.filter(response__lot__call__awarded_at__isnull=False).exists()
    assert told.filter(response__lot__call__unsuccessful_at__isnull=False).exists()
    assert [breach.sentence for breach in breaches(timezone.now())] == []
    assert rows.uneven() == []


def test_firms_respond_to_what_they_could_serve(planted_among_firms):
    """But for the calls of those whom a visitor can be: to them the owner's firm responds wherever they are."""
    responses = list(Response.objects.exclude(lot__call__in=calls_of_visitors()).select_related("lot__call__buyer"))

    assert len(responses) > 10
    for response in responses:
        firms = Supplier.objects.listed().exclude(organisation=response.lot.call.buyer.organisation_id)
        able = firms.able_to_serve(response.lot.cpv, [])
        near = firms.able_to_serve(response.lot.cpv, [code[:2] for code in response.lot.regions])
        assert (near if near.exists() else able).filter(pk=response.supplier_id).exists(), response
        assert able.count() < firms.count() / 2


def test_the_owner_whom_a_visitor_can_be_responded_to_calls_of_the_own_trade(planted_among_firms):
    firm = Supplier.objects.get(organisation__representatives__user__email=OWNER.email)
    lots = [response.lot for response in Response.objects.filter(supplier=firm, lot__call__in=calls_of_visitors())]

    assert len({lot.call_id for lot in lots}) >= 2
    for lot in lots:
        assert Supplier.objects.able_to_serve(lot.cpv, []).filter(pk=firm.pk).exists()


def test_open_calls_wait_for_that_owner_where_the_firm_is(planted_among_firms):
    firm = Supplier.objects.get(organisation__representatives__user__email=OWNER.email)
    waiting = [
        call
        for call in Call.objects.open().with_lots()
        if any(Supplier.objects.able_to_serve(lot.cpv, lot.regions).filter(pk=firm.pk) for lot in call.lots.all())
    ]

    assert len(waiting) >= len(seed.FOR_THE_OWNER)


def calls_of_visitors():
    return Call.objects.order_by("pk")[: seed.OF_VISITORS].values("pk")


def test_what_was_handed_over_is_what_its_hash_says_and_came_in_time(planted_among_firms):
    handed_over = Submission.objects.select_related("response__lot__call")

    assert handed_over.count() > 20
    for submission in handed_over:
        call = submission.response.lot.call
        said = {"message": submission.message, "price": submission.price, "files": []}
        assert sealing.digest_of(submission.response_id, **said) == submission.sha256
        assert call.publish_at < submission.received_at < call.response_deadline < call.opened_at
        assert submission.response.supplier.organisation_id != call.buyer.organisation_id


def test_of_calls_answered_at_a_portal_a_firm_is_named_and_nobody_responded_here(planted):
    awards = Award.objects.filter(lot__call__route=Route.PORTAL)

    assert awards.exists()
    assert not awards.exclude(response=None).exists()
    assert not Response.objects.filter(lot__call__route=Route.PORTAL).exists()


def test_a_second_run_adds_nothing_and_more_are_added_to_the_same(planted):
    before = list(Call.objects.order_by("pk").values_list(*SAID))

    decided = list(Award.objects.order_by("pk").values_list("lot", "name", "words"))
    planted()
    assert list(Award.objects.order_by("pk").values_list("lot", "name", "words")) == decided
    assert list(Call.objects.order_by("pk").values_list(*SAID)) == before
    planted(calls=130)
    assert list(Call.objects.order_by("pk").values_list(*SAID))[:120] == before
    assert Call.objects.count() == 130


def test_another_seed_is_another_world(planted):
    planted(calls=20, seed=2)

    assert Call.objects.count() == 140


def test_who_a_call_is_depends_on_its_number_alone(planted):
    buyers = seed._buyers()
    batch = seed.Batch(99, [7], [1], timezone.now())

    def drawn():
        calls, lots = [], []
        seed._add_call(calls, lots, Random("99:7"), batch, 7, 1, buyers)
        return calls, lots

    assert drawn() == drawn()


def test_nobody_is_written_to_about_calls_that_were_planted(planted):
    call_command("run_due", stdout=io.StringIO())

    for room in ("calls/", "responses/", "awards/"):
        assert not OutboxMessage.objects.filter(template__startswith=room).exists()
