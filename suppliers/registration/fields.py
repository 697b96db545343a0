"""Form fields of the steps: amounts as people write them, languages with the likely ones first."""

import re
from decimal import Decimal, DecimalException

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.core.vocab import languages

#: What firms of this network most often speak and write beside the language of the page.
COMMON = ("en", "fr", "ar", "tr", "pt", "pl", "es", "it")
SPACES = re.compile(r"[\s\u00a0\u202f'’]")
#: "12000", "12,000" or "12.000", each with or without one or two decimals.
AMOUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](\d{1,2}))?", re.ASCII)
LARGEST_AMOUNT = Decimal(10**11)


class PlainTextField(forms.CharField):
    """Lines end as the browser counted them, so that a text which fits in its box fits here."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value.replace("\r\n", "\n") if value else value)


class AmountField(forms.CharField):
    """A sum of money in figures, with any of the separators that people use; cleans to a Decimal or None."""

    def __init__(self, **kwargs):
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value):
        typed = super().clean(value)
        if not typed:
            return None
        written = AMOUNT.fullmatch(SPACES.sub("", typed))
        try:
            amount = Decimal(f"{re.sub(r'[.,]', '', written[1])}.{written[2] or 0}") if written else None
        except DecimalException:
            amount = None
        if amount is None:
            raise ValidationError(_("Write the amount in figures, such as 25,000."), code="figures")
        if amount > LARGEST_AMOUNT:
            raise ValidationError(_("This amount is too large to be one contract."), code="large")
        return amount


class LanguagesWidget(forms.CheckboxSelectMultiple):
    """The likely languages at once, the others behind one press."""

    template_name = "registration/languages.html"


class LanguagesField(forms.MultipleChoiceField):
    widget = LanguagesWidget

    def propose(self, chosen):
        """Offer every language: first what is chosen and what is likely, then the rest in the order of their names."""
        first = list(dict.fromkeys([*chosen, (get_language() or "en")[:2], *COMMON]))
        rest = [language for language in languages.ALL if language.code not in first]
        rest.sort(key=lambda language: str(language.name))
        self.choices = [
            ("likely", [_language_choice(language) for code in first if (language := languages.find(code))]),
            ("others", [_language_choice(language) for language in rest]),
        ]


def _language_choice(language):
    if language.code == (get_language() or "en")[:2]:
        return language.code, language.endonym
    return language.code, format_html(
        '<span lang="{}" dir="{}">{}</span> <span class="muted">{}</span>',
        language.code,
        language.direction,
        language.endonym,
        language.name,
    )


def language_choices():
    """Every language for a select box: the common ones first, each by its own name."""
    common = [language for code in COMMON if (language := languages.find(code))]
    rest = [language for language in languages.ALL if language not in common]
    return [(language.code, language.endonym) for language in (*common, *sorted(rest, key=_by_endonym))]


def _by_endonym(language):
    return language.endonym.casefold()
