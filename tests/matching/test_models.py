from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from marketplace.matching.models import rounds
from tests.factories.matching import SavedSearchFactory


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "name"),
    [({"name": ""}, "saved_search_has_a_name"), ({"alert": "hourly"}, "saved_search_alert_is_known")],
)
def test_the_database_refuses_a_search_that_makes_no_sense(fields, name):
    with pytest.raises(IntegrityError, match=name):
        SavedSearchFactory(**fields)


@pytest.mark.django_db
def test_a_person_keeps_a_search_once_for_an_organisation():
    kept = SavedSearchFactory()

    with pytest.raises(IntegrityError, match="saved_search_once_per_person_and_organisation"):
        SavedSearchFactory(owner=kept.owner, organisation=kept.organisation, query=kept.query)


@pytest.mark.parametrize(
    ("moment", "daily", "weekly"),
    [
        ("2026-11-22T04:59:59", "2026-11-21T05:00:00", "2026-11-16T05:00:00"),
        ("2026-11-22T05:00:00", "2026-11-22T05:00:00", "2026-11-16T05:00:00"),
        ("2026-11-23T04:59:59", "2026-11-22T05:00:00", "2026-11-16T05:00:00"),
        ("2026-11-23T05:00:00", "2026-11-23T05:00:00", "2026-11-23T05:00:00"),
        ("2027-01-01T12:00:00", "2027-01-01T05:00:00", "2026-12-28T05:00:00"),
    ],
)
def test_rounds_begin_at_five_each_day_and_each_monday(moment, daily, weekly):
    begun = rounds(datetime.fromisoformat(moment).replace(tzinfo=UTC))

    assert begun == {
        "daily": datetime.fromisoformat(daily).replace(tzinfo=UTC),
        "weekly": datetime.fromisoformat(weekly).replace(tzinfo=UTC),
    }
