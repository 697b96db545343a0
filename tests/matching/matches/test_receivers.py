"""A change of either side is matched again, and what is over is gone on the next request."""

import pytest
from django.utils import timezone

from marketplace.calls import actions as calls
from marketplace.calls.signals import calls_changed
from marketplace.matching.matches import waiting, working
from marketplace.matching.matches.models import Match, Waiting
from suppliers import actions as suppliers
from suppliers.signals import suppliers_changed
from tests.factories.calls import CallFactory
from tests.factories.directory import found_supplier
from tests.factories.matches import MatchFactory

pytestmark = pytest.mark.django_db


def waits():
    return {(row.call_id, row.supplier_id) for row in Waiting.objects.all()}


def test_a_published_call_waits_and_its_draft_does_not(amina):
    call = CallFactory()
    calls_changed.send(sender=None, calls=[call.pk])
    assert waits() == set()

    calls.publish_call(call, at=None, by=amina)

    assert waits() == {(call.pk, None)}


def test_a_withdrawn_call_is_in_no_list_on_the_next_request(amina):
    match, other = MatchFactory(), MatchFactory()

    calls.withdraw_call(match.call, words="It named the wrong year.", by=amina)

    assert [each.pk for each in Match.objects.all()] == [other.pk]


def test_a_hidden_firm_is_in_no_list_on_the_next_request(omar):
    match, other = MatchFactory(), MatchFactory()

    suppliers.hide_supplier(match.supplier, by=omar)

    assert [each.pk for each in Match.objects.all()] == [other.pk]


def test_a_changed_firm_waits(omar):
    firm = found_supplier("90911200", regions=["UKE4"])

    suppliers_changed.send(sender=None, suppliers=[firm.pk])

    assert waits() == {(None, firm.pk)}


def test_a_call_whose_buyer_moves_to_another_country_waits():
    call, ended = CallFactory(published=True), CallFactory(closed=True)
    organisation = call.buyer.organisation
    organisation.country = "FR"
    organisation.save()
    ended.buyer.organisation.save()

    assert (call.pk, None) in waits()
    assert (ended.pk, None) not in waits()


def test_a_hidden_firm_with_matches_waits_too_in_case_somebody_is_just_writing_them():
    match = MatchFactory()
    type(match.supplier).objects.filter(pk=match.supplier.pk).update(hidden_at=timezone.now())

    suppliers_changed.send(sender=None, suppliers=[match.supplier.pk])

    assert waits() == {(None, match.supplier.pk)}
    assert not Match.objects.exists()


def test_many_at_once_are_left_to_the_clock(django_capture_on_commit_callbacks):
    call = CallFactory(published=True)
    numbers = list(CallFactory._meta.model.objects.values_list("pk", flat=True))
    with django_capture_on_commit_callbacks() as few:
        calls_changed.send(sender=None, calls=numbers)
    with django_capture_on_commit_callbacks() as many:
        waiting_few, waiting.FEW = waiting.FEW, 0
        try:
            calls_changed.send(sender=None, calls=[call.pk])
        finally:
            waiting.FEW = waiting_few

    assert (len(few), len(many)) == (1, 0)


def test_publishing_a_call_shows_a_firm_that_can_serve_it(amina):
    firm = found_supplier("90911200", regions=["UKE4"])
    call = CallFactory(lots__cpv=["90911200"], lots__regions=["UKE4"])
    calls.publish_call(call, at=None, by=amina)

    working.work()

    assert Match.objects.standing().get(supplier=firm).call == call
