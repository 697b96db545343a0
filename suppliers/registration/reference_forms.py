from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers import actions
from suppliers.models import Reference


class ReferenceForm(forms.ModelForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = Reference
        fields = actions.REFERENCE_FIELDS
        labels = {
            "title": gettext_lazy("What did you do?"),
            "buyer_name": gettext_lazy("For whom?"),
            "year": gettext_lazy("In which year?"),
            "value_band": gettext_lazy("About how much was it worth?"),
            "is_private": gettext_lazy("Keep it private: only we and the staff of Tessera see it"),
        }
        widgets = {"year": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6})}
        help_texts = {"buyer_name": gettext_lazy("Ask them first, or write what kind of customer it was.")}

    def __init__(self, data=None, *, instance=None):
        super().__init__(data, instance=instance)
        self.conflict, self.differences = "", []
        self.fields["value_band"].choices = [("", _("I would rather not say")), *Reference.ValueBand.choices]
        if instance:
            self.fields["seen"].initial = actions.fingerprint(actions.reference_of(instance))

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not 1950 <= year <= timezone.localdate().year:
            raise ValidationError(_("Write a year between 1950 and this year."), code="year")
        return year

    def told(self):
        return {name: self.cleaned_data[name] for name in actions.REFERENCE_FIELDS}

    @transaction.atomic
    def save(self, *, supplier, by):
        """Adds the reference, or changes the one that the form was opened for."""
        if self.instance.pk:
            return actions.change_reference(self.instance, by=by, seen=self.cleaned_data["seen"], **self.told())
        if not supplier.pk:
            supplier = actions.begin_profile(supplier.organisation, by=by)
        return actions.add_reference(supplier, by=by, **self.told())

    def note_conflict(self, sentence, current):
        """What stands there now beside what was typed; the same form sent again takes its place."""
        now = actions.reference_of(current)
        self.conflict = sentence
        self.differences = [
            (self.fields[name].label, now[name], typed) for name, typed in self.told().items() if now[name] != typed
        ]
        self.data = self.data.copy()
        self.data["seen"] = actions.fingerprint(now)
