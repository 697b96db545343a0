from datetime import date, timedelta
from itertools import chain

import pytest
from django.utils import timezone

from marketplace.calls.law import data, rules
from marketplace.calls.law.loading import load_laws
from marketplace.calls.law.models import Jurisdiction, Reservation, Threshold
from marketplace.calls.law.rules import standstill_until, threshold_for
from tests.calls.guards import breaks, change
from tests.factories.law import JurisdictionFactory, ReservationFactory, ThresholdFactory

pytestmark = pytest.mark.django_db


def law(code):
    return Jurisdiction.objects.get(code=code)


# --- What is on record ------------------------------------------------------------------------------------------------


def test_three_laws_are_there_from_the_first_day_with_sources_and_days_of_reading():
    assert set(Jurisdiction.objects.values_list("code", flat=True)) == {"eu", "fr", "uk"}
    for model in (Jurisdiction, Threshold, Reservation):
        for row in model.objects.all():
            assert row.source
            assert row.source_url.startswith("https://")
            assert row.reviewed_on < row.review_by


def test_whatever_is_to_be_checked_by_staff_is_due_to_be_read_again_soon():
    for row in chain(data.JURISDICTIONS, *data.THRESHOLDS.values(), *data.RESERVATIONS.values()):
        if "to be checked by staff" in row["source"]:
            assert row["review_by"] - row["reviewed_on"] <= timedelta(days=31)


def test_every_law_is_in_english_and_french():
    for row in (*Jurisdiction.objects.all(), *Reservation.objects.all()):
        assert set(row.names) == {"en", "fr"}
    assert all(set(row.conditions) == {"en", "fr"} for row in Reservation.objects.all())
    assert all(set(row.official_first_words) == {"en", "fr"} for row in Jurisdiction.objects.all())


@pytest.mark.parametrize("word", ["ethnic", "migrant", "origin", "religion", "gender", "owned by women", "ethni"])
def test_reservations_speak_of_the_public_status_of_a_firm_and_never_of_who_a_person_is(word):
    for row in Reservation.objects.all():
        assert word not in " ".join([*row.names.values(), *row.conditions.values()]).lower()


def test_loading_again_adds_nothing_and_leaves_what_staff_wrote():
    change(law("fr"), standstill_days=16)
    change(Reservation.objects.get(code="fr-integration-firms"), conditions={"en": "Ours."})
    Threshold.objects.filter(jurisdiction__code="fr").update(amount=1)

    assert load_laws() == 0
    assert law("fr").standstill_days == 16
    assert Reservation.objects.get(code="fr-integration-firms").conditions == {"en": "Ours."}
    assert [row.amount for row in law("fr").thresholds.all()] == [1]


def test_what_is_missing_is_brought_back():
    Reservation.objects.filter(code="uk-supported-employment").delete()

    assert load_laws() == 1


# --- Thresholds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "is_central", "contract", "amount", "currency"),
    [
        ("eu", True, "services", 140_000_00, "EUR"),
        ("eu", False, "supplies", 216_000_00, "EUR"),
        ("eu", False, "works", 5_404_000_00, "EUR"),
        ("fr", False, "services", 60_000_00, "EUR"),
        ("fr", True, "works", 60_000_00, "EUR"),
        ("uk", True, "services", 12_000_00, "GBP"),
        ("uk", False, "works", 30_000_00, "GBP"),
    ],
)
def test_the_threshold_of_each_law(code, is_central, contract, amount, currency):
    found = threshold_for(law(code), is_central, contract, date(2026, 11, 22))

    assert (found.amount, found.currency) == (amount, currency)


def test_the_lowest_of_those_that_fit_counts():
    jurisdiction = JurisdictionFactory()
    ThresholdFactory(jurisdiction=jurisdiction, amount=200, contract="services")
    low = ThresholdFactory(jurisdiction=jurisdiction, amount=100)
    ThresholdFactory(jurisdiction=jurisdiction, amount=50, authority="central")
    ThresholdFactory(jurisdiction=jurisdiction, amount=40, contract="works")
    ThresholdFactory(amount=1)

    assert threshold_for(jurisdiction, False, "services") == low


def test_a_threshold_holds_from_its_first_day_through_its_last():
    jurisdiction = JurisdictionFactory()
    days = {"in_force_from": date(2026, 1, 1), "in_force_until": date(2027, 12, 31)}
    row = ThresholdFactory(jurisdiction=jurisdiction, **days)
    found = [
        threshold_for(jurisdiction, False, "works", day)
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2027, 12, 31), date(2028, 1, 1))
    ]

    assert found == [None, row, row, None]


def test_without_a_threshold_nothing_is_below_it():
    assert threshold_for(JurisdictionFactory(), False, "works") is None


# --- Standstill -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "day", "until"),
    [
        # Ten days, the day of telling not counted: Monday to Thursday of the week after.
        ("eu", date(2026, 11, 2), date(2026, 11, 12)),
        # The tenth is a Saturday, so through Monday.
        ("eu", date(2026, 11, 4), date(2026, 11, 16)),
        # The tenth is the first of January, a Friday, so through Monday.
        ("eu", date(2026, 12, 22), date(2027, 1, 4)),
        # Easter Monday is a day off.
        ("eu", date(2027, 3, 19), date(2027, 3, 30)),
        ("fr", date(2026, 11, 2), date(2026, 11, 13)),
        # The eleventh is the fourteenth of July.
        ("fr", date(2026, 7, 3), date(2026, 7, 15)),
        # Eight working days: two weekends lie between.
        ("uk", date(2026, 11, 2), date(2026, 11, 12)),
        # Christmas, Boxing Day (kept on Monday) and the New Year in Scotland, which counts everywhere.
        ("uk", date(2026, 12, 18), date(2027, 1, 5)),
    ],
)
def test_the_standstill_of_each_law(code, day, until):
    assert standstill_until(law(code), day) == until


def test_no_standstill_ends_on_the_day_itself():
    assert standstill_until(JurisdictionFactory(standstill_days=0), date(2026, 11, 7)) == date(2026, 11, 7)


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))]
)
def test_easter_is_found(year, sunday):
    assert rules.easter(year) == date(year, *sunday)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2021, [(12, 27), (12, 28)]),
        (2022, [(1, 3), (1, 4), (12, 26), (12, 27)]),
        (2026, [(12, 25), (12, 28)]),
        (2027, [(1, 1), (1, 4), (12, 27), (12, 28)]),
    ],
)
def test_a_bank_holiday_on_a_weekend_moves_to_the_next_free_day(year, days):
    found = {day for day in rules.days_off("uk", year) if day.month in (1, 12)}

    assert {date(year, *day) for day in days} <= found
    assert all(day.weekday() < rules.SATURDAY for day in found)


# --- What the database holds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factory", "rule", "fields"),
    [
        (JurisdictionFactory, "jurisdiction_has_a_name", {"names": {}}),
        (JurisdictionFactory, "jurisdiction_names_its_source", {"source": ""}),
        (JurisdictionFactory, "jurisdiction_extends_to_no_less_than_what_is_late", {"extension_days": 1}),
        (ThresholdFactory, "threshold_is_an_amount", {"amount": 0}),
        (ThresholdFactory, "threshold_has_a_currency", {"currency": "eur"}),
        (ThresholdFactory, "threshold_names_its_source", {"source": ""}),
        (ReservationFactory, "reservation_says_what_it_asks", {"conditions": {}}),
        (ReservationFactory, "reservation_says_what_it_asks", {"names": {}}),
        (ReservationFactory, "reservation_names_its_source", {"source": ""}),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(factory, rule, fields):
    row = factory()

    with breaks(rule):
        change(row, **fields)


def test_what_is_overdue_for_review_is_found_on_the_day_after():
    row = ReservationFactory(review_by=timezone.localdate())

    assert row not in Reservation.objects.to_be_reviewed()
    assert row in Reservation.objects.to_be_reviewed(timezone.localdate() + timedelta(days=1))


def test_what_is_over_is_in_force_no_more():
    row = ReservationFactory(over=True)

    assert row not in Reservation.objects.in_force()
