"""Days, times, money and codes of eForms: what can be read is, and what cannot is said."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from marketplace.calls.feeds.notice import Amount, Moment
from tests.calls.feeds.test_eforms import read

DEADLINE = "<cbc:EndDate>2026-03-24+01:00</cbc:EndDate><cbc:EndTime>17:00:00+01:00</cbc:EndTime>"
VALUE = '<cbc:EstimatedOverallContractAmount currencyID="EUR">1</cbc:EstimatedOverallContractAmount>'


def east(hours, minutes=0):
    return timezone(timedelta(hours=hours, minutes=minutes))


def second_lot(old, new):
    notice = read((old, new))
    return notice.lots[1], notice.warnings


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (("2026-06-30+02:00", "23:59:59+02:00"), Moment(datetime(2026, 6, 30, 23, 59, 59, tzinfo=east(2)))),
        (("2026-06-30Z", "12:00:00Z"), Moment(datetime(2026, 6, 30, 12, tzinfo=UTC))),
        (("2026-06-30", "12:00:00-03:30"), Moment(datetime(2026, 6, 30, 12, tzinfo=east(-3, -30)))),
        (("2026-06-30+05:45", "12:00:00"), Moment(datetime(2026, 6, 30, 12, tzinfo=east(5, 45)))),
        (("2026-06-30+01:00", "12:00:00.123+01:00"), Moment(datetime(2026, 6, 30, 12, tzinfo=east(1)))),
        (("2026-06-30+01:00", "12:00+01:00"), Moment(datetime(2026, 6, 30, 12, tzinfo=east(1)))),
        (("2026-06-30+01:00", "24:00:00+01:00"), Moment(datetime(2026, 7, 1, 0, tzinfo=east(1)))),
        (("2026-06-30", "12:00:00"), Moment(datetime(2026, 6, 30, 12, tzinfo=UTC), has_offset=False)),
        (("2026-06-30+02:00", ""), Moment(datetime(2026, 6, 30, 23, 59, 59, tzinfo=east(2)), is_day=True)),
        (("2026-06-30", ""), Moment(datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC), is_day=True, has_offset=False)),
    ],
)
def test_a_deadline_keeps_its_offset_and_says_what_it_lacks(written, moment):
    day, clock = written

    lot, warnings = second_lot(DEADLINE, f"<cbc:EndDate>{day}</cbc:EndDate><cbc:EndTime>{clock}</cbc:EndTime>")

    assert lot.response_deadline == moment
    assert lot.response_deadline.at.utcoffset() == moment.at.utcoffset()
    assert not any("deadline" in warning for warning in warnings)


def test_two_offsets_of_one_deadline_are_said_and_that_of_the_time_counts():
    lot, warnings = second_lot(
        DEADLINE, "<cbc:EndDate>2026-03-30+01:00</cbc:EndDate><cbc:EndTime>12:00:00+02:00</cbc:EndTime>"
    )

    assert lot.response_deadline.at == datetime(2026, 3, 30, 12, tzinfo=east(2))
    assert (
        "The deadline of LOT-0002 has two offsets, one of its day and one of its time; that of the time counts."
        in warnings
    )


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026-02-30+01:00", "12:00:00+01:00"),
        ("1970-01-01Z", "00:00:00Z"),
        ("9999-12-31Z", "23:59:59Z"),
        ("0000-00-00", "00:00:00"),
        ("30/06/2026", "12:00:00"),
        ("２０２６-06-30", "12:00:00"),
        ("2026-06-30+99:00", "12:00:00+01:00"),
        ("2026-06-30", "25:00:00"),
        ("2026-06-30", "12:60:00"),
        ("2026-06-30", "12:00:00+15:00"),
        ("2026-06-30", "noon"),
    ],
)
def test_a_deadline_that_cannot_be_is_left_out_and_said(day, clock):
    lot, warnings = second_lot(DEADLINE, f"<cbc:EndDate>{day}</cbc:EndDate><cbc:EndTime>{clock}</cbc:EndTime>")

    assert lot.response_deadline is None
    assert any(warning.startswith("The deadline of LOT-0002") for warning in warnings)


def test_expressions_of_interest_have_the_deadline_where_nothing_else_has():
    period = f"<cac:ParticipationRequestReceptionPeriod>{DEADLINE}</cac:ParticipationRequestReceptionPeriod>"
    nested = (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>"
        f"<efac:InterestExpressionReceptionPeriod>{DEADLINE}</efac:InterestExpressionReceptionPeriod>"
        "</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )

    lot, _warnings = second_lot(period, nested)

    assert lot.response_deadline.at == datetime(2026, 3, 24, 17, tzinfo=east(1))


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("2500.75", "EUR", Amount(None, Decimal("2500.75"), "EUR")),
        ("2500", "nok", Amount(None, Decimal("2500"), "NOK")),
        ("0", "EUR", Amount()),
        ("0.01", "EUR", Amount()),
        ("9999999.99", "EUR", Amount()),
        ("99999999", "EUR", Amount()),
        ("-1", "EUR", Amount()),
        ("NaN", "EUR", Amount()),
        ("1E9", "EUR", Amount()),
        ("9" * 400, "EUR", Amount()),
        ("2 500", "EUR", Amount()),
        ("2500", "", Amount()),
        ("2500", "euros", Amount()),
    ],
)
def test_a_value_is_read_exactly_or_is_not_said(written, currency, amount):
    lot, warnings = second_lot(VALUE, VALUE.replace("EUR", currency).replace(">1<", f">{written}<"))

    assert lot.amount == amount
    assert any("value" in warning for warning in warnings) == (amount == Amount())


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ENG", "en"),
        ("fra", "fr"),
        ("ELL", "el"),
        ("NOB", "no"),
        ("NNO", "no"),
        ("NOR", "no"),
        ("GLE", "ga"),
        ("XYZ", None),
        ("ZU", "zu"),
    ],
)
def test_languages_of_three_letters_become_those_of_our_list(written, code):
    end = "</cbc:ID></cac:Language>\n    </cac:TenderingTerms>"

    notice = read((f"FRA{end}", f"{written}{end}"))

    assert notice.lots[1].languages == ((code,) if code else ())


@pytest.mark.parametrize(
    ("written", "code"), [("GBR", "GB"), ("GRC", "GR"), ("DEU", "DE"), ("DE", "DE"), ("1A0", "XK"), ("ZZZ", None)]
)
def test_countries_of_three_letters_become_two(written, code):
    country = '<cbc:IdentificationCode listName="country">GRC</cbc:IdentificationCode>'

    notice = read((country, country.replace("GRC", written)))

    assert notice.lots[0].countries == ((code,) if code else ())
    assert (f"The country {written!r} is not known." in notice.warnings) == (code is None)


@pytest.mark.parametrize(
    "written",
    [
        "ftp://files.example/x",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "see below",
        "http://[::1",
        "https://official.example@elsewhere.example/",
        "https://",
    ],
)
def test_what_is_no_address_of_a_page_is_never_handed_on(written):
    notice = read(("https://achats.vaulmont.example/repondre", written))

    assert notice.submission_url == ""
    assert f"{written!r} is no address of a page." in notice.warnings


def test_a_contract_that_would_end_before_it_begins_has_no_end():
    notice = read(("2028-08-31+02:00", "2025-08-31+02:00"))

    assert notice.lots[0].ends_on is None
    assert "The contract would end before it begins." in notice.warnings
