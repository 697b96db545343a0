"""Forms of the back office for records with words per language."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from marketplace.calls.law.models import Jurisdiction, Reservation, Threshold


class DayInput(forms.DateInput):
    input_type = "date"


class RecordForm(forms.ModelForm):
    """Carries the version that was looked at; each of `texts`, {language: words} in the row, is a field per language.

    Words in a language that has no field here stay as they are.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    texts: tuple[str, ...] = ()
    #: Help for some of the texts.
    text_helps: dict[str, Any] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for name in self.texts:
            field = self._meta.model._meta.get_field(name)
            for code, _name in settings.LANGUAGES:
                language = get_language_info(code)["name_translated"]
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{field.verbose_name} ({language})",
                    required=not field.blank and code == settings.LANGUAGE_CODE,
                    max_length=10_000,
                    help_text=self.text_helps.get(name, ""),
                    widget=forms.Textarea(attrs={"rows": 2 if "name" in name or "title" in name else 5}),
                )
                self.initial[f"{name}_{code}"] = getattr(self.instance, name).get(code, "")

    def changed_details(self):
        """{field: value} of what was changed, for the action."""
        changed = set(self.changed_data) - {"version"}
        details = {name: self.cleaned_data[name] for name in changed if name in self._meta.fields}
        for name in self.texts:
            if changed & {f"{name}_{code}" for code, _name in settings.LANGUAGES}:
                details[name] = self._words(name)
        return details

    def details(self):
        """{field: value} of all that was typed, for the action that adds it."""
        return {name: self.cleaned_data[name] for name in self._meta.fields} | {
            name: self._words(name) for name in self.texts
        }

    def _words(self, name):
        typed = {code: self.cleaned_data[f"{name}_{code}"] for code, _name in settings.LANGUAGES}
        kept = {code: words for code, words in getattr(self.instance, name).items() if code not in typed}
        return kept | {code: words for code, words in typed.items() if words}

    def show_conflict(self, now):
        """Keep what was typed, say beside each field what the other person saved, and let the next press decide."""
        words = gettext("Saved meanwhile: “%(value)s”. Saving again puts yours in its place.")
        theirs = {name: getattr(now, name) for name in self._meta.fields}
        for name in self.texts:
            theirs |= {f"{name}_{code}": getattr(now, name).get(code, "") for code, _name in settings.LANGUAGES}
        for name, value in theirs.items():
            if str(value or "") != str(self.cleaned_data.get(name) or ""):
                self.add_error(name, words % {"value": value or gettext("nothing")})
        self.data = {**self.data.dict(), "version": now.version}


REVIEWED = ["source", "source_url", "reviewed_on", "review_by", "in_force_from", "in_force_until"]
DAYS = dict.fromkeys(("reviewed_on", "review_by", "in_force_from", "in_force_until"), DayInput)


class ReviewedForm(RecordForm):
    def clean(self):
        cleaned = super().clean()
        read, again = cleaned.get("reviewed_on"), cleaned.get("review_by")
        if read and read > timezone.localdate():
            self.add_error("reviewed_on", gettext("Nobody can have read it on a day that has not come."))
        elif read and again and again <= read:
            self.add_error("review_by", gettext("It is read again after it was read."))
        begins, ends = cleaned.get("in_force_from"), cleaned.get("in_force_until")
        if begins and ends and ends < begins:
            self.add_error("in_force_until", gettext("The last day is before the first."))
        return cleaned


class JurisdictionForm(ReviewedForm):
    texts = ("names", "official_first_words")

    class Meta:
        model = Jurisdiction
        fields = [
            "countries",
            "is_official_first",
            "late_change_days",
            "extension_days",
            "standstill_days",
            "is_standstill_in_working_days",
            *REVIEWED,
        ]
        widgets = DAYS | {"source": forms.Textarea(attrs={"rows": 6})}
        help_texts = {"countries": _("Two letters each, with commas between them: DE, AT. Empty for no country.")}

    def clean_countries(self):
        """Each a country, and under no other law: a new call takes the law that names its country."""
        codes = list(dict.fromkeys(code.strip().upper() for code in self.cleaned_data["countries"]))
        if unknown := [code for code in codes if code not in dict(countries)]:
            raise ValidationError(gettext("No country has this code: %(codes)s.") % {"codes": ", ".join(unknown)})
        taken = Jurisdiction.objects.filter(countries__overlap=codes).exclude(pk=self.instance.pk).first()
        if taken:
            raise ValidationError(gettext("“%(law)s” names one of these countries already.") % {"law": taken})
        return codes

    def clean(self):
        cleaned = super().clean()
        late, given = cleaned.get("late_change_days"), cleaned.get("extension_days")
        if late is not None and given is not None and given < late:
            self.add_error("extension_days", gettext("A late change gives no fewer days than those that make it late."))
        return cleaned


class NewJurisdictionForm(JurisdictionForm):
    class Meta(JurisdictionForm.Meta):
        fields = ["code", *JurisdictionForm.Meta.fields]


class ThresholdForm(ReviewedForm):
    class Meta:
        model = Threshold
        fields = ["authority", "contract", "amount", "currency", "includes_vat", *REVIEWED]
        widgets = DAYS | {"source": forms.Textarea(attrs={"rows": 6})}
        help_texts = {"amount": _("In the smallest unit of the currency: 100 for one euro.")}


class NewThresholdForm(ThresholdForm):
    class Meta(ThresholdForm.Meta):
        fields = ["jurisdiction", *ThresholdForm.Meta.fields]


class ReservationForm(ReviewedForm):
    texts = ("names", "conditions")
    text_helps = {"conditions": _("What a firm has to be by law: never who its owners are or where they come from.")}

    class Meta:
        model = Reservation
        fields = REVIEWED
        widgets = DAYS | {"source": forms.Textarea(attrs={"rows": 6})}


class NewReservationForm(ReservationForm):
    class Meta(ReservationForm.Meta):
        fields = ["jurisdiction", "code", *ReservationForm.Meta.fields]


def in_a_year():
    return timezone.localdate() + timedelta(days=365)


class ReadAgainForm(forms.Form):
    review_by = forms.DateField(label=_("to be read again by"), widget=DayInput, initial=in_a_year)


class ReplaceThresholdForm(forms.Form):
    amount = forms.IntegerField(
        label=_("The new figure"),
        help_text=_("In the smallest unit of the currency: 100 for one euro."),
        min_value=1,
        max_value=10**15,
    )
    in_force_from = forms.DateField(label=_("in force from"), widget=DayInput)
    source = forms.CharField(label=_("source"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 5}))
    source_url = forms.URLField(label=_("address of the source"), max_length=400, required=False, assume_scheme="https")
