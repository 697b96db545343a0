"""What saved searches leave behind, and what must always hold of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.core import invariants
from marketplace.matching import alerts, due
from marketplace.matching.models import NewCall, Told
from tests.factories.accounts import RepresentativeFactory
from tests.factories.board import shown
from tests.factories.calls import minute
from tests.factories.matching import NewCallFactory, SavedSearchFactory, ToldFactory

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=2)


def broken(at):
    mine = ("saved search", "hear of a new call", "told of a call")
    return [breach.sentence for breach in invariants.breaches(at) if any(words in breach.sentence for words in mine)]


def test_marks_of_calls_that_are_long_over_are_forgotten():
    over = NewCallFactory(call=shown(closed=True)).call
    lasting = NewCallFactory(call=shown(response_deadline=minute(days=90))).call
    for call in (over, lasting):
        ToldFactory(call=call)
    later = timezone.now() + timedelta(days=31)

    assert due.forget(timezone.now()) == 0
    assert due.forget(later) == 1
    assert Told.objects.get().call == lasting
    assert NewCall.objects.get().call == lasting


def test_a_search_that_waits_for_over_an_hour_breaks_a_promise_unless_nobody_can_be_written_to():
    row = RepresentativeFactory()
    SavedSearchFactory(owner=row.user, organisation=row.organisation, alert="daily")
    now = timezone.now()
    assert broken(now) == []

    (sentence,) = broken(now + HOURS)
    assert "waits for over an hour" in sentence
    row.user.emailaddress_set.update(verified=False)
    assert broken(now + HOURS) == []


def test_a_run_that_stopped_breaks_a_promise():
    new = NewCallFactory(matched_at=timezone.now())

    (sentence,) = broken(timezone.now() + HOURS)
    assert "at once" in sentence
    NewCall.objects.filter(pk=new.pk).update(finished_at=timezone.now())
    assert broken(timezone.now() + HOURS) == []


def test_a_second_run_beside_one_does_nothing():
    """Asked over another connection, as another process would."""
    from django.db import connections

    SavedSearchFactory(alert="daily")
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [alerts.LOCK])
        assert alerts.run_alone(timezone.now()) is None
        assert alerts.send_alerts(timezone.now()) == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [alerts.LOCK])
        assert alerts.run_alone(timezone.now()) == alerts.Run()
    other.close()
