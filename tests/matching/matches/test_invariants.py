"""What always holds of matches is noticed when it does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.calls.models import Lot
from marketplace.core import invariants
from marketplace.matching.matches import keeping, waiting
from marketplace.matching.matches.invariants import SENTENCES
from marketplace.matching.matches.models import Match, MatchedCall, Waiting
from suppliers.models import Supplier
from tests.factories.calls import CallFactory
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def match():
    found_supplier("90911200", regions=["UKE4"])
    call = CallFactory(published=True, lots__cpv=["90911200"], lots__regions=["UKE4"])
    keeping.match_call(call.pk)
    return Match.objects.get()


def broken(**ahead):
    ours = {sentence: name for name, (sentence, _sql) in SENTENCES.items()}
    at = timezone.now() + timedelta(**ahead)
    return {ours[breach.sentence] for breach in invariants.breaches(at) if breach.sentence in ours}


def test_all_hold_of_what_was_matched(match):
    assert broken(hours=2) == set()


def test_a_match_of_a_firm_that_is_hidden(match):
    Supplier.objects.update(hidden_at=timezone.now())

    assert broken() == set()
    assert broken(hours=2) == {"match-of-listed"}


def test_a_match_of_a_call_that_is_over(match):
    assert broken(days=30) == {"match-of-open"}


def test_a_match_with_a_cancelled_lot(match):
    Lot.objects.update(cancelled_at=timezone.now(), ended_because="Nobody needs it.")

    assert broken(hours=2) == {"match-of-its-lot"}


def test_a_list_that_is_miscounted(match):
    MatchedCall.objects.update(kept=7)

    assert broken(hours=2) == {"match-is-counted"}


def test_an_open_call_that_was_never_matched(match):
    call = CallFactory(published=True)
    assert broken(hours=2) == {"open-call-is-matched"}

    waiting.ask(calls=[call.pk], at=timezone.now() + timedelta(hours=2))
    assert broken(hours=2) == set()


def test_what_waits_for_too_long_without_a_reason(match):
    waiting.ask(calls=[match.call_id])

    assert broken() == set()
    assert broken(hours=2) == {"match-waiting"}
    Waiting.objects.update(last_error="The database was full.")
    assert broken(hours=2) == set()
