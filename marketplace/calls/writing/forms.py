"""The forms in which a call is written, over facts (`calls.facts`) and never over the row.

A draft and the pending change of a published call are written with the same forms:

    form = WhatForm(request.POST, facts=pending.facts, call=call, person=request.user)
    if form.is_valid() and not form.note_conflict():
        change_pending(pending, form.facts_after(), by=request.user)

`facts` are those that stand now, read under the lock of whoever keeps them; `call` is asked for what no form changes:
whose it is and under which law. `LotForm` (lots.py) also takes the `number` of its lot; `WhenForm` is in times.py.
A view shows `form.conflict` and `form.differences` with `registration/conflict.html`, and the form again with status
200 where `form.is_looking`, else 422. What may be published is said by lacks.py and route.py.
"""

from datetime import date, datetime, time
from decimal import Decimal

from django import forms
from django.core.validators import URLValidator
from django.forms.models import ModelChoiceField
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.calls.facts import fingerprint
from marketplace.calls.models import Audience, Contract, Procedure, Route
from marketplace.calls.writing import route
from marketplace.core.vocab import currency
from marketplace.core.vocab.fields import PickerForm
from suppliers.evidence.models import Tier
from suppliers.files.forms import DayInput
from suppliers.registration.fields import AmountField, LanguagesField, PlainTextField, language_choices


def as_plain(value):
    """A cleaned value as facts hold it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return list(value) if isinstance(value, list | tuple) else value


class FactsForm(PickerForm):
    """One part of a call; `names` are those of its facts that it writes.

    It carries a sign of what it showed, so that nobody overwrites unread what somebody else has written since.
    """

    names: tuple[str, ...] = ()
    #: How its fields stand on the page, where that is not one below the other.
    template = "registration/fields.html"
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data=None, *, facts, call, person=None):
        self.facts, self.call, self.person = facts, call, person
        self.conflict, self.differences = "", []
        super().__init__(data, initial=self.shown(self.part()))
        self.fields["seen"].initial = fingerprint(self.part())

    def part(self):
        """What stands there now of what this form writes."""
        return {name: self.facts[name] for name in self.names}

    def shown(self, part):
        """The initial values of the fields."""
        return part

    def values(self):
        """What was typed, in the shape of `part`."""
        return {name: as_plain(self.cleaned_data[name]) for name in self.names if name in self.cleaned_data}

    def facts_after(self):
        """All facts as they shall be; of a valid form."""
        return self.facts | self.values()

    def note_conflict(self):
        """Whether somebody else has changed this part since it was shown, and to something else than was typed.

        Then the page says what stands there now, and the same form sent again puts its words in that place.
        """
        sign = fingerprint(self.part())
        if self.cleaned_data.get("seen") == sign or self.facts_after() == self.facts:
            return False
        self.conflict = _("Somebody else changed this part of the call while you were editing.")
        now = self.shown(self.part())
        self.differences = [
            (field.label, stands or "–", typed or "–")
            for name, field in self.fields.items()
            if name != "seen" and name in now
            for stands, typed in [(in_words(field, now[name]), in_words(field, self.cleaned_data.get(name)))]
            if stands != typed
        ]
        self.data = self.data.copy()
        self.data["seen"] = sign
        return True


def in_words(field, value):
    """What a field holds as a person would say it; "" for nothing."""
    if value in (None, "", []):
        return ""
    if vocabulary := getattr(field, "vocabulary", None):
        return ", ".join(str(vocabulary.option(code).label) for code in value)
    if isinstance(field, ModelChoiceField):
        row = value if hasattr(value, "pk") else field.queryset.filter(pk=value).first()
        return str(row or "")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if choices := _labels(getattr(field, "choices", ())):
        return ", ".join(str(choices.get(each, each)) for each in (value if isinstance(value, list) else [value]))
    if isinstance(value, str) and isinstance(field, forms.DateField | forms.TimeField | AmountField):
        value = field.clean(value)
    if isinstance(value, Decimal):
        return formats.number_format(Decimal(f"{value.normalize():f}"), force_grouping=True)
    return str(formats.localize(value))


def _labels(choices):
    """{value: words} of plain and of grouped choices."""
    found = {}
    for value, words in choices:
        found |= _labels(words) if isinstance(words, list | tuple) else {value: words}
    return found


class WhatForm(FactsForm):
    names = ("title", "description", "language", "procedure", "contract", "reference", "currency")

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("What is bought and where, as you would say it: “Cleaning of four schools in Leeds”."),
    )
    description = PlainTextField(
        label=gettext_lazy("Description"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "What you need, for how long, what matters to you, and what a firm has to show. Short sentences reach more "
            "firms than legal ones."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of this text"))
    procedure = forms.ChoiceField(label=gettext_lazy("Procedure"), choices=Procedure.choices)
    contract = forms.ChoiceField(
        label=gettext_lazy("Kind of contract"), choices=Contract.choices, widget=forms.RadioSelect
    )
    reference = forms.CharField(
        label=gettext_lazy("Your reference"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The number under which you keep it, so that firms can name it to you."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency of all values"))

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["language"].choices = language_choices()
        self.fields["currency"].choices = [(each.code, f"{each.name} ({each.code})") for each in currency.ALL]

    def clean_currency(self):
        code = self.cleaned_data["currency"]
        if any(_in_currency(lot, self.facts["currency"], code) is None for lot in self.facts["lots"]):
            raise forms.ValidationError(_("This currency has no such decimals as stand in the values of your lots."))
        return code

    def facts_after(self):
        """Another currency has the same figures."""
        after = super().facts_after()
        lots = [_in_currency(lot, self.facts["currency"], after["currency"]) for lot in after["lots"]]
        return after | {"lots": lots}


def _in_currency(lot, old, new):
    """The lot with the same figures in another currency; None where that one has too few decimals."""
    try:
        moved = {
            name: None if lot[name] is None else currency.to_minor(currency.from_minor(lot[name], old), new)
            for name in ("value_from", "value_to")
        }
    except currency.InexactAmount:
        return None
    return lot | moved


class WhoForm(FactsForm):
    """Who may see it, where responses go and in which languages.

    The form of a contracting authority has no field for evidence or for members, whatever is sent.
    """

    names = (
        "audience",
        "evidence_tiers",
        "route",
        "portal_url",
        "official_notice_on",
        "response_languages",
        "contact",
    )
    template = "writing/who_fields.html"

    audience = forms.ChoiceField(
        label=gettext_lazy("Who may see this call?"), choices=Audience.choices, widget=forms.RadioSelect
    )
    evidence_tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Evidence that you ask for"),
        choices=Tier.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A firm that holds one of these meets it. Tick nothing to ask for none."),
    )
    route = forms.ChoiceField(
        label=gettext_lazy("Where do responses go?"), choices=Route.choices, widget=forms.RadioSelect
    )
    portal_url = forms.URLField(
        label=gettext_lazy("Address of the procedure on the official portal"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https", "http"])],
        help_text=gettext_lazy("The page on which firms find the official documents and hand in their responses."),
    )
    official_notice_on = forms.DateField(
        label=gettext_lazy("Official notice published on"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("Where the law wants the notice on the official portal first."),
    )
    response_languages = LanguagesField(
        label=gettext_lazy("Languages in which you take responses"),
        required=False,
        help_text=gettext_lazy("Tick nothing for the language of the call alone."),
    )
    contact = forms.CharField(
        label=gettext_lazy("Who answers questions of form?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A department and its address or number. Questions of substance are asked on the page."),
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["response_languages"].propose(self.facts["response_languages"] or [self.facts["language"]])
        if self.call.is_of_authority:
            del self.fields["audience"], self.fields["evidence_tiers"]
            self.fields["route"].help_text = _(
                "For an authority the official portal is the rule. Here is for calls below the threshold alone, and "
                "then each lot has to say its upper value."
            )
        else:
            del self.fields["official_notice_on"]

    def clean(self):
        data = super().clean()
        if data.get("route") == Route.HERE:
            data["portal_url"] = ""
            if refusal := route.why_not_here(self.call, self.facts):
                self.add_error("route", refusal)
        return data

    @cached_property
    def threshold(self):
        """That of the call's law for such a contract, for the page; None for a company."""
        return route.threshold_of(self.call, self.facts)

    @property
    def threshold_source(self):
        return route.said_of(self.threshold)
