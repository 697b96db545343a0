from datetime import UTC, date, datetime, timedelta

import pytest

from suppliers.models import Supplier
from suppliers.review.promise import is_overdue, overdue, review_day
from tests.factories.suppliers import SupplierFactory


@pytest.mark.parametrize(
    ("sent", "country", "promised"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "FR", date(2026, 11, 26)),
        (datetime(2026, 11, 26, 9, 0, tzinfo=UTC), "FR", date(2026, 12, 1)),
        (datetime(2026, 11, 28, 9, 0, tzinfo=UTC), "GB", date(2026, 12, 2)),
        # Half past midnight in Paris and Athens is still the day before in London.
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "GB", date(2026, 11, 26)),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "FR", date(2026, 11, 27)),
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), "FR", date(2026, 11, 26)),
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), "GR", date(2026, 11, 27)),
    ],
)
def test_the_day_is_three_working_days_on_by_the_firms_own_calendar(sent, country, promised):
    assert review_day(sent, country) == promised


def test_the_database_agrees_on_what_is_overdue_hour_by_hour(db):
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    for country in ("GB", "FR", "GR"):
        for hours in range(0, 9 * 24, 7):
            SupplierFactory(submitted_at=monday + timedelta(hours=hours), organisation__country=country)
    waiting = Supplier.objects.waiting_for_review().select_related("organisation")

    for hours in range(0, 14 * 24, 5):
        at = monday + timedelta(hours=hours)
        assert set(overdue(waiting, at)) == {supplier for supplier in waiting if is_overdue(supplier, at)}, at
