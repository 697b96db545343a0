"""Money, moments and days as OCDS writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marketplace.calls.feeds.notice import Amount, Moment


def prices(amount: Amount) -> dict[str, Any]:
    """The estimate's upper end is its value, its lower end the least value; None is undisclosed."""
    ends = {"minValue": amount.low, "value": amount.high}
    return {
        name: {"amount": _number(end), "currency": amount.currency} for name, end in ends.items() if end is not None
    }


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def end(moment: Moment | None) -> datetime | None:
    return moment.at if moment else None


def period(begin: datetime | None, end: datetime | None) -> dict[str, Any]:
    return filled({"startDate": begin and exactly(begin), "endDate": end and end.isoformat()})


def days(first: date | None, last: date | None) -> dict[str, Any]:
    """The standard knows no days: their first and last seconds."""
    return filled({"startDate": first and f"{first}T00:00:00Z", "endDate": last and f"{last}T23:59:59Z"})


def exactly(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """What is not said is left out; nothing, false and nought are said."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
