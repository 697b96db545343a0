"""A large demo: planted by several connections, without the big index, and gone on with after a cut."""

import io
import subprocess
import sys
import time

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from marketplace.core import parallel
from marketplace.core.invariants import breaches
from suppliers import crowd, seed
from suppliers.directory import bulk, due
from suppliers.directory.models import Figure, SearchRow
from suppliers.directory.question import Question
from suppliers.directory.search import search
from suppliers.models import Capability, Supplier
from suppliers.review.models import ListingReceipt
from tests import harness
from tests.peers.worker import environment

pytestmark = pytest.mark.django_db(transaction=True)
WITH_OWNERS, AT_ONCE, MANY, ALL = 5, 40, 50, 400
CUT = """
import django; django.setup()
from django.core.management import call_command
from suppliers import crowd, seed
from suppliers.directory import bulk
seed.WITH_OWNERS, crowd.AT_ONCE, bulk.MANY = {WITH_OWNERS}, {AT_ONCE}, {MANY}
call_command("seed_demo", suppliers={ALL})
"""


@pytest.fixture
def plant(settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(seed, "WITH_OWNERS", WITH_OWNERS)
    monkeypatch.setattr(crowd, "AT_ONCE", AT_ONCE)
    monkeypatch.setattr(bulk, "MANY", MANY)

    def run(suppliers=ALL, at_a_time=2):
        monkeypatch.setattr(parallel, "AT_A_TIME", at_a_time)
        call_command("seed_demo", suppliers=suppliers, stdout=io.StringIO())

    return run


def world():
    """All that a visitor could see of it; dates are counted from the day of planting."""
    firms = Supplier.objects.order_by("slug")
    of_firm = ("slug", "organisation__name", "summary", "languages", "regions", "based_in", "size_band", "audience")
    of_row = ("supplier__slug", "plain_name", "codes", "facets", "text")
    return (
        list(firms.values_list(*of_firm)),
        list(Capability.objects.order_by("supplier__slug", "cpv").values_list("supplier__slug", "cpv", "words")),
        list(SearchRow.objects.order_by("supplier__slug").values_list(*of_row)),
    )


def is_left_alone():
    """Whether the server has been told not to count the table meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'directory_searchrow'")
        return "autovacuum_enabled=off" in cursor.fetchone()[0]


def clear():
    with connection.cursor() as cursor:
        # A published call is not deleted by anybody.
        cursor.execute("TRUNCATE calls_call CASCADE")
    Organisation.objects.all().delete()
    User.objects.all().delete()


def killed_in_the_middle(enough):
    """A process that plants the demo and is killed as soon as so many firms are there."""
    code = CUT.format(WITH_OWNERS=WITH_OWNERS, AT_ONCE=AT_ONCE, MANY=MANY, ALL=10 * ALL)
    own = environment(DJANGO_SETTINGS_MODULE="marketplace.settings", TESSERA_DEMO="1")
    with subprocess.Popen([sys.executable, "-c", code], cwd=harness.ROOT, env=own, stdout=subprocess.DEVNULL) as child:
        until = time.monotonic() + 120
        while Supplier.objects.count() < enough and child.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        child.kill()
    assert child.returncode == -9


def test_the_firms_are_the_same_however_many_connections_plant_them(plant):
    plant(at_a_time=1)
    alone = world()
    clear()

    plant(at_a_time=3)

    assert len(alone[0]) == ALL
    assert world() == alone


def test_a_world_that_was_killed_in_the_middle_is_gone_on_with_and_becomes_the_same(plant):
    killed_in_the_middle(enough=4 * AT_ONCE)
    there = set(Supplier.objects.values_list("slug", flat=True))
    assert 4 * AT_ONCE <= len(there) < 10 * ALL
    assert (len(there) - WITH_OWNERS) % AT_ONCE == 0
    assert [breach.sentence for breach in breaches(timezone.now())] == []
    assert (bulk.has_indexes(), is_left_alone()) == (False, True)

    size = len(there) + ALL
    plant(size)
    continued = world()

    assert there < {firm[0] for firm in continued[0]}
    assert len(continued[0]) == size
    assert (bulk.has_indexes(), is_left_alone()) == (True, False)
    assert search(Question()).total == Supplier.objects.public().count()
    assert ListingReceipt.objects.live().count() == Supplier.objects.exclude(submitted_at=None).count()
    clear()
    plant(size)
    assert world() == continued


def test_a_second_run_writes_nothing(plant):
    plant()
    first, figures = world(), list(Figure.objects.values("id", "taken_at"))

    plant()

    assert world() == first
    assert list(Figure.objects.values("id", "taken_at")) == figures
    assert bulk.has_indexes()


def test_the_index_is_away_while_many_rows_come_and_there_behind_them(plant):
    with bulk.many_rows(MANY):
        assert (bulk.has_indexes(), is_left_alone()) == (False, True)
        assert search(Question(words="cleaning")).total == 0

    assert (bulk.has_indexes(), is_left_alone()) == (True, False)


def test_for_few_rows_or_for_fewer_than_are_there_the_index_stays(plant):
    with bulk.many_rows(MANY - 1):
        assert bulk.has_indexes()
    plant()
    with bulk.many_rows(SearchRow.objects.count() - 1):
        assert bulk.has_indexes()


def test_what_fails_midway_leaves_the_index_behind(plant):
    with pytest.raises(KeyboardInterrupt), bulk.many_rows(MANY):
        raise KeyboardInterrupt

    assert bulk.has_indexes()


def test_the_clock_makes_a_missing_index_unless_somebody_is_adding_rows_without_it(plant):
    with bulk.many_rows(MANY):
        assert list(parallel.each(due.tidy_index, [timezone.now()])) == [0]
        assert not bulk.has_indexes()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX directory_row_search")

    assert due.tidy_index(timezone.now()) == 1

    assert bulk.has_indexes()
