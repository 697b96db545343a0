"""Up to four firms of a shortlist beside one another."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext

from marketplace.matching.words import amount_words, based_words, language_words
from suppliers.directory.cards import served
from suppliers.directory.claims import claims, prefetch_claims
from suppliers.files.models import Document
from suppliers.models import Supplier

AT_MOST = 4
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a cell says; `is_shared` if every firm of the comparison says it."""

    words: str
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    #: One per firm, empty where nothing is known.
    cells: list[list[Line]]


def compared(shortlist, wanted, viewer):
    """The firms asked for and what stands in their rows; what is not on the list or not listed is passed over."""
    pks = list(dict.fromkeys(int(pk) for pk in wanted if pk.isascii() and pk.isdigit() and int(pk) <= LARGEST_NUMBER))
    on_it = set(shortlist.entries.listed().filter(supplier__in=pks).values_list("supplier_id", flat=True))
    asked = [pk for pk in pks if pk in on_it]
    suppliers = _fetched(asked[:AT_MOST], viewer)
    return {
        "suppliers": suppliers,
        "rows": rows(suppliers, get_language(), viewer) if suppliers else [],
        "is_cut": len(asked) > AT_MOST,
        "at_most": AT_MOST,
    }


def _fetched(pks, viewer):
    shown = Document.objects.valid().shown_to_members().in_order()
    found = Supplier.objects.filter(pk__in=pks).with_services()
    found = found.prefetch_related(Prefetch("documents", shown, to_attr="shown_documents"))
    found = found.annotate(reference_count=Count("references", filter=Q(references__is_private=False)))
    if viewer.meets_evidence:
        found = found.prefetch_related(prefetch_claims())
    return sorted(found, key=lambda supplier: pks.index(supplier.pk))


def rows(suppliers, language, viewer):
    facts = {
        gettext("Where"): [[based_words(supplier)] for supplier in suppliers],
        gettext("Regions served"): [served(supplier, language) for supplier in suppliers],
        gettext("Languages"): [language_words(supplier) for supplier in suppliers],
        gettext("Size"): [[supplier.get_size_band_display()] for supplier in suppliers],
        gettext("Turnover of a year"): [[supplier.get_turnover_band_display()] for supplier in suppliers],
        gettext("Largest contract so far"): [[amount_words(supplier)] for supplier in suppliers],
        gettext("Founded"): [[str(supplier.founded_year or "")] for supplier in suppliers],
        gettext("Last confirmed"): [[_day(supplier.confirmed_on)] for supplier in suppliers],
        gettext("References"): [[str(supplier.reference_count)] for supplier in suppliers],
        gettext("Documents valid today"): [_documents(supplier) for supplier in suppliers],
    }
    if viewer.meets_evidence:
        facts[gettext("Evidence")] = [
            [claim.words for claim in claims(supplier.shown_certifications)] for supplier in suppliers
        ]
    table = [Row(label, [[Line(words) for words in cell if words] for cell in cells]) for label, cells in facts.items()]
    table.insert(1, Row(gettext("Services"), service_cells(suppliers, language)))
    return table


def service_cells(suppliers, language):
    """Each firm's services, those that all of them offer first and in one order."""
    offers = [{each.cpv: each.label(language) for each in supplier.capabilities.all()} for supplier in suppliers]
    shared = sorted(set.intersection(*(set(offer) for offer in offers))) if len(offers) > 1 else []
    return [
        [
            *(Line(offer[code], is_shared=True) for code in shared),
            *(Line(words) for code, words in offer.items() if code not in shared),
        ]
        for offer in offers
    ]


def _documents(supplier):
    return [
        gettext("%(title)s, until %(day)s") % {"title": document.title, "day": _day(document.valid_until)}
        if document.valid_until
        else document.title
        for document in supplier.shown_documents
    ]


def _day(day):
    return date_format(day, pgettext("day", "j M Y")) if day else ""
