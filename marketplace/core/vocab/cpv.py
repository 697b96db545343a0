"""CPV 2008, the Common Procurement Vocabulary of Regulation (EC) No 213/2008: codes, their tree, and labels.

A code is eight digits; trailing zeros say how general it is. People write it with or without a check digit.
Nothing here touches the database; the files are read when first needed, one language at a time.
"""

import re
from bisect import bisect_left
from functools import cache, lru_cache

from django.utils.translation import gettext as _

from marketplace.core.vocab import files

# fmt: off
LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
    "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)
# fmt: on
WRITTEN = re.compile(r"([0-9]{8})(?:-?([0-9]))?")
DECORATION = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------", " \t\r\n.\u00a0\u202f")

WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)
#: The check digit is the weighted sum modulo ten, but 532 published codes carry another digit, in whole branches and
#: singly: add the number that stands here for the longest beginning of the code. These were found by comparing the rule
#: with one published table of codes; they have not been compared with Annex I of the Regulation itself.
# fmt: off
PRINTED_OTHERWISE = {
    "03300000": 8, "0331": 8, "0332": 8, "034": 9, "09": 6, "09000000": 0, "31711154": 3,
    "31711155": 3, "33141113": 9, "34211100": 9, "34211200": 8, "34211300": 7, "34421000": 3, "34422000": 6,
    "35113110": 7, "35125300": 3, "35331300": 7, "35642000": 1, "37442100": 9, "37442200": 8, "37442300": 7,
    "37442400": 6, "37442500": 5, "37442600": 4, "37442700": 3, "37442800": 2, "37442900": 1, "38941000": 4,
    "38942000": 7, "38944000": 3, "38945000": 6, "38946000": 9, "38947000": 2, "421": 3, "45233139": 1,
    "48628000": 3, "51000000": 7, "65122000": 6, "65123000": 2, "71351920": 4, "71351921": 7, "71351923": 3,
    "71351924": 6, "72212": 5, "72212000": 0, "72267100": 5, "72267200": 5, "72330000": 5, "724": 5,
    "726": 5, "727": 5, "728": 5, "729": 5, "79342410": 4, "85210000": 9, "92225100": 2,
}
# fmt: on


class UnknownCode(ValueError):
    """The text is no CPV code; the message says why, for the person who typed it."""


@cache
def codes() -> tuple[str, ...]:
    """All 9,454 codes in ascending order."""
    return tuple(files.lines("cpv_codes"))


@cache
def _position() -> dict[str, int]:
    return {code: place for place, code in enumerate(codes())}


def exists(code: str) -> bool:
    return code in _position()


def check_digit(code: str) -> str:
    """The digit published after this code; see PRINTED_OTHERWISE for how far that was checked."""
    total = sum(int(digit) * weight for digit, weight in zip(code, WEIGHTS, strict=True))
    for length in range(8, 1, -1):
        if shift := PRINTED_OTHERWISE.get(code[:length]):
            return str((total + shift) % 10)
        if code[:length] in PRINTED_OTHERWISE:
            break
    return str(total % 10)


def with_check_digit(code: str) -> str:
    return f"{code}-{check_digit(code)}"


def parse(text: str) -> str:
    """The eight digits of a code written with or without its check digit, spaces and points; else UnknownCode."""
    written = WRITTEN.fullmatch(text[:40].translate(DECORATION))
    if not written:
        raise UnknownCode(_("A CPV code has eight digits and may be followed by a check digit, such as 45210000-2."))
    code, digit = written.groups()
    if not exists(code):
        raise UnknownCode(_("There is no CPV code %(code)s.") % {"code": code})
    if digit is not None and digit != check_digit(code):
        right = with_check_digit(code)
        raise UnknownCode(
            _("The check digit of %(code)s is not %(digit)s. Did you mean %(right)s?")
            % {"code": code, "digit": digit, "right": right}
        )
    return code


def stem(code: str) -> str:
    """The beginning shared by a code and everything below it: without trailing zeros, never below the division."""
    return code.rstrip("0").ljust(2, "0")


def level(code: str) -> int:
    """1 for a division, 2 group, 3 class, 4 category, then 5 to 7 for finer ones."""
    return len(stem(code)) - 1


def ancestors(code: str) -> tuple[str, ...]:
    """The codes above this one, division first. 35 codes skip a level, so a step may be longer than one digit."""
    own = stem(code)
    above = (own[:length].ljust(8, "0") for length in range(2, len(own)))
    return tuple(dict.fromkeys(higher for higher in above if higher != code and exists(higher)))


def parent(code: str) -> str | None:
    above = ancestors(code)
    return above[-1] if above else None


def under(code: str) -> tuple[str, ...]:
    """This code and everything below it, in order."""
    every, beginning = codes(), stem(code)
    return every[bisect_left(every, beginning) : bisect_left(every, beginning + ":")]


def children(code: str) -> tuple[str, ...]:
    return tuple(lower for lower in under(code) if parent(lower) == code)


def is_descendant(code: str, of: str) -> bool:
    """Whether `code` stands strictly below `of`."""
    return code != of and code.startswith(stem(of))


def group(code: str) -> str:
    """The first three digits, which a code shares with all that is close to it; of a division its two."""
    return stem(code)[:3]


def division(code: str) -> str:
    """The division in which a code lies: 45210000 in 45000000."""
    return code[:2].ljust(8, "0")


@cache
def divisions() -> tuple[str, ...]:
    return tuple(code for code in codes() if level(code) == 1)


def kind(code: str) -> str:
    """`works`, `supplies` or `services`, as the Regulation groups the divisions."""
    division = int(code[:2])
    if division == 45:
        return "works"
    return "supplies" if division <= 48 else "services"


@lru_cache(maxsize=6)
def labels(language: str) -> tuple[str, ...]:
    """The labels in one language, in the order of `codes()`; English where a language has none of its own."""
    own = files.lines(f"cpv_{language}")
    if language == "en":
        return tuple(own)
    return tuple(label or english for label, english in zip(own, labels("en"), strict=True))


def label(code: str, language: str = "en") -> str:
    """What the Regulation calls this code; `fr-be` is read as `fr`, a language without labels as English."""
    primary = language.lower().replace("_", "-").split("-")[0]
    return labels(primary if primary in LANGUAGES else "en")[_position()[code]]
