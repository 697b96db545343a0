"""A profile as plain facts: to judge it, to keep how it stood when it was judged, and to say what has changed since."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.core.templatetags.ui import money
from marketplace.core.vocab import countries, cpv, languages, nuts


def facts_of(supplier):
    """Every fact that a profile shows, in codes and the firm's own words; JSON, the same in every language."""
    organisation = supplier.organisation
    return {
        "name": organisation.name,
        "country": organisation.country.code,
        "town": organisation.town,
        "website": organisation.website,
        "summary": supplier.summary,
        "texts": [[text.language, text.summary] for text in supplier.texts.all()],
        "services": [[service.cpv, service.words] for service in supplier.capabilities.all()],
        "regions": supplier.regions,
        "serves_europe": supplier.serves_europe,
        "languages": supplier.languages,
        "size": supplier.size_band,
        "turnover": supplier.turnover_band,
        "founded": supplier.founded_year,
        "largest_contract": supplier.largest_contract
        and [supplier.largest_contract, supplier.largest_contract_currency],
        "references": [[each.year, each.title, each.buyer_name] for each in supplier.references.all()],
        "audience": supplier.audience,
        "shows_street": supplier.shows_street,
    }


def labels():
    return {
        "name": _("Name"),
        "country": _("Country"),
        "town": _("Town"),
        "website": _("Website"),
        "summary": _("What we do"),
        "texts": _("Texts in other languages"),
        "services": _("Services"),
        "regions": _("Regions"),
        "serves_europe": _("All of Europe"),
        "languages": _("Languages"),
        "size": _("Size"),
        "turnover": _("Turnover"),
        "founded": _("Founded"),
        "largest_contract": _("Largest contract"),
        "references": _("References"),
        "audience": _("Seen by"),
        "shows_street": _("Shows its street"),
    }


def in_words(supplier, facts):
    """(label, words) of each fact that is there."""
    said = {name: words_for(supplier, name, value) for name, value in facts.items() if name in labels()}
    return [(label, said[name]) for name, label in labels().items() if said.get(name)]


def differences(supplier, then, now):
    """(label, words then, words now) of each fact that is not as it was."""
    read = [
        (label, words_for(supplier, name, then.get(name)), words_for(supplier, name, now.get(name)))
        for name, label in labels().items()
    ]
    return [(label, before or "–", after or "–") for label, before, after in read if before != after]


def words_for(supplier, name, value):
    if not value:
        return ""
    if name in _WRITERS:
        return _WRITERS[name](value)
    if name in _CHOICES:
        choices = supplier._meta.get_field(_CHOICES[name]).choices
        return str(dict(choices).get(value, value))
    return _("yes") if value is True else str(value)


def _language(code):
    language = languages.find(code)
    return str(language.name) if language else code


def _service(code, words):
    label = cpv.label(code, get_language()) if cpv.exists(code) else code
    return f"{words} ({label}, {code})" if words else f"{label} ({code})"


def _regions(codes):
    return ", ".join(nuts.name(code, get_language()) for code in codes)


_CHOICES = {"size": "size_band", "turnover": "turnover_band", "audience": "audience"}
_WRITERS = {
    "country": lambda code: countries.name(code, get_language()),
    "texts": lambda rows: "\n".join(f"{_language(language)}: {words}" for language, words in rows),
    "services": lambda rows: "\n".join(_service(*row) for row in rows),
    "regions": _regions,
    "languages": lambda codes: ", ".join(_language(code) for code in codes),
    "largest_contract": lambda value: money(*value),
    "references": lambda rows: "\n".join(f"{year}: {title} ({buyer})" for year, title, buyer in rows),
}
