"""The demo's calls: the same for the same seed, whole by every rule, and written by the batch."""

import io
from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace.calls import seed
from marketplace.calls.board import rows
from marketplace.calls.models import Audience, Call, Lot, Route
from marketplace.core.invariants import breaches
from marketplace.core.models import OutboxMessage

pytestmark = pytest.mark.django_db
SAID = ("slug", "title", "description", "language", "audience", "route", "procedure")


@pytest.fixture
def planted(settings):
    settings.DEMO = True

    def run(calls=120, **options):
        call_command("seed_demo", suppliers=4, calls=calls, stdout=io.StringIO(), **options)

    run()
    return run


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


def test_a_second_run_adds_nothing_and_more_are_added_to_the_same(planted):
    before = list(Call.objects.order_by("pk").values_list(*SAID))

    planted()
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

    assert not OutboxMessage.objects.filter(template__startswith="calls/").exists()
