from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.calls.amendments import actions, changes
from marketplace.calls.clauses.forms import ChoiceForm


class PublishForm(forms.Form):
    """Carries a sign of the differences that were read, so that nothing unread is published."""

    looked_at = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label=_("Why you change it"),
        help_text=_("Everybody who reads the call sees these words, and the mail to those it concerns has them too."),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_wording_only = forms.BooleanField(
        label=_("This only corrects the wording: nobody has to think about their response again"),
        required=False,
    )

    def __init__(self, data=None, *, pending):
        self.pending = pending
        super().__init__(data, initial={"looked_at": changes.fingerprint(pending)})

    def save(self, *, by):
        return actions.publish_amendment(self.pending, **self.cleaned_data, by=by)

    def show_now(self):
        """After a refused save: what is published next is what the page shows now."""
        self.data = self.data.copy()
        self.data["looked_at"] = changes.fingerprint(self.pending)


class PendingClausesForm(ChoiceForm):
    """The clauses of an amendment under way."""

    def __init__(self, data=None, *, pending):
        self.pending = pending
        super().__init__(data, call=pending.call, chosen=pending.clauses)

    def save(self, *, by):
        self.refuse_if_changed()
        return actions.choose_clauses(self.pending, self.chosen(), by=by)


class DropDocumentsForm(forms.Form):
    drop = forms.ModelMultipleChoiceField(
        label=_("Documents that shall go"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data=None, *, pending):
        self.pending = pending
        super().__init__(data, initial={"drop": pending.dropped_documents})
        self.fields["drop"].queryset = pending.call.documents.current()

    def save(self, *, by):
        return actions.drop_documents(self.pending, [row.pk for row in self.cleaned_data["drop"]], by=by)
