"""The forms of the steps. Each knows what stands there, what was typed, and how the two differ."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from marketplace.core.vocab import countries, currency, nuts
from marketplace.core.vocab.fields import PickerForm, RegionsField, ServicesField
from suppliers import actions
from suppliers.models import Audience, SizeBand, Supplier, TurnoverBand
from suppliers.registration import words
from suppliers.registration.fields import AmountField, LanguagesField, PlainTextField, language_choices
from suppliers.review.actions import note_audience

LONGEST_SUMMARY = 1500
MOST_TEXTS = 12
#: From here on a buyer doubts that a firm does it all.
MOST_DIVISIONS = 10


class StepForm(PickerForm):
    """One part of a profile; `names` are those of `actions.profile_of`.

    It carries a fingerprint of what it showed, so that nobody overwrites unread what somebody else has written since.
    """

    part = ""
    names: tuple[str, ...] = ()
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data=None, *, supplier):
        self.supplier = supplier
        self.stored = actions.profile_of(supplier, self.names)
        self.conflict, self.differences = "", []
        super().__init__(data, initial=self.shown(self.stored))
        self.fields["seen"].initial = actions.fingerprint(self.stored)

    def shown(self, stored):
        """The initial values of the fields."""
        return stored

    def values(self):
        """What was typed, in the shape of `stored`."""
        return {name: self.cleaned_data[name] for name in self.names}

    @transaction.atomic
    def save(self, *, by):
        supplier = self.supplier
        if not supplier.pk:
            supplier = actions.begin_profile(supplier.organisation, by=by)
        return actions.change_profile(supplier, part=self.part, by=by, seen=self.cleaned_data["seen"], **self.values())

    def note_conflict(self, sentence):
        """After a refused save: says what stands there now; the same form sent again puts its words in that place."""
        current = Supplier.objects.get(organisation=self.supplier.organisation)
        now = actions.profile_of(current, self.names)
        self.conflict, self.differences = sentence, words.differences(now, self.values())
        self.data = self.data.copy()
        self.data["seen"] = actions.fingerprint(now)

    @staticmethod
    def advice(supplier):
        """A friendly word about what the profile holds, which stops nobody."""
        return ""


class WhatWeDoForm(StepForm):
    part = "what-we-do"
    names = ("summary", "summary_language", "texts")

    summary = PlainTextField(
        label=gettext_lazy("What does your firm do?"),
        max_length=LONGEST_SUMMARY,
        help_text=gettext_lazy(
            "Three or four sentences, in the language you write best: what you do, for whom, and what you are good at."
        ),
    )
    summary_language = forms.ChoiceField(label=gettext_lazy("Language of this text"))

    def __init__(self, data=None, *, supplier):
        super().__init__(data, supplier=supplier)
        choices = language_choices()
        self.fields["summary_language"].choices = choices
        for number in range(self.rows):
            self.fields[f"language_{number}"] = forms.ChoiceField(
                label=_("Another language"), choices=[("", "–"), *choices], required=False
            )
            self.fields[f"text_{number}"] = PlainTextField(
                label=_("The same in that language"), max_length=LONGEST_SUMMARY, required=False
            )

    @cached_property
    def rows(self):
        """How many other languages the page has room for: those that are stored or were sent, and an empty one."""
        sent = sum(f"text_{number}" in self.data for number in range(MOST_TEXTS))
        wanted = max(len(self.stored["texts"]) + 1, sent + ("more" in self.data))
        return min(wanted, MOST_TEXTS)

    @cached_property
    def is_looking(self):
        return "more" in self.data

    def shown(self, stored):
        shown = {"summary": stored["summary"], "summary_language": stored["summary_language"]}
        if not stored["summary"]:
            shown["summary_language"] = (get_language() or "en")[:2]
        for number, (language, text) in enumerate(sorted(stored["texts"].items())):
            shown |= {f"language_{number}": language, f"text_{number}": text}
        return shown

    def others(self):
        """(language, text) fields of each row, for the page."""
        return [(self[f"language_{number}"], self[f"text_{number}"]) for number in range(self.rows)]

    @property
    def says_it_again(self):
        """Whether anything stands in the part for other languages, so that it must not be folded away."""
        return bool(self.stored["texts"]) or any(field.value() for row in self.others() for field in row)

    def clean(self):
        data, found = super().clean(), {}
        for number in range(self.rows):
            language, text = data.get(f"language_{number}"), data.get(f"text_{number}")
            if not text:
                continue
            if not language:
                self.add_error(f"language_{number}", _("Say which language this is."))
            elif language in {data.get("summary_language"), *found}:
                self.add_error(f"language_{number}", _("There is a text in this language already."))
            else:
                found[language] = text
        data["texts"] = found
        return data


class ServicesForm(StepForm):
    part = "services"
    names = ("services",)
    codes = ServicesField(
        label=gettext_lazy("Which services do you sell?"),
        help_text=gettext_lazy("Type it as you would say it to a neighbour, then tick what fits. Five good ones do."),
    )

    def shown(self, stored):
        return {"codes": [code for code, *_rest in stored["services"]]}

    def values(self):
        kept = {service[0]: service for service in self.stored["services"]}
        return {"services": [kept.get(code, [code, "", [], False]) for code in sorted(self.cleaned_data["codes"])]}

    @staticmethod
    def advice(supplier):
        fields = len({service.cpv[:2] for service in supplier.capabilities.all()}) if supplier.pk else 0
        if fields <= MOST_DIVISIONS:
            return ""
        return ngettext(
            "Your services lie in %(number)s different field. Buyers trust a firm more that names what it does best.",
            "Your services lie in %(number)s different fields. Buyers trust a firm more that names what it does best.",
            fields,
        ) % {"number": fields}


class OwnWordsForm(StepForm):
    """One line per service that was chosen, and which one is the main one."""

    part = "services"
    names = ("services",)
    main = forms.ChoiceField(
        label=gettext_lazy("Your main service"),
        required=False,
        help_text=gettext_lazy("It stands first on your profile."),
    )

    def __init__(self, data=None, *, supplier):
        super().__init__(data, supplier=supplier)
        labels = {code: words.service_name(code) for code, *_rest in self.stored["services"]}
        self.fields["main"].choices = [("", _("None in particular")), *labels.items()]
        for code, label in labels.items():
            self.fields[f"words_{code}"] = forms.CharField(label=label, max_length=200, required=False)

    def shown(self, stored):
        shown = {f"words_{code}": own_words for code, own_words, *_rest in stored["services"]}
        return shown | {"main": next((code for code, *_rest, is_main in stored["services"] if is_main), "")}

    def rows(self):
        """(code, field, names of the regions of its own) of each service, for the page."""
        return [
            (code, self[f"words_{code}"], words.region_names(regions))
            for code, _words, regions, _is_main in self.stored["services"]
        ]

    def values(self):
        typed = self.cleaned_data
        return {
            "services": [
                [code, typed[f"words_{code}"], regions, code == typed["main"]]
                for code, _words, regions, _is_main in self.stored["services"]
            ]
        }


class ServiceRegionsForm(StepForm):
    """Where one service is offered, if not wherever the firm works."""

    part = "services"
    names = ("services",)
    regions = RegionsField(
        label=gettext_lazy("Only in these regions"),
        required=False,
        help_text=gettext_lazy("Leave it empty if you offer this service wherever you work."),
    )

    def __init__(self, data=None, *, supplier, code):
        self.code = code
        super().__init__(data, supplier=supplier)

    def shown(self, stored):
        return {"regions": next(regions for code, _words, regions, _is_main in stored["services"] if code == self.code)}

    def values(self):
        regions = self.cleaned_data["regions"]
        return {
            "services": [
                [code, own_words, regions if code == self.code else others, is_main]
                for code, own_words, others, is_main in self.stored["services"]
            ]
        }


class WhereForm(StepForm):
    part = "where"
    names = ("regions", "serves_europe", "based_in")
    whole_country = forms.BooleanField(required=False)
    serves_europe = forms.BooleanField(label=gettext_lazy("All of Europe"), required=False)
    regions = RegionsField(label=gettext_lazy("Regions or countries you serve"), required=False)
    based_in = RegionsField(
        label=gettext_lazy("The region where you are"),
        required=False,
        max_choices=1,
        help_text=gettext_lazy("As near as you like; our guess comes from your address."),
    )

    def __init__(self, data=None, *, supplier):
        super().__init__(data, supplier=supplier)
        if self.country in nuts.regions():
            name = words.region_names([self.country])
            self.fields["whole_country"].label = _("All of the country: %(country)s") % {"country": name}
        else:
            del self.fields["whole_country"]

    @property
    def country(self):
        return countries.european(self.supplier.organisation.country.code)

    def shown(self, stored):
        return {
            "whole_country": self.country in stored["regions"],
            "serves_europe": stored["serves_europe"],
            "regions": [code for code in stored["regions"] if code != self.country],
            "based_in": [stored["based_in"]] if stored["based_in"] else [],
        }

    def clean(self):
        data = super().clean()
        if "regions" in data and not (data["regions"] or data.get("whole_country") or data["serves_europe"]):
            self.add_error("regions", _("Choose a region or a country, or tick all of Europe."))
        return data

    def values(self):
        data = self.cleaned_data
        regions = data["regions"]
        if data.get("whole_country"):
            parts_too = [code for code in regions if not nuts.is_within(code, self.country)]
            regions = [self.country, *parts_too]
        return {
            "regions": regions,
            "serves_europe": data["serves_europe"],
            "based_in": next(iter(data["based_in"]), ""),
        }


class AboutForm(StepForm):
    part = "about"
    names = (
        "languages",
        "size_band",
        "turnover_band",
        "founded_year",
        "largest_contract",
        "largest_contract_currency",
    )
    languages = LanguagesField(
        label=gettext_lazy("Languages you work in"),
        help_text=gettext_lazy("Those in which a buyer can write to you or call you."),
        error_messages={"required": gettext_lazy("Tick at least one language.")},
    )
    size_band = forms.ChoiceField(
        label=gettext_lazy("How many people work in the firm?"),
        choices=[("", gettext_lazy("I would rather not say")), *SizeBand.choices],
        required=False,
    )
    turnover_band = forms.ChoiceField(
        label=gettext_lazy("Turnover of a year"),
        choices=[("", gettext_lazy("I would rather not say")), *TurnoverBand.choices],
        required=False,
    )
    founded_year = forms.IntegerField(
        label=gettext_lazy("Year of foundation"),
        required=False,
        min_value=1500,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )
    amount = AmountField(
        label=gettext_lazy("Largest contract so far"),
        required=False,
        help_text=gettext_lazy("Roughly, without tax. It helps buyers to see which size you can carry."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency of this amount"), required=False)

    def __init__(self, data=None, *, supplier):
        super().__init__(data, supplier=supplier)
        self.fields["languages"].propose(self.stored["languages"])
        self.fields["currency"].choices = [(each.code, f"{each.name} ({each.code})") for each in currency.ALL]

    def shown(self, stored):
        amount, code = stored["largest_contract"], stored["largest_contract_currency"]
        usual = "GBP" if self.supplier.organisation.country.code == "GB" else "EUR"
        shown = {
            "amount": "" if amount is None else f"{currency.from_minor(amount, code).normalize():f}",
            "currency": code or usual,
        }
        return {name: stored[name] for name in self.names[:4]} | shown

    def clean_founded_year(self):
        year = self.cleaned_data["founded_year"]
        if year is not None and year > timezone.localdate().year:
            raise ValidationError(_("This year is yet to come."), code="future")
        return year

    def clean(self):
        data = super().clean()
        amount, code = data.get("amount"), data.get("currency")
        data |= {"largest_contract": None, "largest_contract_currency": ""}
        if amount is None:
            return data
        if not code:
            self.add_error("currency", _("Say which currency this is."))
            return data
        try:
            data |= {"largest_contract": currency.to_minor(amount, code), "largest_contract_currency": code}
        except currency.InexactAmount:
            self.add_error("amount", _("This currency has no such decimals."))
        return data


class ShowForm(StepForm):
    part = "show"
    names = ("audience", "shows_street")
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may find your profile?"),
        choices=[
            (Audience.EVERYBODY, gettext_lazy("Everybody, search engines included")),
            (Audience.MEMBERS, gettext_lazy("Only members of the network: buyers who have joined")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("You can change this, or hide the profile, at any time."),
    )
    shows_street = forms.BooleanField(
        label=gettext_lazy("Show our street, not only the town"),
        required=False,
        help_text=gettext_lazy("Leave it off if you work from home."),
    )

    @transaction.atomic
    def save(self, *, by):
        """The firm's receipt for being listed names who may see it, so it is told of a change."""
        supplier = super().save(by=by)
        note_audience(supplier, by=by)
        return supplier
