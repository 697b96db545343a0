"""Countries by ISO 3166-1, their names in 25 languages, and the two that the European Union codes differently.

Tessera keeps ISO codes everywhere (GR, GB). NUTS codes and VAT numbers write Greece as EL,
NUTS codes the United Kingdom as UK.
"""

from functools import cache

from marketplace.core.vocab import files

EUROPEAN_TO_ISO = {"EL": "GR", "UK": "GB"}
ISO_TO_EUROPEAN = {iso: european for european, iso in EUROPEAN_TO_ISO.items()}
#: eForms notices write Kosovo as 1A0.
ALPHA3_ALIASES = {"1A0": "XK"}


@cache
def _table() -> tuple[list[str], dict[str, list[str]]]:
    heading, *rows = (line.split("\t") for line in files.lines("countries"))
    return heading[2:], {row[0]: row[1:] for row in rows}


def codes() -> tuple[str, ...]:
    return tuple(_table()[1])


def languages() -> tuple[str, ...]:
    return tuple(_table()[0])


def find(code: str) -> str | None:
    """The ISO alpha-2 code for what somebody else writes: alpha-2, alpha-3, EL, UK, any case; None if unknown."""
    written = code.strip().upper()
    iso = EUROPEAN_TO_ISO.get(written, written)
    if iso in _table()[1]:
        return iso
    return ALPHA3_ALIASES.get(written) or _by_alpha3().get(written)


@cache
def _by_alpha3() -> dict[str, str]:
    return {row[0]: code for code, row in _table()[1].items()}


def alpha3(code: str) -> str:
    return _table()[1][code][0]


def european(code: str) -> str:
    """The two letters with which NUTS codes of this country begin."""
    return ISO_TO_EUROPEAN.get(code, code)


def name(code: str, language: str = "en") -> str:
    """The everyday name of a country; in English where the language is not among ours, the code itself if unknown."""
    known, rows = _table()
    if code not in rows:
        return code
    primary = language.lower().replace("_", "-").split("-")[0]
    names = rows[code][1:]
    return (names[known.index(primary)] if primary in known else "") or names[0]
