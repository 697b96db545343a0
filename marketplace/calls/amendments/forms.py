from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.calls.amendments import actions, changes
from marketplace.calls.clauses.forms import ChoiceForm
from marketplace.calls.papers.forms import DocumentsForm, WordsForm


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


class _LotsOfPending(WordsForm):
    """Asks for the lot among those of the amendment under way, which may be as new as the document."""

    def offer_lots(self):
        lots = self.pending.facts["lots"]
        self.fields["lot"] = forms.TypedChoiceField(
            label=self.fields["lot"].label,
            choices=[("", self.fields["lot"].empty_label), *((lot["number"], _title(lot)) for lot in lots)],
            coerce=int,
            empty_value=None,
            required=False,
        )
        if len(lots) < 2:
            del self.fields["lot"]

    def said(self):
        names = {"title": "title", "language": "language", "lot": "lot_number"}
        return {names[name]: value for name, value in self.cleaned_data.items() if name in names}


def _title(lot):
    return f"{lot['number']}. {lot['title']}"


class NewDocumentsForm(_LotsOfPending, DocumentsForm):
    def __init__(self, *args, pending, **kwargs):
        self.pending = pending
        super().__init__(*args, call=pending.call, **kwargs)

    def add(self, received, *, by):
        return actions.add_document(self.pending, received, **self.said(), by=by)


class NewDocumentForm(_LotsOfPending):
    title = forms.CharField(label=_("Title"), max_length=120)
    field_order = ["title", "language", "lot"]

    def __init__(self, data=None, *, pending, document):
        self.pending, self.document = pending, document
        initial = {"title": document.title, "language": document.language, "lot": document.lot_number}
        super().__init__(data, call=pending.call, initial=initial)

    def save(self, *, by):
        actions.change_document(self.pending, self.document.pk, **self.said(), by=by)
