"""The lots of a notice as facts: codes of our lists, values in minor units, and the number that each keeps here."""

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from marketplace.calls.feeds import notice as said
from marketplace.core.vocab import countries, cpv, currency, nuts

#: More than these no page shows; the official text has them all.
MOST_LOTS = 250
MOST_CODES = 40
MOST_REGIONS = 60
#: What a column of money holds; a value above it is a slip.
MOST_MINOR = 10**15
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class NoCall(Exception):
    """Why a notice can be no call, as a code of reasons.py with its parameters."""

    def __init__(self, code, **parameters):
        super().__init__(code)
        self.reason = [code, parameters]


@dataclass
class Lots:
    facts: list[tuple[str, dict]] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    #: (name, lot of the notice) of those that the notice has not cancelled.
    standing: list = field(default_factory=list)


def clean(text):
    """Without what no database and no page holds: NUL, control signs, halves of surrogate pairs."""
    return _UNFIT.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def cut(text, most, remarks):
    if len(text) <= most:
        return text
    remarks.append(["cut", {}])
    return text[: most - 1].rstrip() + "…"


def read(notice, *, country, currency_code, reservations, remarks):
    """Those that may stand on a page; raises NoCall where none of them stands, or one does not say what is bought."""
    given = notice.lots or (said.NoticeLot(identifier="", title=notice.title, amount=notice.amount),)
    if len(given) > MOST_LOTS:
        remarks.append(["more-lots", {"all": len(given), "most": MOST_LOTS}])
    found = Lots()
    for lot in given[:MOST_LOTS]:
        key = _free_key(clean(lot.identifier)[:100], found)
        if lot.is_cancelled:
            found.cancelled.add(key)
        else:
            found.standing.append((key, lot))
        found.facts.append((key, _facts(lot, notice, country, currency_code, reservations, remarks)))
    if not found.standing:
        raise NoCall("no-lots")
    if not all(facts["cpv"] for _key, facts in found.facts):
        raise NoCall("no-cpv")
    return found


def _free_key(key, found):
    taken = {other for other, _facts in found.facts}
    if key not in taken:
        return key
    return next(f"{key}#{number}" for number in range(2, MOST_LOTS + 2) if f"{key}#{number}" not in taken)


def _facts(lot, notice, country, currency_code, reservations, remarks):
    title = " ".join(clean(lot.title).split()) or " ".join(clean(notice.title).split())
    # The value of the whole is that of its only lot.
    amount = lot.amount if len(notice.lots) > 1 or _says(lot.amount) else notice.amount
    low, high = _value(amount, currency_code, remarks)
    reserved = next((reservations[code] for code in lot.reserved_for if code in reservations), None)
    return {
        "title": cut(title, 200, remarks),
        "description": cut(clean(lot.description), 5_000, remarks),
        "cpv": services([*lot.cpv, *([] if services(lot.cpv, []) else notice.cpv)], remarks),
        "regions": regions(lot, notice, country, remarks),
        "value_from": low,
        "value_to": high,
        "reservation_id": reserved[0] if reserved else None,
        "reservation_grounds": reserved[1] if reserved else "",
    }


def services(codes, remarks):
    """Those of the list in force, each once."""
    for code in codes:
        if not cpv.exists(code):
            remarks.append(["unknown-cpv", {"code": clean(code)[:40]}])
    return [code for code in dict.fromkeys(codes) if cpv.exists(code)][:MOST_CODES]


def regions(lot, notice, country, remarks):
    """NUTS codes of the lot, else of the whole, else countries that it names, else the buyer's country."""
    for of_part in (lot, notice):
        found = _known(of_part.regions, remarks)
        named = {nuts.find(code).country for code in found}
        codes = (countries.find(code) for code in of_part.countries)
        found += [countries.european(code) for code in codes if code and code not in named]
        if found:
            return list(dict.fromkeys(found))[:MOST_REGIONS]
    return [countries.european(country)]


def _known(codes, remarks):
    """A code of an older list is read as the smallest region that still lies around it."""
    found = []
    for code in codes:
        region = nuts.nearest(code)
        if region is None:
            remarks.append(["unknown-region", {"code": clean(code)[:40]}])
        elif region.code not in found:
            found.append(region.code)
    return found


def _says(amount):
    return amount.low is not None or amount.high is not None


def _value(amount, code, remarks):
    if not _says(amount):
        return None, None
    if amount.currency and amount.currency.upper() != code:
        if currency.find(amount.currency):
            remarks.append(["unknown-currency", {"currency": amount.currency}])
        return None, None
    low, high = minor(amount.low, code), minor(amount.high, code)
    is_odd = (low is None) != (amount.low is None) or (high is None) != (amount.high is None)
    if low is not None and high is not None and low > high:
        is_odd, low = True, None
    if is_odd:
        remarks.append(["odd-value", {}])
    return low, high


def minor(amount, code):
    """In minor units, to the nearest one; None for what is no amount of money."""
    if amount is None or not amount.is_finite() or amount < 0:
        return None
    try:
        exact = amount.quantize(Decimal(1).scaleb(-currency.exponent(code)), ROUND_HALF_UP)
    except InvalidOperation:
        return None
    found = currency.to_minor(exact, code)
    return found if found <= MOST_MINOR else None


# --- The number of each -----------------------------------------------------------------------------------------------


def numbered(lots, known, standing, highest):
    """{name in the source: number here}: a lot keeps its number, a new one gets one that no lot ever had.

    `known` is that of the notice before, `standing` {number: title} of the lots that stand, `highest` the highest
    number there ever was. A source that names its lots anew is followed by their titles.
    """
    found, free = {}, dict(standing)
    for key, _facts in lots:
        if known.get(key) in free:
            found[key] = known[key]
            del free[known[key]]
    for key, facts in lots:
        if key not in found:
            number = next((number for number, title in free.items() if title == facts["title"]), None)
            if number is None and len(lots) == len(standing) == 1:
                number = next(iter(free), None)
            if number is None:
                highest += 1
                number = highest
            free.pop(number, None)
            found[key] = number
    return found
