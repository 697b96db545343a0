"""One row of a stranger's table, understood: a draft of a supplier and remarks on what was not understood.

A row without a name or a country, or with a register's number that cannot be right, is only reported. Anything else
that is wrong is left out with a remark, and the draft is as complete as the rest makes it.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import identifiers
from marketplace.core.vocab import countries, cpv, languages, nuts, words
from suppliers.models import SizeBand

Problem = list[str]

#: What each remark says; `typed` is what stood in the cell.
SENTENCES: dict[str, Any] = {
    "no-name": _("There is no name."),
    "no-country": _("There is no country, and none is set for rows without one."),
    "unknown-country": _("“%(typed)s” is no country we know."),
    "number": _("“%(typed)s” is not a number of a register of this country."),
    "vat": _("“%(typed)s” is not a VAT number; it was left out."),
    "email": _("“%(typed)s” is no e-mail address; nobody is asked yet."),
    "website": _("“%(typed)s” is no web address; it was left out."),
    "language": _("“%(typed)s” is no language we know; it was left out."),
    "cpv": _("“%(typed)s” is no CPV code; it was left out."),
    "region": _("“%(typed)s” is no region we know in this country; it was left out."),
    "size": _("“%(typed)s” says no size we know; it was left out."),
    "too-large": _("A firm of %(typed)s people is no small or medium enterprise; the size was left out."),
    "founded": _("“%(typed)s” is no year of foundation; it was left out."),
    "cut": _("The text is too long and was cut."),
    "twice": _("A row above is the same firm; this one was not used."),
    "kept": _("The firm is here already and somebody acts for it: its profile is theirs, nothing was changed."),
    "not-a-supplier": _("The organisation is here already, but not as a supplier; nothing was changed."),
    "ambiguous": _("The number and the source’s own key name two different firms; nothing was changed."),
    "no-summary": _("It does not say what the firm does; the draft is incomplete."),
    "no-services": _("It names no service by a CPV code; the draft is incomplete."),
}
LONGEST = {"name": 200, "street": 200, "postcode": 20, "town": 120, "summary": 1500}
FIRST_DAY_OF_SHEETS = date(1899, 12, 30)
PARTS_OF_THE_UNITED_KINGDOM = ("uk", "england", "scotland", "wales", "northern ireland", "great britain", "britain")
SEPARATED = re.compile(r"[;,|/\n]+")
MOST_SERVICES = 60


@dataclass
class Draft:
    """What a row says of a firm, in the shapes of our models."""

    name: str
    country: str
    email: str = ""
    vat_number: str = ""
    website: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    based_in: str = ""
    summary: str = ""
    languages: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    size_band: str = ""
    founded_year: int | None = None
    #: (scheme, number), or None.
    identifier: tuple[str, str] | None = None
    source_key: str = ""

    @cached_property
    def key(self) -> str:
        """The same for the same firm in another file of the same source; asked for only when the draft is complete."""
        own = self.source_key or "\n".join([" ".join(words.split(self.name)), self.country, words.fold(self.town)])
        return hashlib.sha256(own.encode()).hexdigest()

    @property
    def digest(self) -> str:
        """The same for rows that say the same."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def sentence(problem: Problem) -> str:
    """A remark in the reader's language."""
    _field_name, code, typed = problem
    return str(SENTENCES[code]) % {"typed": typed}


def understand(fields: dict[str, str], *, country: str = "") -> tuple[Draft | None, list[Problem]]:
    """A draft with remarks, or None where the row can only be reported. `country` is of rows that name none."""
    problems: list[Problem] = []
    texts = {name: _text(name, fields.get(name, ""), problems) for name in LONGEST}
    home = _country(fields.get("country", ""), country, problems)
    if not texts["name"]:
        problems.append(["name", "no-name", ""])
    if not texts["name"] or not home:
        return None, problems
    draft = Draft(country=home, source_key=fields.get("key", "")[:200], **texts)
    typed = fields.get("identifier", "")
    draft.identifier = _identifier(typed, home) if typed else None
    if typed and draft.identifier is None:
        problems.append(["identifier", "number", typed[:60]])
        return None, problems
    for name, read in READERS.items():
        if value := fields.get(name, ""):
            read(draft, value, problems)
    problems += [[name, code, ""] for name, code in _missing(draft)]
    return draft, problems


def _missing(draft: Draft) -> list[tuple[str, str]]:
    gaps = [("summary", "no-summary", draft.summary), ("cpv", "no-services", draft.services)]
    return [(name, code) for name, code, value in gaps if not value]


def _text(name: str, typed: str, problems: list[Problem]) -> str:
    plain = typed
    if not typed.isprintable():
        plain = "".join(letter for letter in typed if letter.isprintable() or letter in "\n\t")
    plain = plain.strip() if name == "summary" else " ".join(plain.split())
    if len(plain) > LONGEST[name]:
        problems.append([name, "cut", ""])
    return plain[: LONGEST[name]].strip()


def _country(typed: str, fallback: str, problems: list[Problem]) -> str:
    if not typed:
        if not fallback:
            problems.append(["country", "no-country", ""])
        return fallback
    code = countries.find(typed) or _countries_by_name().get(" ".join(words.split(typed)), "")
    if not code:
        problems.append(["country", "unknown-country", typed[:60]])
    return code


@cache
def _countries_by_name() -> dict[str, str]:
    names = {
        " ".join(words.split(countries.name(code, language))): code
        for code in countries.codes()
        for language in countries.languages()
    }
    return names | dict.fromkeys(PARTS_OF_THE_UNITED_KINGDOM, "GB")


def _identifier(typed: str, country: str) -> tuple[str, str] | None:
    """The first register of the country whose numbers look like this one; any number where we know no register."""
    schemes = identifiers.schemes_of(country)
    for scheme in schemes[:-1] or schemes:
        try:
            return scheme.code, scheme.normalised(typed)
        except ValidationError:
            continue
    return None


def _vat(draft: Draft, typed: str, problems: list[Problem]) -> None:
    try:
        draft.vat_number = identifiers.normalised_vat(typed, draft.country)
    except ValidationError:
        problems.append(["vat_number", "vat", typed[:60]])


def _email(draft: Draft, typed: str, problems: list[Problem]) -> None:
    address = typed.removeprefix("mailto:").strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        problems.append(["email", "email", typed[:80]])
    else:
        draft.email = address[:254]


def _website(draft: Draft, typed: str, problems: list[Problem]) -> None:
    address = typed if "://" in typed else f"https://{typed}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        problems.append(["website", "website", typed[:80]])
    else:
        draft.website = address if len(address) <= 200 else ""


def _languages(draft: Draft, typed: str, problems: list[Problem]) -> None:
    for part in _parts(typed):
        known = languages.find(part)
        code = known.code if known else _languages_by_name().get(words.fold(part), "")
        if not code:
            problems.append(["languages", "language", part[:40]])
        elif code not in draft.languages:
            draft.languages.append(code)


@cache
def _languages_by_name() -> dict[str, str]:
    found = {words.fold(language.endonym): language.code for language in languages.ALL}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {words.fold(str(language.name)): language.code for language in languages.ALL}
    return found


def _services(draft: Draft, typed: str, problems: list[Problem]) -> None:
    for part in _parts(typed):
        written = re.match(r"[\d.\s-]{8,12}", part)
        try:
            # A spreadsheet eats the zero that codes of farming, mining and fuel begin with.
            digits = (written.group(0) if written else part).strip()
            code = cpv.parse(digits.zfill(8) if digits.isdigit() else digits)
        except cpv.UnknownCode:
            problems.append(["cpv", "cpv", part[:40]])
        else:
            if code not in draft.services and len(draft.services) < MOST_SERVICES:
                draft.services.append(code)


def _based_in(draft: Draft, typed: str, problems: list[Problem]) -> None:
    code = _region(typed, draft.country)
    if code:
        draft.based_in = code
    else:
        problems.append(["based_in", "region", typed[:60]])


def _regions(draft: Draft, typed: str, problems: list[Problem]) -> None:
    for part in _parts(typed):
        code = _region(part, draft.country)
        if not code:
            problems.append(["regions", "region", part[:60]])
        elif code not in draft.regions:
            draft.regions.append(code)


@lru_cache(maxsize=20_000)
def _region(typed: str, country: str) -> str:
    """A NUTS code of the country by code or by its whole name."""
    exact = nuts.find(typed)
    if exact and (exact.country == country or exact.level == 0):
        return exact.code
    asked = " ".join(words.split(typed))
    for code in nuts.search(typed, limit=10):
        region = nuts.find(code)
        if region and region.country == country and " ".join(words.split(region.name)) == asked:
            return code
    return ""


def _size(draft: Draft, typed: str, problems: list[Problem]) -> None:
    plain = words.fold(typed)
    band = next((band for band in SizeBand.values if band in plain), "")
    numbers = [int(number) for number in re.findall(r"\d+", typed.replace(" ", "").replace(",", ""))[:2]]
    people = max(numbers, default=None)
    if not band and people is not None:
        if people >= 250:
            problems.append(["size", "too-large", str(people)[:12]])
            return
        band = SizeBand.MICRO if people < 10 else SizeBand.SMALL if people < 50 else SizeBand.MEDIUM
    if band:
        draft.size_band = band
    else:
        problems.append(["size", "size", typed[:40]])


def _founded(draft: Draft, typed: str, problems: list[Problem]) -> None:
    """A year, a day in any order, or the number of days by which a spreadsheet keeps a day."""
    year = re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", typed)
    if year:
        found = int(year.group(1))
    elif re.fullmatch(r"\d{5}(\.\d+)?", typed):
        found = (FIRST_DAY_OF_SHEETS + timedelta(days=int(float(typed)))).year
    else:
        found = 0
    if 1500 <= found <= date.today().year:  # noqa: DTZ011  (a year, in no zone)
        draft.founded_year = found
    else:
        problems.append(["founded", "founded", typed[:40]])


def _parts(typed: str) -> list[str]:
    return [part.strip() for part in SEPARATED.split(typed) if part.strip()][:200]


READERS: dict[str, Callable[[Draft, str, list[Problem]], None]] = {
    "vat_number": _vat,
    "email": _email,
    "website": _website,
    "languages": _languages,
    "cpv": _services,
    "based_in": _based_in,
    "regions": _regions,
    "size": _size,
    "founded": _founded,
}
