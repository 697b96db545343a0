"""Form fields in which people pick services and regions by everyday words, with script and without.

A form that holds one is a `PickerForm`. Without script its button "Look up" sends the form; `is_looking` is then true,
nothing is valid or wrong yet, and the view shows the form again with status 200. With script the suggestions come while
typing (static/js/picker.js). Both send the same: the codes under the field's name, the words under `<name>_words`, and
under `<name>_seen` those words whose suggestions the person has had before their eyes.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.core.vocab import options
from marketplace.core.vocab.words import LONGEST_QUESTION

MOST_CHOICES = 60
LOOK = "look"


class Picked(list):
    """The codes as they were sent, with the words typed to find more of them."""

    words: str = ""
    asks: bool = False

    @property
    def is_searching(self) -> bool:
        return self.asks or bool(self.words)


class Picker(forms.Widget):
    """Chosen codes as ticked boxes, and a search for more; radio buttons where only one may be chosen."""

    template_name = "vocab/picker.html"
    use_fieldset = True

    def __init__(self, vocabulary: Any, url_name: str, words_label: Any, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.vocabulary = vocabulary
        self.url_name = url_name
        self.words_label = words_label
        self.max_choices = MOST_CHOICES

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Picked:
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        picked = Picked(code for code in ([sent] if isinstance(sent, str) else sent) if code)
        picked.words = str(data.get(f"{name}_words") or "").strip()[:LONGEST_QUESTION]
        is_seen = str(data.get(f"{name}_seen") or "").strip() == picked.words
        picked.asks = data.get(LOOK) == name or bool(picked.words and not is_seen)
        return picked

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        # Boxes that are not ticked are not sent, and nothing chosen is a choice.
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_words" if id_ else ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        picked = value if isinstance(value, Picked) else Picked([value] if isinstance(value, str) else value or [])
        chosen = self._known(picked)
        suggestions = self.vocabulary.found(picked.words) if picked.is_searching else []
        context["widget"] |= {
            "chosen": [self.vocabulary.option(code) for code in chosen],
            "suggestions": [option for option in suggestions if option.code not in chosen],
            "found": len(suggestions),
            "words": picked.words,
            "words_label": self.words_label,
            "url_name": self.url_name,
            "max_choices": self.max_choices,
            "kind": "radio" if self.max_choices == 1 else "checkbox",
            "longest": LONGEST_QUESTION,
            "is_searching": picked.is_searching,
            "is_wrong": "aria-invalid" in context["widget"]["attrs"],
        }
        return context

    def _known(self, codes: list[str]) -> list[str]:
        """What is no code is not shown again: the error above has named it."""
        known = []
        for code in codes:
            try:
                known.append(self.vocabulary.parse(str(code)))
            except ValueError:
                continue
        return list(dict.fromkeys(known))


class _CodesField(forms.Field):
    """Cleans to a list of codes in the order in which they were chosen; with `max_choices=1` of one at most."""

    vocabulary: Any
    url_name: str
    words_label: Any
    default_error_messages = {"required": gettext_lazy("Choose at least one: type a word, then tick what fits.")}

    def __init__(self, *, max_choices: int = MOST_CHOICES, words_label: Any = "", **kwargs: Any) -> None:
        self.max_choices = max_choices
        kwargs.setdefault("widget", Picker(self.vocabulary, self.url_name, words_label or self.words_label))
        super().__init__(**kwargs)
        self.widget.max_choices = max_choices

    def to_python(self, value: Any) -> list[str]:
        codes, problems = {}, {}
        for text in value or []:
            try:
                codes[self.vocabulary.parse(str(text))] = True
            except ValueError as problem:
                problems[str(problem)] = True
        if problems:
            raise ValidationError(list(problems)[:5], code="unknown")
        return list(codes)

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > self.max_choices:
            message = ngettext(
                "Choose only %(most)s. You have chosen %(chosen)s.",
                "Choose at most %(most)s. You have chosen %(chosen)s.",
                self.max_choices,
            )
            raise ValidationError(message % {"most": self.max_choices, "chosen": len(value)}, code="too_many")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != list(data or [])


class ServicesField(_CodesField):
    """Cleans to a list of CPV codes of eight digits."""

    vocabulary = options.Services
    url_name = "service-suggest"
    words_label = gettext_lazy("What do you do? (everyday words, any language)")


class RegionsField(_CodesField):
    """Cleans to a list of NUTS codes; one that lies within another is left out, and `PickerForm.notes` says so."""

    vocabulary = options.Regions
    url_name = "region-suggest"
    words_label = gettext_lazy("Name of a region, town or country (any language)")

    def clean(self, value: Any) -> list[str]:
        return options.without_parts(super().clean(options.without_parts(self.to_python(value))))


class PickerForm(forms.Form):
    """A form with services or regions in it; mixes with a ModelForm too when it stands first."""

    @cached_property
    def is_looking(self) -> bool:
        """Whether the person asked for suggestions, or typed words and has not seen any yet: save nothing."""
        return self.is_bound and any(self._picked(name).asks for name in self._pickers)

    @cached_property
    def notes(self) -> list[str]:
        """What was put right without asking, in sentences for the person."""
        kept = self.cleaned_data if self.is_valid() else {}
        sent = [
            (code, kept[name])
            for name, field in self._pickers.items()
            if isinstance(field, RegionsField) and name in kept
            for code in field.to_python(self._picked(name))
        ]
        words = _("%(region)s is left out: it lies within another region that you chose.")
        return [words % {"region": options.Regions.option(code).label} for code, codes in sent if code not in codes]

    def is_valid(self) -> bool:
        return not self.is_looking and super().is_valid()

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_looking:
            # Half of a form is not yet a mistake.
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data = {}

    @property
    def _pickers(self) -> dict[str, _CodesField]:
        return {name: field for name, field in self.fields.items() if isinstance(field, _CodesField)}

    def _picked(self, name: str) -> Picked:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
