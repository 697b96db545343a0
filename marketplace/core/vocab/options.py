"""What a picker shows of a code: plain words first, the code itself quiet."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.core.vocab import cpv, nuts, words
from marketplace.core.vocab.search import cpv_hits

#: Ten suggestions fill a phone's screen once.
SHOWN = 10
#: What answers less than this share of what the best answers is noise to somebody who only wants to tick a box.
LEAST_SHARE = 0.45


class UnknownRegion(ValueError):
    """The text is no region's code; the message says so to the person who sent it."""


@dataclass(frozen=True, slots=True)
class Option:
    """`note` tells namesakes apart, or says which words of another language answered."""

    code: str
    label: str
    note: str = ""
    note_language: str = ""
    shows_code: bool = False


class Services:
    """CPV codes, found by everyday words of many languages."""

    @staticmethod
    def parse(text: str) -> str:
        return cpv.parse(text)

    @staticmethod
    def option(code: str) -> Option:
        return Option(code, cpv.label(code, get_language() or "en"), shows_code=True)

    @classmethod
    def found(cls, text: str) -> list[Option]:
        language = (get_language() or "en")[:2]
        hits = cpv_hits(text, limit=SHOWN)
        return [
            cls._answer(code, matched, matched_language, language)
            for code, relevance, matched, matched_language in hits
            if relevance >= LEAST_SHARE * hits[0][1]
        ]

    @staticmethod
    def _answer(code: str, matched: str, matched_language: str, language: str) -> Option:
        label = cpv.label(code, language)
        if words.fold(matched) == words.fold(label):
            return Option(code, label, shows_code=True)
        return Option(code, label, matched, matched_language, shows_code=True)


class Regions:
    """Regions and countries of NUTS, found by their names."""

    @staticmethod
    def parse(text: str) -> str:
        region = nuts.find(text[:20])
        if region is None or region.code not in nuts.regions():
            raise UnknownRegion(_("There is no region with the code %(code)s.") % {"code": text[:20]})
        return region.code

    @staticmethod
    def option(code: str) -> Option:
        """A region with what lies around it: "Leeds", "West Yorkshire, United Kingdom"."""
        language = get_language() or "en"
        above = nuts.ancestors(code)
        if not above:
            return Option(code, nuts.name(code, language), _("the whole country"))
        label = nuts.name(code, language)
        around = (nuts.name(each, language) for each in (above[-1], above[0]))
        return Option(code, label, ", ".join(name for name in dict.fromkeys(around) if name != label))

    @classmethod
    def found(cls, text: str) -> list[Option]:
        codes = dict.fromkeys(_largest_of_its_extent(code) for code in nuts.search(text, 3 * SHOWN))
        return [cls.option(code) for code in list(codes)[:SHOWN]]


def _largest_of_its_extent(code: str) -> str:
    """Luxembourg is a region four times over; whoever means one of them means all."""
    region = nuts.regions()[code]
    while region.parent and all(
        other == region.code or nuts.regions()[other].is_extra for other in nuts.children(region.parent)
    ):
        region = nuts.regions()[region.parent]
    return region.code


def without_parts(codes: list[str]) -> list[str]:
    """The regions that do not lie within another one of them."""
    chosen = set(codes)
    return [code for code in codes if chosen.isdisjoint(nuts.ancestors(code))]
