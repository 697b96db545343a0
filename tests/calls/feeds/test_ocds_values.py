"""What publishers leave out, and how they write languages, money, days and times."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from marketplace.calls.feeds.notice import (
    Amount,
    Broken,
    Moment,
)
from tests.calls.feeds.ocds_written import read_one, read_tender, release

SUMMER = timezone(timedelta(hours=1))


def test_a_release_without_an_id_is_known_by_what_it_says():
    bare = release(id=None)
    turned = dict(reversed(bare.items()))
    other = release({"title": "Cleaning of schools"}, id=None)

    first, again, changed = (read_one(each).identifier for each in (bare, turned, other))

    assert first.startswith("ocds-zz00zz-0001-2026-03-02T09:15:00+00:00-")
    assert first == again != changed


def test_a_release_without_ocid_date_or_title_is_broken():
    without_title = release({"title": None, "description": None})

    assert read_one(release(ocid=None) | {"ocid": ""}) == Broken("line 1", "It has no ocid.")
    assert read_one(release(date=None)) == Broken("line 1", "It does not say when it was published.")
    assert read_one(without_title) == Broken("line 1", "It has neither a title nor a description.")


def test_a_release_without_a_date_was_published_when_its_tender_was():
    notice = read_one(release({"datePublished": "2026-03-01T08:00:00Z"}, date=None))

    assert notice.published_at == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_title_is_looked_for_in_other_languages_and_in_the_description():
    assert read_tender(title=None, title_fr="Nettoyage", title_en="Cleaning").title == "Cleaning"
    assert read_tender(title="", title_fr="Nettoyage").title == "Nettoyage"
    assert read_tender(title=None).title == "Daily cleaning of twelve buildings. Two lots."
    assert read_tender(title=None, description="word " * 50).title == "word " * 23 + "word …"


@pytest.mark.parametrize("written", ["en", "EN", "en-GB", "en_GB", "eng", "ENG"])
def test_a_language_is_read_in_any_form(written):
    assert read_one(release(language=written)).language == "en"


def test_a_language_that_is_not_said_stays_unsaid():
    assert read_one(release(language=None)).language == ""
    assert read_one(release(language="Elvish")).warnings == ("The language 'Elvish' is not in our list.",)


@pytest.mark.parametrize(
    "number", [0, 1, 0.01, -5, 999_999, 99_999_999, 9_999_999.99, 2_147_483_647, 10**15, None, "", "0"]
)
def test_a_number_that_only_fills_the_field_is_no_value(number):
    notice = read_tender(value={"amount": number, "currency": "GBP"}, minValue=None)

    assert notice.amount == Amount()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [(250_000, "250000"), (99_999, "99999"), (1.01, "1.01"), ("12500.75", "12500.75"), (4e7, "40000000"), (2, "2")],
)
def test_any_other_number_is_a_value(written, read_as):
    notice = read_tender(value={"amount": written, "currency": "gbp"}, minValue=None)

    assert notice.amount == Amount(None, Decimal(read_as), "GBP")
    assert notice.warnings == ()


def test_a_value_that_fills_the_field_or_cannot_be_read_is_reported():
    filled = read_tender(value={"amount": 0.01, "currency": "GBP"}, minValue=None)
    words = read_tender(value={"amount": "about a million", "currency": "GBP"}, minValue=None)
    without_currency = read_tender(value={"amount": 250_000}, minValue=None)
    turned = read_tender(minValue={"amount": 900_000, "currency": "GBP"})

    assert filled.warnings == ("The value 0.01 GBP only fills the field.",)
    assert words.warnings == ("The value 'about a million' GBP cannot be read.",)
    assert without_currency.warnings == ("The value '250000'  cannot be read.",)
    assert turned.amount == Amount(None, Decimal("480000.5"), "GBP")
    assert "does not go with the value" in turned.warnings[0]


def test_a_value_with_tax_alone_is_taken_and_reported():
    notice = read_tender(value={"amountGross": 1200, "currency": "GBP"}, minValue=None)

    assert notice.amount == Amount(None, Decimal(1200), "GBP")
    assert notice.warnings == ("The value is with VAT; none is given without.",)


def deadline(end, **changes):
    return read_tender(tenderPeriod={"endDate": end}, **({"enquiryPeriod": None} | changes)).response_deadline


def test_a_deadline_keeps_its_offset():
    moment = deadline("2026-04-02T12:00:00-03:30")

    assert moment == Moment(datetime(2026, 4, 2, 12, 0, tzinfo=timezone(-timedelta(hours=3, minutes=30))))
    assert moment.at.utcoffset() == -timedelta(hours=3, minutes=30)
    assert deadline("2026-04-02 12:00:00.000+0100").at == datetime(2026, 4, 2, 11, 0, tzinfo=UTC)


def test_a_deadline_without_an_offset_says_so():
    assert deadline("2026-04-02T12:00") == Moment(datetime(2026, 4, 2, 12, 0, tzinfo=UTC), has_offset=False)


def test_a_day_alone_lasts_until_its_end():
    end = datetime(2026, 4, 2, 23, 59, 59, tzinfo=UTC)

    assert deadline("2026-04-02") == Moment(end, is_day=True, has_offset=False)


def test_midnight_is_a_day_alone_in_a_notice_that_gives_no_times():
    end = datetime(2026, 4, 2, 23, 59, 59, tzinfo=UTC)

    notice = read_tender(
        tenderPeriod={"startDate": "2026-03-02T00:00:00Z", "endDate": "2026-04-02T00:00:00Z"}, enquiryPeriod=None
    )

    assert notice.response_deadline == Moment(end, is_day=True)
    assert "was read as the whole day" in notice.warnings[0]


def test_midnight_is_a_time_in_a_notice_that_gives_times():
    midnight = Moment(datetime(2026, 4, 2, 0, 0, tzinfo=UTC))

    assert deadline("2026-04-02T00:00:00Z", enquiryPeriod={"endDate": "2026-03-20T17:00:00Z"}) == midnight
    assert deadline("2026-04-02T00:00:00Z", bidOpening={"date": "2026-04-02T10:00:00Z"}) == midnight


@pytest.mark.parametrize(
    "written",
    ["soon", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30", "2026-04-02T12:00:00+25:00", "02/04/2026"],
)
def test_a_moment_that_cannot_be_is_passed_over(written):
    notice = read_tender(tenderPeriod={"endDate": written}, contractPeriod={"endDate": written})

    assert (notice.response_deadline, notice.ends_on) == (None, None)
    assert notice.warnings == (
        f"{written!r} is no day that can be.",
        f"The deadline {written!r} cannot be read.",
    )  # fmt: skip


def test_a_contract_does_not_end_before_it_begins():
    notice = read_tender(contractPeriod={"startDate": "2026-09-01", "endDate": "2026-08-31"})

    assert (notice.starts_on, notice.ends_on) == (date(2026, 9, 1), None)
    assert len(notice.warnings) == 1


def test_requests_to_take_part_end_first():
    notice = read_tender(expressionOfInterestDeadline="2026-03-25T12:00:00Z")

    assert notice.response_deadline.at == datetime(2026, 3, 25, 12, tzinfo=UTC)
    assert "Requests to take part end before" in notice.warnings[0]


def test_a_consultation_ends_with_its_engagement():
    planning = {
        "milestones": [
            {"id": "1", "type": "engagement", "dueDate": "2026-03-31T23:59:59+01:00"},
            {"id": "2", "type": "delivery", "dueDate": "2027-03-31T23:59:59+01:00"},
        ],
        "documents": [
            {"id": "1", "documentType": "marketEngagementNotice", "url": "https://notices.melbury.example/ask"}
        ],
    }

    notice = read_one(release({"tenderPeriod": None, "documents": None}, tag=["planning"], planning=planning))

    assert notice.response_deadline == Moment(datetime(2026, 3, 31, 23, 59, 59, tzinfo=SUMMER))
    assert notice.official_url == "https://notices.melbury.example/ask"
