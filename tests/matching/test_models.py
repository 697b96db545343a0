from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from marketplace.matching.models import Told
from tests.factories.accounts import UserFactory
from tests.factories.board import shown
from tests.factories.matching import SavedSearchFactory, ToldFactory

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": ""}, "saved_search_has_a_name"),
        ({"kind": ""}, "saved_search_has_a_kind"),
        ({"alert": "hourly"}, "saved_search_alert_is_known"),
        ({"alert": "daily", "next_at": None}, "saved_search_with_mails_has_a_next_moment"),
        ({"alert": "none", "next_at": AT}, "saved_search_with_mails_has_a_next_moment"),
        ({"alert": "instant"}, "saved_search_of_firms_is_not_told_at_once"),
        ({"carry": True, "query": "q=bread"}, "saved_search_of_what_a_firm_can_carry_asks_nothing"),
    ],
)
def test_the_database_refuses_a_search_that_makes_no_sense(fields, name):
    with pytest.raises(IntegrityError, match=name):
        SavedSearchFactory(**fields)


@pytest.mark.django_db
def test_a_person_keeps_a_search_once_for_an_organisation_and_kind():
    kept = SavedSearchFactory()
    SavedSearchFactory(owner=kept.owner, organisation=kept.organisation, query=kept.query, kind="calls")

    with pytest.raises(IntegrityError, match="saved_search_once_per_person_and_organisation"):
        SavedSearchFactory(owner=kept.owner, organisation=kept.organisation, query=kept.query)


@pytest.mark.django_db
def test_a_person_is_told_of_a_call_once():
    told = ToldFactory()

    with pytest.raises(IntegrityError, match="call_told_once_to_a_person"):
        ToldFactory(person=told.person, call=told.call)


@pytest.mark.django_db
def test_only_what_was_not_told_before_may_be_told():
    person, known, new = UserFactory(), shown(), shown()
    Told.objects.create(person=person, call=known)

    assert Told.objects.mark([(person.pk, known.pk), (person.pk, new.pk)], at=AT) == {(person.pk, new.pk)}
    assert Told.objects.mark([(person.pk, new.pk)], at=AT) == set()
    assert Told.objects.mark([], at=AT) == set()
    assert Told.objects.pairs([person.pk], [known.pk, new.pk]) == {(person.pk, known.pk), (person.pk, new.pk)}
