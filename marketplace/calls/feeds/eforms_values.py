"""The values of eForms: texts in several languages, codes, days and times with their own offsets, money, addresses."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from marketplace.calls.feeds.eforms_xml import EXTENSION, Element, every, first, text
from marketplace.calls.feeds.notice import Amount, Moment
from marketplace.core.vocab import countries, cpv, languages

OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})" + OFFSET)
TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?" + OFFSET)
#: Outside them a day is a slip or the mask of a field that is not published (1970-01-01).
YEARS = range(1990, 2101)
WIDEST_OFFSET = timedelta(hours=14)

MONEY = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
CURRENCY = re.compile(r"[A-Z]{3}")
#: What people write where a form wants a number and they have none: 9999999.99 and the like.
NINES = re.compile(r"9{6,}(?:\.9+)?")

CPV = re.compile(r"([0-9]{8})(?:-[0-9])?")
NUTS = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
#: Without a user, which can look like a host, and without a numbered host.
WEB = re.compile(r"https?://[^\s/?#@\[\]<>\"]+(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)
LONGEST_ADDRESS = 2_000
#: Both written forms of Norwegian are kept as Norwegian, like everywhere in our lists.
NORWEGIAN = {"NOB", "NNO", "NB", "NN"}


class Source:
    """One notice while it is read: in which language, and what had to be passed over."""

    def __init__(self, language: str, warnings: list[str]) -> None:
        #: Three letters, as the notice writes them.
        self.language = language
        self._warnings = dict.fromkeys(warnings)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def warn(self, words: str) -> None:
        self._warnings[words] = None

    # --- Texts and codes ----------------------------------------------------------------------------------------

    def words(self, element: Element | None, path: str, what: str) -> str:
        """A text in the notice's language, else in the one that stands first."""
        said = [(found.get("languageID", "").upper(), (found.text or "").strip()) for found in every(element, path)]
        said = [(language, words) for language, words in said if words]
        for wanted in (self.language, ""):
            for language, words in said:
                if language == wanted:
                    return words
        if said and self.language:
            self.warn(f"{what} is not in the notice's language, {self.language}, but in {said[0][0][:20]}.")
        return said[0][1] if said else ""

    def language_of(self, written: str) -> str:
        """ISO 639-1; codes of two letters that our list has not stay what they are."""
        code = written.strip().upper()
        if code in NORWEGIAN:
            return "no"
        if not code:
            return ""
        if known := languages.find(code):
            return known.code
        self.warn(f"The language {code[:20]!r} is not in our list.")
        return code.lower() if re.fullmatch("[A-Z]{2}", code) else ""

    def country_of(self, written: str) -> str:
        code = written.strip()
        found = countries.find(code) if code else ""
        if found is None:
            self.warn(f"The country {code[:20]!r} is not known.")
        return found or ""

    def region_of(self, written: str) -> str:
        """A NUTS code of any year, with the letters that NUTS has for Greece and the United Kingdom."""
        code = written.strip().upper()
        if not NUTS.fullmatch(code):
            if code:
                self.warn(f"{code[:20]!r} is no NUTS code.")
            return ""
        return countries.european(code[:2]) + code[2:]

    def cpv_of(self, project: Element | None) -> tuple[str, ...]:
        """BT-262 and BT-263, the main code first."""
        main = every(project, "cac:MainCommodityClassification/cbc:ItemClassificationCode")
        more = every(project, "cac:AdditionalCommodityClassification/cbc:ItemClassificationCode")
        found = (self._cpv(code) for code in (*main, *more) if code.get("listName", "cpv").lower() in ("cpv", ""))
        return tuple(dict.fromkeys(code for code in found if code))

    def _cpv(self, element: Element) -> str:
        written = (element.text or "").strip()
        code = CPV.fullmatch(written)
        if code and cpv.exists(code[1]):
            return code[1]
        if written:
            self.warn(f"There is no CPV code {written[:20]!r}.")
        return ""

    def web_address(self, written: str) -> str:
        """An address that a browser may follow; others (FTP, mail, none at all) are passed over."""
        address = f"https://{written}" if written.lower().startswith("www.") else written
        if WEB.fullmatch(address) and len(address) <= LONGEST_ADDRESS:
            return address
        if written:
            self.warn(f"{written[:60]!r} is no address of a page.")
        return ""

    # --- Days and times -----------------------------------------------------------------------------------------

    def deadline(self, period: Element | None, what: str) -> Moment | None:
        """eForms writes the day and the time as two elements, each with an offset; the same one by its rules."""
        return self.moment(text(period, "cbc:EndDate"), text(period, "cbc:EndTime"), what)

    def moment(self, written: str, clock: str, what: str) -> Moment | None:
        day = self.day(written, what)
        found = DAY.fullmatch(written)
        if day is None or found is None:
            return None
        offset_of_day = _offset(found[4])
        if not clock:
            end = datetime.combine(day, time(23, 59, 59), offset_of_day or UTC)
            return Moment(end, is_day=True, has_offset=offset_of_day is not None)
        return self._at(day, clock, offset_of_day, what)

    def _at(self, day: date, clock: str, offset_of_day: timezone | None, what: str) -> Moment | None:
        found = TIME.fullmatch(clock)
        moment = _clock(day, int(found[1]), int(found[2]), int(found[3] or 0)) if found else None
        offset = _offset(found[4]) if found else None
        if found is None or moment is None or (found[4] and offset is None):
            self.warn(f"{what} has a time that cannot be read: {clock[:40]!r}.")
            return None
        if offset and offset_of_day and offset != offset_of_day:
            self.warn(f"{what} has two offsets, one of its day and one of its time; that of the time counts.")
        chosen = offset or offset_of_day
        return Moment(moment.replace(tzinfo=chosen or UTC), has_offset=chosen is not None)

    def day(self, written: str, what: str) -> date | None:
        found = DAY.fullmatch(written)
        if found and int(found[1]) in YEARS and (found[4] is None or _offset(found[4]) is not None):
            with suppress(ValueError):
                return date(int(found[1]), int(found[2]), int(found[3]))
        if written:
            self.warn(f"{what} is no day that can be: {written[:40]!r}.")
        return None

    # --- Money --------------------------------------------------------------------------------------------------

    def amount(self, project: Element | None) -> Amount:
        """BT-27, the highest value that is expected; above it BT-271, the ceiling of a framework agreement."""
        total = first(project, "cac:RequestedTenderTotal")
        estimate = self._money(first(total, "cbc:EstimatedOverallContractAmount"))
        ceiling = self._money(first(total, f"{EXTENSION}/efbc:FrameworkMaximumAmount"))
        if estimate.high is None or ceiling.high is None:
            return ceiling if estimate.high is None else estimate
        if estimate.currency != ceiling.currency:
            self.warn("The value and the ceiling of the framework are in two currencies; the value counts.")
            return estimate
        return ceiling if ceiling.high > estimate.high else estimate

    def _money(self, element: Element | None) -> Amount:
        if element is None:
            return Amount()
        written, currency = (element.text or "").strip(), element.get("currencyID", "").strip().upper()
        # Masked fields hold -1.
        if not MONEY.fullmatch(written) or not CURRENCY.fullmatch(currency):
            if written:
                self.warn(f"A value cannot be read: {written[:40]!r} {currency[:10]}.")
            return Amount()
        if Decimal(written) <= 1 or NINES.fullmatch(written):
            self.warn(f"The value {written} {currency} only fills the field.")
            return Amount()
        return Amount(high=Decimal(written), currency=currency)


def _offset(written: str | None) -> timezone | None:
    if not written:
        return None
    if written == "Z":
        return UTC
    distance = timedelta(hours=int(written[1:3]), minutes=int(written[4:6]))
    if distance > WIDEST_OFFSET or int(written[4:6]) > 59:
        return None
    return timezone(-distance if written[0] == "-" else distance)


def _clock(day: date, hour: int, minute: int, second: int) -> datetime | None:
    """Without an offset; 24:00 is the midnight that ends the day."""
    if (hour, minute, second) == (24, 0, 0):
        return datetime.combine(day + timedelta(days=1), time())
    try:
        return datetime.combine(day, time(hour, minute, second))
    except ValueError:
        return None
