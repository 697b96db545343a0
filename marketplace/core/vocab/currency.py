"""Currencies by ISO 4217: how many minor units make one. Money is kept as an integer number of minor units."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Currency:
    """`exponent` is the number of decimals: 2 for euro and cent, 0 for yen, 3 for Kuwaiti dinar and fils."""

    code: str
    name: "StrPromise"
    exponent: int = 2


ALL = (
    Currency("EUR", _("Euro")),
    Currency("GBP", _("Pound sterling")),
    Currency("AED", _("UAE dirham")),
    Currency("ALL", _("Albanian lek")),
    Currency("AMD", _("Armenian dram")),
    Currency("AUD", _("Australian dollar")),
    Currency("AZN", _("Azerbaijani manat")),
    Currency("BAM", _("Bosnia and Herzegovina convertible mark")),
    Currency("BGN", _("Bulgarian lev")),
    Currency("BHD", _("Bahraini dinar"), 3),
    Currency("BRL", _("Brazilian real")),
    Currency("CAD", _("Canadian dollar")),
    Currency("CHF", _("Swiss franc")),
    Currency("CLP", _("Chilean peso"), 0),
    Currency("CNY", _("Chinese yuan")),
    Currency("CZK", _("Czech koruna")),
    Currency("DKK", _("Danish krone")),
    Currency("DZD", _("Algerian dinar")),
    Currency("EGP", _("Egyptian pound")),
    Currency("GEL", _("Georgian lari")),
    Currency("HKD", _("Hong Kong dollar")),
    Currency("HRK", _("Croatian kuna")),
    Currency("HUF", _("Hungarian forint")),
    Currency("IDR", _("Indonesian rupiah")),
    Currency("ILS", _("Israeli new shekel")),
    Currency("INR", _("Indian rupee")),
    Currency("IQD", _("Iraqi dinar"), 3),
    Currency("ISK", _("Icelandic króna"), 0),
    Currency("JOD", _("Jordanian dinar"), 3),
    Currency("JPY", _("Japanese yen"), 0),
    Currency("KRW", _("South Korean won"), 0),
    Currency("KWD", _("Kuwaiti dinar"), 3),
    Currency("MAD", _("Moroccan dirham")),
    Currency("MDL", _("Moldovan leu")),
    Currency("MKD", _("Macedonian denar")),
    Currency("MXN", _("Mexican peso")),
    Currency("MYR", _("Malaysian ringgit")),
    Currency("NGN", _("Nigerian naira")),
    Currency("NOK", _("Norwegian krone")),
    Currency("NZD", _("New Zealand dollar")),
    Currency("PHP", _("Philippine peso")),
    Currency("PKR", _("Pakistani rupee")),
    Currency("PLN", _("Polish zloty")),
    Currency("RON", _("Romanian leu")),
    Currency("RSD", _("Serbian dinar")),
    Currency("SAR", _("Saudi riyal")),
    Currency("SEK", _("Swedish krona")),
    Currency("SGD", _("Singapore dollar")),
    Currency("THB", _("Thai baht")),
    Currency("TND", _("Tunisian dinar"), 3),
    Currency("TRY", _("Turkish lira")),
    Currency("UAH", _("Ukrainian hryvnia")),
    Currency("USD", _("US dollar")),
    Currency("VND", _("Vietnamese dong"), 0),
    Currency("XAF", _("Central African CFA franc"), 0),
    Currency("XOF", _("West African CFA franc"), 0),
    Currency("ZAR", _("South African rand")),
)
_BY_CODE = {currency.code: currency for currency in ALL}


class InexactAmount(ValueError):
    """The amount has more decimals than its currency has minor units."""


def find(code: str) -> Currency | None:
    return _BY_CODE.get(code.strip().upper())


def exponent(code: str) -> int:
    """The number of decimals; KeyError for a currency that is not ours, since a guess would move the point."""
    return _BY_CODE[code].exponent


def to_minor(amount: Decimal, code: str) -> int:
    """The amount in minor units, exactly; InexactAmount rather than rounding, also for what is no finite number."""
    if not amount.is_finite():
        raise InexactAmount(f"{amount} is not an amount")
    digits = amount.scaleb(exponent(code))
    if digits != digits.to_integral_value():
        raise InexactAmount(f"{amount} {code} has more than {exponent(code)} decimals")
    return int(digits)


def from_minor(minor: int, code: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(code))
