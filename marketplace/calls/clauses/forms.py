import hashlib
import json

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.calls.clauses import actions, library
from marketplace.calls.clauses.models import Clause, Reading
from marketplace.calls.law.forms import DayInput, RecordForm
from marketplace.core.errors import RuleBroken


def fingerprint(chosen):
    return hashlib.blake2b(json.dumps(chosen, sort_keys=True).encode(), digest_size=12).hexdigest()


class ChoiceForm(forms.Form):
    """A box for each clause that may stand in the call, and beside it the buyer's words on the link to the subject.

    `chosen` is [{"clause", "link_to_subject"}] as it stands now. A clause that was chosen and is no longer offered may
    stay. It carries a sign of what it showed, so that nobody overwrites unread what a colleague chose since.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data=None, *, call, chosen):
        super().__init__(data)
        self.call, self.now, self.conflict = call, chosen, ""
        self.fields["seen"].initial = fingerprint(chosen)
        words = {each["clause"]: each["link_to_subject"] for each in chosen}
        for clause in self.clauses:
            self.fields[f"take_{clause.pk}"] = forms.BooleanField(
                label=clause.title_in(call.language), required=False, initial=clause.pk in words
            )
            self.fields[f"link_{clause.pk}"] = forms.CharField(
                label=_("If you choose it: how is it linked to the subject of this contract?"),
                help_text=str(clause.subject_check),
                required=False,
                max_length=1_000,
                initial=words.get(clause.pk, ""),
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @cached_property
    def clauses(self):
        rows = Clause.objects.for_call(self.call) | Clause.objects.filter(pk__in=[each["clause"] for each in self.now])
        return list(rows.select_related("jurisdiction").order_by("jurisdiction", "stage", "code"))

    def groups(self):
        """[(stage, [(clause, box, words)])] for the page."""
        return [
            (stage, [(clause, self[f"take_{clause.pk}"], self[f"link_{clause.pk}"]) for clause in clauses])
            for stage, clauses in library.by_stage(self.clauses)
        ]

    def clean(self):
        cleaned = super().clean()
        for clause in self.clauses:
            if cleaned.get(f"take_{clause.pk}") and not (cleaned.get(f"link_{clause.pk}") or "").strip():
                self.add_error(
                    f"link_{clause.pk}",
                    gettext("Say in your own words how this clause is linked to the subject of this contract."),
                )
        return cleaned

    def chosen(self):
        """In the shape of `now`; what stays keeps its place."""
        taken = [clause.pk for clause in self.clauses if self.cleaned_data[f"take_{clause.pk}"]]
        order = [each["clause"] for each in self.now if each["clause"] in taken]
        order += [key for key in taken if key not in order]
        return [{"clause": key, "link_to_subject": self.cleaned_data[f"link_{key}"].strip()} for key in order]

    def refuse_if_changed(self):
        """Says so and asks again when somebody chose other clauses since the page was made."""
        if self.cleaned_data["seen"] == fingerprint(self.now):
            return
        self.data = self.data.copy()
        self.data["seen"] = fingerprint(self.now)
        there = [clause.title_in(self.call.language) for clause in self.clauses if clause.pk in self._keys_now()]
        self.conflict = "\n".join(there) or gettext("no clause")
        raise RuleBroken(gettext("A colleague has chosen other clauses since you opened this page."))

    def _keys_now(self):
        return {each["clause"] for each in self.now}

    def save(self, *, by):
        self.refuse_if_changed()
        return actions.choose_clauses(self.call, self.chosen(), by=by)


class ReadingForm(forms.ModelForm):
    class Meta:
        model = Reading
        fields = ["period_from", "period_until", "value", "words"]
        widgets = {"period_from": DayInput, "period_until": DayInput, "words": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"words": _("What stands behind the number, or why there is none. No names of people.")}

    def save(self, chosen, *, by):
        return actions.record_reading(chosen, **self.cleaned_data, by=by)


# --- Staff ------------------------------------------------------------------------------------------------------------


class ClauseForm(RecordForm):
    texts = ("titles", "texts", "subject_checks", "indicators")

    class Meta:
        model = Clause
        fields = ["stage", "legal_basis", "legal_basis_url"]
        widgets = {"legal_basis": forms.Textarea(attrs={"rows": 3})}


class ReviewForm(forms.Form):
    reviewed_by = forms.CharField(
        label=_("Lawyer"), max_length=200, help_text=_("Name and firm, as it is shown beside the clause.")
    )
    reviewed_on = forms.DateField(label=_("reviewed on"), widget=DayInput, initial=timezone.localdate)
