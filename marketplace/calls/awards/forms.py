from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.calls.awards import actions
from marketplace.calls.awards.actions import Choice
from marketplace.core.vocab import currency
from suppliers.registration.fields import AmountField, PlainTextField

#: Boxes for firms by name, where responses went to the official portal.
NAMED = 3
OUTCOMES = [
    ("award", gettext_lazy("Award it to the firms chosen here")),
    ("unsuccessful", gettext_lazy("No result: it is awarded to nobody")),
]


class AwardForm(forms.Form):
    """The decision on a lot, and what each firm that is not chosen is told."""

    outcome = forms.ChoiceField(label=gettext_lazy("Your decision"), choices=OUTCOMES, widget=forms.RadioSelect)
    words = PlainTextField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        help_text=gettext_lazy("Published on the page of the call, and sent to every firm that responded."),
    )

    def __init__(self, data=None, *, lot, submissions):
        """`submissions` are those of opened responses, one each; none where responses went elsewhere."""
        super().__init__(data)
        self.lot, self.submissions, self.call = lot, submissions, lot.call
        for submission in submissions:
            self._add_firm(submission.response)
        for number in range(0 if self.call.is_answered_here else NAMED):
            label = _("Name of the firm") if number == 0 else _("Name of another firm")
            self.fields[f"name_{number}"] = forms.CharField(label=label, max_length=200, required=False)
            self.fields[f"value_{number}"] = self._value()

    def _add_firm(self, response):
        feedback = getattr(response, "feedback", None)
        self.fields[f"chosen_{response.pk}"] = forms.BooleanField(label=_("Chosen"), required=False)
        self.fields[f"value_{response.pk}"] = self._value()
        self.fields[f"feedback_{response.pk}"] = PlainTextField(
            label=_("If not chosen: what this firm should know"),
            max_length=5_000,
            required=False,
            initial=feedback.words if feedback else "",
            help_text=_("Only this firm reads it. What was good, what was missing, how it compared."),
        )
        self.fields[f"feedback_{response.pk}"].widget.attrs["rows"] = 4

    def _value(self):
        label = _("Value to publish, in %(currency)s") % {"currency": self.call.currency}
        return AmountField(label=label, required=False, help_text=_("Leave it empty to keep it undisclosed."))

    def rows(self):
        """(submission, chosen, value, feedback) of each firm, for the page."""
        return [
            (each, *(self[f"{name}_{each.response_id}"] for name in ("chosen", "value", "feedback")))
            for each in self.submissions
        ]

    def named(self):
        numbers = range(0 if self.call.is_answered_here else NAMED)
        return [(self[f"name_{number}"], self[f"value_{number}"]) for number in numbers]

    def keep_feedback_only(self):
        """Nothing but the words for the firms is asked for."""
        self.fields["outcome"].required = self.fields["words"].required = False

    def clean(self):
        cleaned = super().clean()
        for name in [name for name in cleaned if name.startswith("value_")]:
            try:
                cleaned[name] = self._minor(cleaned[name])
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned

    def _minor(self, amount):
        if amount is None:
            return None
        try:
            return currency.to_minor(amount, self.call.currency)
        except currency.InexactAmount as error:
            raise ValidationError(_("This currency has fewer decimals. Write a whole amount.")) from error

    def choices(self):
        data = self.cleaned_data
        chosen = [
            Choice(response=each.response, value=data[f"value_{each.response_id}"])
            for each in self.submissions
            if data[f"chosen_{each.response_id}"]
        ]
        numbers = range(0 if self.call.is_answered_here else NAMED)
        return chosen + [
            Choice(name=data[f"name_{number}"], value=data[f"value_{number}"])
            for number in numbers
            if data[f"name_{number}"]
        ]

    def feedback(self):
        return {each.response_id: self.cleaned_data[f"feedback_{each.response_id}"] for each in self.submissions}

    def save_feedback(self, *, by):
        actions.save_feedback(self.lot, self.feedback(), by=by)

    def save(self, *, by):
        words, feedback = self.cleaned_data["words"], self.feedback()
        if self.cleaned_data["outcome"] == "unsuccessful":
            return actions.end_lot_without_award(self.lot, words=words, feedback=feedback, by=by)
        return actions.award_lot(self.lot, self.choices(), words=words, feedback=feedback, by=by)
