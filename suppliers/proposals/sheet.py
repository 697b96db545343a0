"""A drafted profile as facts, for the owner who is asked about it: all that is stored, nothing left out."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.accounts import identifiers
from marketplace.core.vocab import languages, nuts


def of(supplier):
    """Each fact that is there as its label, its values, and the language that they are written in, if known."""
    organisation = supplier.organisation
    place = [organisation.street, organisation.postcode, organisation.town, organisation.country.name]
    facts = [
        (_("Name"), organisation.name, ""),
        (_("Where"), ", ".join(str(part) for part in place if part), ""),
        (_("Numbers in registers"), _numbers(organisation), ""),
        (_("Website"), organisation.website, ""),
        (_("What the firm does"), supplier.summary, supplier.summary_language),
        *((_("What the firm does"), text.summary, text.language) for text in supplier.texts.all()),
        (_("Services"), [row.label(get_language()) for row in supplier.capabilities.all()], ""),
        (_("Regions"), _regions(supplier), ""),
        (_("Languages"), [_language(code) for code in supplier.languages], ""),
        (_("Size"), supplier.get_size_band_display(), ""),
        (_("Turnover of a year"), supplier.get_turnover_band_display(), ""),
        (_("Founded"), supplier.founded_year, ""),
        (_("References"), [f"{row.title} ({row.buyer_name}, {row.year})" for row in supplier.references.all()], ""),
    ]
    return [
        {"label": label, "values": value if isinstance(value, list) else [value], "language": language}
        for label, value, language in facts
        if value
    ]


def _numbers(organisation):
    rows = [*organisation.identifiers.order_by("pk")]
    found = [f"{getattr(identifiers.scheme_named(row.scheme), 'name', row.scheme)}: {row.value}" for row in rows]
    return [*found, *([f"{_('VAT number')}: {organisation.vat_number}"] if organisation.vat_number else [])]


def _regions(supplier):
    everywhere = [_("All of Europe")] if supplier.serves_europe else []
    return [*everywhere, *(region.name if (region := nuts.find(code)) else code for code in supplier.regions)]


def _language(code):
    language = languages.find(code)
    return str(language.name) if language else code
