"""Languages of the European Union and of the people who found firms in it: ISO 639 codes, own names, direction.

A language is kept by its two-letter code (ISO 639-1), or by three letters where there is no such code. eForms notices
and catalogues write three letters, some of them the older bibliographic ones (FRE for FRA): `find` reads them all.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Language:
    """`alpha3` is the terminology code (fra), `bibliographic` the older one (fre), `endonym` its own name."""

    code: str
    alpha3: str
    bibliographic: str
    endonym: str
    name: "StrPromise"
    direction: str = "ltr"
    is_european_union: bool = False


def _official(code: str, alpha3: str, endonym: str, name: "StrPromise", bibliographic: str = "") -> Language:
    return Language(code, alpha3, bibliographic or alpha3, endonym, name, "ltr", True)


def _spoken(
    code: str, alpha3: str, endonym: str, name: "StrPromise", bibliographic: str = "", direction: str = "ltr"
) -> Language:
    return Language(code or alpha3, alpha3, bibliographic or alpha3, endonym, name, direction)


ALL = (
    _official("bg", "bul", "български", _("Bulgarian")),
    _official("cs", "ces", "čeština", _("Czech"), "cze"),
    _official("da", "dan", "dansk", _("Danish")),
    _official("de", "deu", "Deutsch", _("German"), "ger"),
    _official("el", "ell", "ελληνικά", _("Greek"), "gre"),
    _official("en", "eng", "English", _("English")),
    _official("es", "spa", "español", _("Spanish")),
    _official("et", "est", "eesti", _("Estonian")),
    _official("fi", "fin", "suomi", _("Finnish")),
    _official("fr", "fra", "français", _("French"), "fre"),
    _official("ga", "gle", "Gaeilge", _("Irish")),
    _official("hr", "hrv", "hrvatski", _("Croatian")),
    _official("hu", "hun", "magyar", _("Hungarian")),
    _official("it", "ita", "italiano", _("Italian")),
    _official("lt", "lit", "lietuvių", _("Lithuanian")),
    _official("lv", "lav", "latviešu", _("Latvian")),
    _official("mt", "mlt", "Malti", _("Maltese")),
    _official("nl", "nld", "Nederlands", _("Dutch"), "dut"),
    _official("pl", "pol", "polski", _("Polish")),
    _official("pt", "por", "português", _("Portuguese")),
    _official("ro", "ron", "română", _("Romanian"), "rum"),
    _official("sk", "slk", "slovenčina", _("Slovak"), "slo"),
    _official("sl", "slv", "slovenščina", _("Slovenian")),
    _official("sv", "swe", "svenska", _("Swedish")),
    _spoken("am", "amh", "አማርኛ", _("Amharic")),
    _spoken("ar", "ara", "العربية", _("Arabic"), direction="rtl"),
    _spoken("az", "aze", "azərbaycanca", _("Azerbaijani")),
    _spoken("be", "bel", "беларуская", _("Belarusian")),
    _spoken("bn", "ben", "বাংলা", _("Bengali")),
    _spoken("bs", "bos", "bosanski", _("Bosnian")),
    _spoken("ca", "cat", "català", _("Catalan")),
    _spoken("ckb", "ckb", "کوردیی ناوەندی", _("Central Kurdish"), direction="rtl"),
    _spoken("cy", "cym", "Cymraeg", _("Welsh"), "wel"),
    _spoken("", "prs", "دری", _("Dari"), direction="rtl"),
    _spoken("eu", "eus", "euskara", _("Basque"), "baq"),
    _spoken("fa", "fas", "فارسی", _("Persian"), "per", "rtl"),
    _spoken("ff", "ful", "Fulfulde", _("Fulah")),
    _spoken("gd", "gla", "Gàidhlig", _("Scottish Gaelic")),
    _spoken("gl", "glg", "galego", _("Galician")),
    _spoken("gu", "guj", "ગુજરાતી", _("Gujarati")),
    _spoken("ha", "hau", "Hausa", _("Hausa")),
    _spoken("he", "heb", "עברית", _("Hebrew"), direction="rtl"),
    _spoken("hi", "hin", "हिन्दी", _("Hindi")),
    _spoken("hy", "hye", "հայերեն", _("Armenian"), "arm"),
    _spoken("id", "ind", "Bahasa Indonesia", _("Indonesian")),
    _spoken("ig", "ibo", "Igbo", _("Igbo")),
    _spoken("is", "isl", "íslenska", _("Icelandic"), "ice"),
    _spoken("ja", "jpn", "日本語", _("Japanese")),
    _spoken("ka", "kat", "ქართული", _("Georgian"), "geo"),
    _spoken("", "kab", "Taqbaylit", _("Kabyle")),
    _spoken("ko", "kor", "한국어", _("Korean")),
    _spoken("ku", "kur", "kurdî", _("Kurdish")),
    _spoken("lb", "ltz", "Lëtzebuergesch", _("Luxembourgish")),
    _spoken("ln", "lin", "lingála", _("Lingala")),
    _spoken("mk", "mkd", "македонски", _("Macedonian"), "mac"),
    _spoken("ml", "mal", "മലയാളം", _("Malayalam")),
    _spoken("ne", "nep", "नेपाली", _("Nepali")),
    _spoken("no", "nor", "norsk", _("Norwegian")),
    _spoken("om", "orm", "Afaan Oromoo", _("Oromo")),
    _spoken("pa", "pan", "ਪੰਜਾਬੀ", _("Punjabi")),
    _spoken("ps", "pus", "پښتو", _("Pashto"), direction="rtl"),
    _spoken("", "rom", "romani čhib", _("Romani")),
    _spoken("ru", "rus", "русский", _("Russian")),
    _spoken("si", "sin", "සිංහල", _("Sinhala")),
    _spoken("so", "som", "Soomaali", _("Somali")),
    _spoken("sq", "sqi", "shqip", _("Albanian"), "alb"),
    _spoken("sr", "srp", "српски", _("Serbian")),
    _spoken("sw", "swa", "Kiswahili", _("Swahili")),
    _spoken("ta", "tam", "தமிழ்", _("Tamil")),
    _spoken("te", "tel", "తెలుగు", _("Telugu")),
    _spoken("th", "tha", "ไทย", _("Thai")),
    _spoken("ti", "tir", "ትግርኛ", _("Tigrinya")),
    _spoken("tl", "tgl", "Tagalog", _("Tagalog")),
    _spoken("tr", "tur", "Türkçe", _("Turkish")),
    _spoken("tw", "twi", "Twi", _("Twi")),
    _spoken("uk", "ukr", "українська", _("Ukrainian")),
    _spoken("ur", "urd", "اردو", _("Urdu"), direction="rtl"),
    _spoken("vi", "vie", "Tiếng Việt", _("Vietnamese")),
    _spoken("wo", "wol", "Wolof", _("Wolof")),
    _spoken("yo", "yor", "Yorùbá", _("Yoruba")),
    _spoken("zgh", "zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ", _("Tamazight")),
    _spoken("zh", "zho", "中文", _("Chinese"), "chi"),
)


@cache
def _by_code() -> dict[str, Language]:
    found = {}
    for language in ALL:
        found.update(dict.fromkeys((language.code, language.alpha3, language.bibliographic), language))
    return found


def find(code: str) -> Language | None:
    """The language for a two- or three-letter code of any case, also with a region (`fr-BE`); None if not ours."""
    return _by_code().get(code.strip().lower().replace("_", "-").split("-")[0])


def choices() -> list[tuple[str, str]]:
    """For a form field: each language by its own name, in the order of the codes within the Union's first."""
    return [(language.code, language.endonym) for language in ALL]


def is_right_to_left(code: str) -> bool:
    language = find(code)
    return language is not None and language.direction == "rtl"
