"""What a part of a profile holds, in words: for the overview, and for two people whose words differ."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.core.templatetags.ui import money
from marketplace.core.vocab import cpv, languages, nuts
from suppliers.models import Supplier

LABELS = {
    "texts": gettext_lazy("In other languages"),
    "services": gettext_lazy("Services"),
    "largest_contract": gettext_lazy("Largest contract so far"),
}


def differences(now, typed):
    """(label, what stands there now, what was typed) of each part of a profile that differs."""
    return [
        (label_of(name), in_words(name, now[name]) or "–", in_words(name, value) or "–")
        for name, value in typed.items()
        if now[name] != value
    ]


def label_of(name):
    return LABELS.get(name) or Supplier._meta.get_field(name).verbose_name


def in_words(name, value):
    """The value as a person would say it; "" for nothing."""
    if name in _WRITERS:
        return _WRITERS[name](value)
    field = Supplier._meta.get_field(name)
    if field.choices:
        return str(dict(field.choices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def language_name(code):
    language = languages.find(code)
    return str(language.name) if language else code


def language_names(codes):
    return ", ".join(language_name(code) for code in codes)


def region_names(codes):
    return ", ".join(nuts.name(code, get_language()) for code in codes)


def service_name(code):
    return cpv.label(code, get_language()) if cpv.exists(code) else code


def contract(amount, currency):
    return money(amount, currency) if amount is not None else ""


def _services(services):
    return "\n".join(_service(*service) for service in services)


def _service(code, own_words, regions, is_main):
    more = [*([_("main service")] if is_main else []), *([region_names(regions)] if regions else [])]
    said = f"{own_words} ({service_name(code)})" if own_words else service_name(code)
    return f"{said} – {', '.join(more)}" if more else said


_WRITERS = {
    "summary_language": language_name,
    "languages": language_names,
    "regions": region_names,
    "based_in": lambda code: region_names([code]) if code else "",
    "texts": lambda texts: "\n".join(f"{language_name(code)}: {text}" for code, text in texts.items()),
    "services": _services,
    "largest_contract": lambda amount: "" if amount is None else str(amount),
}
