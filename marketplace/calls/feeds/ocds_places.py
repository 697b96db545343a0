"""Where OCDS says that something is: publishers write NUTS codes, names of regions and countries into any field."""

import re
from collections.abc import Iterable
from functools import cache

from marketplace.calls.feeds.ocds_values import Fields, Warn, fields, line, once, rows, shown, words
from marketplace.core.vocab import countries, nuts
from marketplace.core.vocab import words as spelling

#: What publishers write for the United Kingdom, and other names that no list of countries has.
OTHER_NAMES = {
    "england": "GB", "eng": "GB", "scotland": "GB", "sct": "GB", "wales": "GB", "wls": "GB", "cymru": "GB",
    "northern ireland": "GB", "nir": "GB", "great britain": "GB", "britain": "GB", "united kingdom uk": "GB",
    "united kingdom of great britain and northern ireland": "GB",
    "the united kingdom": "GB", "the netherlands": "NL", "holland": "NL", "czech republic": "CZ", "usa": "US",
    "united states": "US", "republic of ireland": "IE", "russian federation": "RU", "turkey": "TR",
}  # fmt: skip
#: England is no region of NUTS, but nine.
ENGLAND = ("UKC", "UKD", "UKE", "UKF", "UKG", "UKH", "UKI", "UKJ", "UKK")
#: A code, and what may stand behind it for people; digits there would make it a postcode.
CODE = re.compile(r"([A-Z]{2}[A-Z0-9]{0,3})(?:[\s(:,–-][^0-9]*)?")
IN_BRACKETS = re.compile(r"\s*\([^)]*\)")

Places = tuple[tuple[str, ...], tuple[str, ...]]


def country(row: Fields, warn: Warn) -> str:
    """ISO 3166-1 alpha-2 of an address, by whatever code or name it has; empty where nothing is said."""
    written = [line(row.get(name)) for name in ("country", "countryCode", "countryName")]
    for name in filter(None, written):
        if found := _country(name):
            return found
    if any(written):
        warn(f"The country {shown(next(filter(None, written)))} is not known.")
    return ""


def _country(written: str) -> str:
    code = countries.find(written) if len(written) <= 3 else ""
    return code or _countries().get(_spelt(written), "")


@cache
def _countries() -> dict[str, str]:
    """Codes by the names that countries have in the languages of our list."""
    every = ((countries.name(code, language), code) for language in countries.languages() for code in countries.codes())
    return {_spelt(name): code for name, code in every} | OTHER_NAMES


def _spelt(written: str) -> str:
    return " ".join(spelling.split(written))


def regions(row: Fields, of: str) -> tuple[str, ...]:
    """NUTS codes of an address, which may be written or only named; `of` is its country, where that is known."""
    written = line(row.get("region"))
    if code := _region_code(written, of):
        return (code,)
    # Publishers of the United Kingdom name its nations as countries.
    called = _spelt(written or (line(row.get("countryName")) if of == "GB" else ""))
    if of == "GB" and called in ("england", "eng"):
        return ENGLAND
    named = _regions().get((of, called))
    return (named,) if named else ()


def _region_code(written: str, of: str) -> str:
    found = CODE.fullmatch(written)
    if not found or (found[1] != written and not re.search("[0-9]", found[1])):
        return ""
    code = countries.european(found[1][:2]) + found[1][2:]
    iso = countries.EUROPEAN_TO_ISO.get(code[:2], code[:2])
    # What is not in the list may be of another year, and then has a digit: ITALY is no region of Italy.
    is_listed = code in nuts.regions() or (len(code) > 2 and code[:2] in nuts.regions() and code[-1].isdigit())
    return code if is_listed and of in ("", iso) else ""


@cache
def _regions() -> dict[tuple[str, str], str]:
    """Codes by country and name; of namesakes the largest."""
    found: dict[tuple[str, str], str] = {}
    for region in sorted(nuts.regions().values(), key=lambda region: (region.level, region.code)):
        if region.level and not region.is_extra:
            found.setdefault((region.country, _spelt(IN_BRACKETS.sub("", region.name))), region.code)
    return found


def places(items: Iterable[Fields], warn: Warn) -> Places:
    """Regions of items, and the countries of places that have no region."""
    found_regions: list[str] = []
    found_countries: list[str] = []
    for item in items:
        for row in [*rows(item.get("deliveryAddresses")), *rows(item.get("deliveryAddress"))]:
            of = country(row, warn)
            own = regions(row, of)
            found_regions += own
            found_countries += [of] if not own else []
        for location in [*rows(item.get("deliveryLocation")), *rows(item.get("deliveryLocations"))]:
            found_regions += _gazetteer(location)
    return once(found_regions), once(found_countries)


def _gazetteer(location: Fields) -> list[str]:
    gazetteer = fields(location.get("gazetteer"))
    if line(gazetteer.get("scheme")).upper() != "NUTS":
        return []
    return [code for code in (_region_code(written, "") for written in words(gazetteer.get("identifiers"))) if code]
