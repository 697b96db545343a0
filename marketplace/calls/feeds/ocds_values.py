"""The values of OCDS as its publishers write them: texts, addresses, codes, days and times, money.

Nothing is taken for granted: any field may hold any kind of value, and what cannot be read is passed over with a
warning.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from marketplace.calls.feeds.notice import Amount, Moment
from marketplace.core.vocab import cpv, languages

Warn = Callable[[str], None]
Fields = dict[str, Any]

NUMBERS = (int, Decimal)
#: What no page and no database can hold.
UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
#: What people write where a form wants words and they have none.
NOTHING = frozenset(("n/a", "na", "none", "null", "nil", "tbc", "tbd", "-", "--", ".", "x"))
LONGEST_SHOWN = 60

ADDRESS = re.compile(r"https?://[^\s/?#<>\"']+[^\s<>\"']*|\bwww\.[^\s/?#<>\"']+\.[^\s<>\"']+", re.IGNORECASE)
LONGEST_ADDRESS = 2_000

WHEN = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)?\s*(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.IGNORECASE,
)
#: Outside them a day only fills the field (0001-01-01, 1900-01-01, 9999-12-31).
YEARS = range(1990, 2101)
WIDEST_OFFSET = timedelta(hours=14)
MIDNIGHT = time(0, 0, 0)
LAST_SECOND = time(23, 59, 59)

NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")
CURRENCY = re.compile(r"[A-Z]{3}")
NINES = re.compile(r"9{6,}(?:\.[09]+)?")
#: The largest numbers that computers hold, which people get when they ask for the largest.
LARGEST = frozenset((Decimal(2**31 - 1), Decimal(2**32 - 1), Decimal(2**63 - 1)))
#: More than any state spends in a year.
UNTHINKABLE = Decimal(10) ** 14

#: Its two written forms, which our list keeps as one.
NORWEGIAN = frozenset(("nb", "nn", "nob", "nno"))
CPV = re.compile(r"([0-9]{7,8})(?:-[0-9])?")
CPV_SCHEMES = frozenset(("CPV", "CPVS", "X_CPV", "CPV2008", "EU-CPV", ""))


class Unusable(Exception):
    """The release cannot be read as a notice; the message says why."""


# --- Whatever a field holds -----------------------------------------------------------------------------------------


def fields(value: Any) -> Fields:
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Fields]:
    """The objects of a list; publishers that have one object often forget the list."""
    found = value if isinstance(value, list) else [value]
    return [row for row in found if isinstance(row, dict)]


def words(value: Any) -> list[str]:
    """The texts of a list, or of one that should be a list."""
    found = value if isinstance(value, list) else [value]
    return [word for word in map(line, found) if word]


def text(value: Any) -> str:
    """A text of any number of lines; numbers are written out."""
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, NUMBERS):
            return ""
        value = str(value)
    # Of some two hundred fields of a release nearly all are plain.
    if value.isascii() and value.isprintable():
        return value.strip()
    return UNWRITABLE.sub("", value.replace("\r\n", "\n")).strip()


def line(value: Any) -> str:
    """A text of one line."""
    return " ".join(text(value).split())


def said(value: Any) -> str:
    """A text of one line, unless it only fills the field."""
    found = line(value)
    return "" if found.casefold() in NOTHING else found


def in_language(row: Fields, name: str, language: str) -> Any:
    """A field, or where it is empty its variant in the language of the release, else in any (`title_fr`)."""
    if text(row.get(name)):
        return row[name]
    variants = {key: value for key, value in row.items() if key.startswith(f"{name}_") and text(value)}
    return variants.get(f"{name}_{language}") or next(iter(variants.values()), None)


def shown(value: Any) -> str:
    return repr(line(value)[:LONGEST_SHOWN])


def once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in found if each))


def address(value: Any) -> str:
    """The first address of a page in a text that may say more."""
    found = ADDRESS.search(text(value))
    if not found:
        return ""
    written = found[0].rstrip(".,;:!?)]}")
    written = f"https://{written}" if written[:4].lower() == "www." else written
    return written if len(written) <= LONGEST_ADDRESS else ""


# --- Codes ----------------------------------------------------------------------------------------------------------


def language(value: Any, warn: Warn) -> str:
    """ISO 639-1 where there is such a code; other codes of two letters stay what they are."""
    written = line(value)
    if not written:
        return ""
    if known := languages.find(written):
        return known.code
    if written.lower() in NORWEGIAN:
        return "no"
    warn(f"The language {shown(written)} is not in our list.")
    primary = written.lower().replace("_", "-").split("-")[0]
    return primary if re.fullmatch("[a-z]{2}", primary) else ""


def classes(row: Fields, warn: Warn) -> list[str]:
    """The CPV codes of a tender or an item, the main one first."""
    additional = (_class(each, warn) for each in rows(row.get("additionalClassifications")))
    return [*main_classes(row, warn), *(code for code in additional if code)]


def main_classes(row: Fields, warn: Warn) -> list[str]:
    return [code for code in (_class(each, warn) for each in rows(row.get("classification"))) if code]


def _class(row: Fields, warn: Warn) -> str:
    if line(row.get("scheme")).upper() not in CPV_SCHEMES:
        return ""
    written = line(row.get("id"))
    code = CPV.fullmatch(written)
    # Spreadsheets take the zero from the front of 03000000.
    if code and cpv.exists(code[1].zfill(8)):
        return code[1].zfill(8)
    # Codes of the supplementary vocabulary begin with letters.
    if written[:1].isdigit() and row.get("scheme"):
        warn(f"There is no CPV code {shown(written)}.")
    return ""


# --- Days and times -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """As it is written; `clock` and `offset` are None where they are not."""

    day: date
    clock: time | None
    offset: timezone | None

    @property
    def at(self) -> datetime:
        return datetime.combine(self.day, self.clock or MIDNIGHT, self.offset or UTC)

    @property
    def tells_time(self) -> bool:
        # Some write the last second of a day with all its nines.
        return self.clock is not None and self.clock.replace(microsecond=0) not in (MIDNIGHT, LAST_SECOND)


def when(value: Any) -> When | None:
    found = WHEN.fullmatch(line(value))
    if not found or int(found[1]) not in YEARS:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        micros = int((found[7] or "").ljust(6, "0"))
        clock = time(hour, minute, second, micros) if found[4] else None
        return When(date(year, month, day), clock, _offset(found[8]))
    except ValueError:
        return None


def _offset(written: str | None) -> timezone | None:
    if not written:
        return None
    if written in "Zz":
        return UTC
    minutes = int(written[-2:]) if len(written) > 3 else 0
    distance = timedelta(hours=int(written[1:3]), minutes=minutes)
    if minutes > 59 or distance > WIDEST_OFFSET:
        raise ValueError(written)
    return timezone(-distance if written[0] == "-" else distance)


def day(value: Any, warn: Warn) -> date | None:
    """The day as it is written, whatever its time and offset."""
    found = when(value)
    if found is None and text(value):
        warn(f"{shown(value)} is no day that can be.")
    return found.day if found else None


def period(value: Any, warn: Warn) -> tuple[date | None, date | None]:
    row = fields(value)
    first, last = day(row.get("startDate"), warn), day(row.get("endDate"), warn)
    if first and last and last < first:
        warn(f"The contract would end on {last}, before it begins; its end was passed over.")
        last = None
    return first, last


def tells_times(tender: Fields) -> bool:
    """Whether any moment of a procedure is given with a time of day; else midnight only fills the field."""
    periods = [fields(tender.get(name)) for name in ("tenderPeriod", "enquiryPeriod", "awardPeriod")]
    periods += [fields(lot.get("tenderPeriod")) for lot in rows(tender.get("lots"))]
    written = [row.get(end) for row in periods for end in ("startDate", "endDate")]
    written += [fields(tender.get("bidOpening")).get("date"), tender.get("expressionOfInterestDeadline")]
    return any(moment.tells_time for moment in map(when, written) if moment)


def moment(value: Any, has_times: bool, warn: Warn) -> Moment | None:
    found = when(value)
    if found is None:
        if text(value):
            warn(f"The deadline {shown(value)} cannot be read.")
        return None
    has_offset = found.offset is not None
    is_filled_up = found.clock == MIDNIGHT and not has_times
    if is_filled_up:
        warn(f"The deadline {shown(value)} is midnight in a notice that gives no times; it was read as the whole day.")
    if found.clock is None or is_filled_up:
        end = datetime.combine(found.day, LAST_SECOND, found.offset or UTC)
        return Moment(end, is_day=True, has_offset=has_offset)
    return Moment(found.at, has_offset=has_offset)


# --- Money ----------------------------------------------------------------------------------------------------------


def amount(row: Fields, warn: Warn) -> Amount:
    """`value`, and `minValue` where there is a range."""
    high, currency = _money(fields(row.get("value")), warn)
    low, currency_of_low = _money(fields(row.get("minValue")), warn)
    if low is not None and high is not None and (low > high or currency != currency_of_low):
        warn(f"The least value, {low} {currency_of_low}, does not go with the value, {high} {currency}.")
        low = None
    if low is None and high is None:
        return Amount()
    return Amount(low, high, currency if high is not None else currency_of_low)


def _money(row: Fields, warn: Warn) -> tuple[Decimal | None, str]:
    currency = line(row.get("currency")).upper()
    is_gross = not line(row.get("amount"))
    written = line(row.get("amountGross") if is_gross else row.get("amount"))
    if not written:
        return None, ""
    number = _number(written)
    if number is None or not CURRENCY.fullmatch(currency):
        warn(f"The value {shown(written)} {currency[:10]} cannot be read.")
        return None, ""
    if number <= 1 or number in LARGEST or number >= UNTHINKABLE or NINES.fullmatch(f"{number:f}"):
        if number:
            warn(f"The value {written[:LONGEST_SHOWN]} {currency} only fills the field.")
        return None, ""
    if is_gross:
        warn("The value is with VAT; none is given without.")
    return number, currency


def _number(written: str) -> Decimal | None:
    """Nothing but digits and a point, and no more of them than money has; 1E+6 is written by spreadsheets."""
    plain = written.removeprefix("-")
    if not NUMBER.fullmatch(plain) and not re.fullmatch(r"[0-9](?:\.[0-9]{1,15})?[eE]\+?[0-9]{1,2}", plain):
        return None
    number = Decimal(written)
    return number if number.adjusted() < 30 else None
