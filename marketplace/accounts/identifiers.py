"""The registers that know organisations, and how their numbers and VAT numbers are written.

A scheme's code is the country and the register, as open contracting data writes it where it knows the register.
"""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.exceptions import ValidationError as NumberError

OTHER = "OTHER"
#: Where the prefix of a VAT number is not the country's code: Greece, and lands that lie in another's VAT area.
VAT_PREFIXES = {"GR": "EL", "MC": "FR", "IM": "GB"}
#: VAT is checked by python-stdnum for these prefixes (XI is Northern Ireland); elsewhere only its shape is.
VAT_MODULES = {
    "AT": "at.uid", "BE": "be.vat", "BG": "bg.vat", "CH": "ch.vat", "CY": "cy.vat", "CZ": "cz.dic", "DE": "de.vat",
    "DK": "dk.cvr", "EE": "ee.kmkr", "EL": "gr.vat", "ES": "es.nif", "FI": "fi.alv", "FR": "fr.tva", "GB": "gb.vat",
    "HR": "hr.oib", "HU": "hu.anum", "IE": "ie.vat", "IS": "is_.vsk", "IT": "it.iva", "LT": "lt.pvm", "LU": "lu.tva",
    "LV": "lv.pvn", "MT": "mt.vat", "NL": "nl.btw", "NO": "no.mva", "PL": "pl.nip", "PT": "pt.nif", "RO": "ro.cf",
    "SE": "se.vat", "SI": "si.ddv", "SK": "sk.dph", "TR": "tr.vkn", "XI": "gb.vat",
}  # fmt: skip


@dataclass(frozen=True)
class Scheme:
    """A register: its name as its country says it, a number as an example, and what checks a number.

    `module` is a module of python-stdnum; `pattern` takes the number in capitals without spaces, dots and dashes.
    """

    code: str
    name: Any
    example: str
    module: str = ""
    pattern: str = ""
    prefix: str = ""
    pad: int = 0

    @property
    def country(self) -> str:
        return self.code.partition("-")[0]

    def normalised(self, typed: str) -> str:
        """The number in the one way it is stored; raises ValidationError that says how it should look."""
        number = self._checked(typed)
        if not number:
            raise ValidationError(
                _("This is not a number of %(register)s. It looks like %(example)s; check it for slips.")
                % {"register": self.name, "example": self.example},
                code="identifier",
            )
        return number

    def _checked(self, typed: str) -> str:
        if self.module:
            return _by_module(self.module, typed) or _by_module(self.module, _without_prefix(typed, self.prefix))
        compact = _without_prefix(_compact(typed), self.prefix)
        if self.pad and compact.isdigit():
            compact = compact.zfill(self.pad)
        return compact if re.fullmatch(self.pattern, compact, re.ASCII) else ""


def _register(*schemes: Scheme) -> dict[str, Scheme]:
    return {scheme.code: scheme for scheme in schemes}


SCHEMES = _register(
    Scheme(
        "GB-COH",
        "Companies House",
        "01234567",
        # England and Wales have digits alone; Scotland, Northern Ireland, partnerships and others begin with letters.
        pattern=r"\d{8}|(?:AC|CE|CS|FC|FE|GE|GS|GN|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|R0|RC|RS|SA|SC|SE|"
        r"SF|SG|SI|SL|SO|SP|SR|SZ|ZC)\d{6}|(?:IP|SP|NP|NO|RS|SR)[\dA-Z]{6}",
        pad=8,
    ),
    Scheme("GB-CHC", "Charity Commission for England and Wales", "1234567", pattern=r"[1-9]\d{5,6}"),
    Scheme("GB-SC", "Scottish Charity Regulator", "SC012345", pattern=r"SC\d{6}"),
    Scheme("GB-NIC", "Charity Commission for Northern Ireland", "101234", pattern=r"1\d{5}", prefix="NIC"),
    Scheme("FR-SIREN", "SIREN (INSEE)", "732 829 320", "fr.siren"),
    Scheme("FR-SIRET", "SIRET (INSEE)", "732 829 320 00074", "fr.siret"),
    Scheme("FR-RNA", "Répertoire national des associations", "W751234567", pattern=r"W\d[\dAB]\d{7}"),
    Scheme("BE-BCE_KBO", "BCE / KBO", "0403.019.261", "be.vat"),
    Scheme("DE-HR", "Handelsregister", "Aachen HRB 11223", "de.handelsregisternummer", prefix="Amtsgericht"),
    Scheme("ES-NIF", "NIF", "B58378431", "es.nif"),
    Scheme("IT-CF", "Partita IVA", "00743110157", "it.iva"),
    Scheme("IT-REA", "REA (Registro delle imprese)", "MI-1234567", pattern=r"[A-Z]{2}\d{4,7}"),
    Scheme("NL-KVK", "Kamer van Koophandel", "12345678", pattern=r"\d{8}", prefix="KVK"),
    Scheme("PT-NIPC", "NIPC", "501 964 843", "pt.nif"),
    Scheme("IE-CRO", "Companies Registration Office", "123456", pattern=r"\d{1,6}"),
    Scheme("PL-KRS", "KRS", "0000123456", pattern=r"\d{10}", prefix="KRS", pad=10),
    Scheme("PL-REGON", "REGON", "192598184", "pl.regon"),
    Scheme("PL-NIP", "NIP", "856-734-62-15", "pl.nip"),
    Scheme("AT-FB", "Firmenbuch", "FN 122119m", "at.businessid"),
    Scheme("BG-EIK", "ЕИК (Търговски регистър)", "175074752", "bg.vat"),
    Scheme("HR-OIB", "OIB", "33392005961", "hr.oib"),
    Scheme("CY-HE", "Έφορος Εταιρειών", "HE 123456", pattern=r"HE\d{1,6}"),
    Scheme("CZ-ICO", "IČO", "25123891", pattern=r"\d{8}", pad=8),
    Scheme("DK-CVR", "CVR", "13585628", "dk.cvr"),
    Scheme("EE-RIK", "Äriregister", "12345678", "ee.registrikood"),
    Scheme("FI-YTUNNUS", "Y-tunnus", "2077474-0", "fi.ytunnus"),
    Scheme("GR-AFM", "ΑΦΜ", "094259216", "gr.vat"),
    Scheme("HU-ADO", "Adószám", "12892312", "hu.anum"),
    Scheme("LV-UR", "Uzņēmumu reģistrs", "40003521600", "lv.pvn"),
    Scheme("LT-JAR", "Juridinių asmenų registras", "123456789", pattern=r"\d{9}"),
    Scheme("LU-RCS", "RCS", "B123456", pattern=r"[A-Z]\d{1,6}"),
    Scheme("MT-MBR", "Malta Business Registry", "C 12345", pattern=r"(?:C|P|OC)\d{1,6}"),
    Scheme("RO-CUI", "CUI", "18547290", "ro.cui"),
    Scheme("SK-ICO", "IČO", "31333532", pattern=r"\d{8}", pad=8),
    Scheme("SI-MATICNA", "AJPES matična številka", "9331310000", "si.maticna"),
    Scheme("SE-ORGNR", "Organisationsnummer", "123456-7897", "se.orgnr"),
    Scheme("NO-BRC", "Organisasjonsnummer", "988 077 917", "no.orgnr"),
    Scheme("CH-UID", "UID / IDE / IDI", "CHE-100.155.212", "ch.uid"),
    Scheme("IS-KT", "Kennitala", "450401-3150", "is_.kennitala"),
    Scheme("TR-VKN", "Vergi kimlik numarası", "4540536920", "tr.vkn"),
    Scheme("UA-EDR", "ЄДРПОУ", "32855961", "ua.edrpou"),
)


def schemes_of(country: str) -> list[Scheme]:
    """The registers of a country, the usual one first, and last "another register", which every country has."""
    return [scheme for scheme in SCHEMES.values() if scheme.country == country] + [_other(country)]


def scheme_named(code: str) -> Scheme | None:
    country, _dash, register = code.partition("-")
    return SCHEMES.get(code) or (_other(country) if register == OTHER else None)


def _other(country: str) -> Scheme:
    return Scheme(f"{country}-{OTHER}", gettext_lazy("another register"), "AB-12345", pattern=r"(?=.*\d)[\w/]{2,40}")


def normalised_vat(typed: str, country: str) -> str:
    """A VAT number with its prefix and nothing between; raises ValidationError.

    The prefix may be typed or not. A number that another country gave is taken when its prefix says so.
    """
    compact = _compact(typed)
    home = VAT_PREFIXES.get(country, country)
    for prefix in dict.fromkeys(["XI", home] if country == "GB" and compact.startswith("XI") else [home, compact[:2]]):
        if number := _vat_digits(prefix, compact, is_home=prefix == home):
            return prefix + number
    raise ValidationError(
        _("This is not a VAT number. Check it for slips, or leave the field empty if you have none."), code="vat"
    )


def _vat_digits(prefix: str, compact: str, *, is_home: bool) -> str:
    rest = compact.removeprefix(prefix)
    if prefix not in VAT_MODULES:
        return rest if is_home and re.fullmatch(r"(?=.*\d)[A-Z0-9]{4,15}", rest) else ""
    if rest == compact and not is_home:
        return ""
    # Swiss numbers begin with CHE, which is not the prefix CH and an E.
    number = _by_module(VAT_MODULES[prefix], rest) or _by_module(VAT_MODULES[prefix], compact)
    return _compact(number).removeprefix(prefix)


def _by_module(module: str, typed: str) -> str:
    """The number as python-stdnum writes it, or nothing when it refuses."""
    try:
        return str(import_module(f"stdnum.{module}").validate(typed))
    except NumberError:
        return ""


def _compact(typed: str) -> str:
    return re.sub(r"[\s.\-‐–_]", "", typed).upper()


def _without_prefix(typed: str, prefix: str) -> str:
    if prefix and typed.strip().upper().startswith(prefix.upper()):
        return typed.strip()[len(prefix) :].strip()
    return typed
