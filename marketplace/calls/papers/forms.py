from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.calls.papers import actions
from marketplace.core.files.inspection import MOST_BYTES
from marketplace.core.files.intake import MOST_AT_ONCE
from suppliers.files.forms import DOCUMENTS_OFFERED, FilesField
from suppliers.registration.fields import language_choices


class WordsForm(forms.Form):
    """What is said of a document: its language, and the lot where it is not for the whole call."""

    language = forms.ChoiceField(label=_("Language of the document"), required=False)
    lot = forms.ModelChoiceField(None, label=_("For which lot?"), required=False, empty_label=_("For the whole call"))

    def __init__(self, *args, call, **kwargs):
        super().__init__(*args, **kwargs)
        self.call = call
        self.fields["language"].choices = [("", _("It has no language, or several")), *language_choices()]
        self.offer_lots()

    def offer_lots(self):
        """Nobody is asked for the lot where there is but one."""
        lots = self.call.lots.standing()
        self.fields["lot"].queryset = lots
        self.fields["lot"].label_from_instance = lambda lot: f"{lot.number}. {lot.title}"
        if len(lots) < 2:
            del self.fields["lot"]


class DocumentsForm(WordsForm):
    files = FilesField(
        label=_("Files"),
        offered=DOCUMENTS_OFFERED,
        # Filled in when it is shown: a lazy string that is formatted here would stay in the language of the start.
        help_text=format_lazy(
            _("PDF, Word, Excel, OpenDocument or a photograph, up to {most} MB each and {together} MB at once."),
            most=MOST_BYTES // 1_000_000,
            together=MOST_AT_ONCE // 1_000_000,
        ),
    )
    field_order = ["files", "language", "lot"]

    def __init__(self, *args, call, **kwargs):
        super().__init__(*args, call=call, **kwargs)
        self.fields["language"].initial = call.language

    def add(self, received, *, by):
        words = {name: self.cleaned_data[name] for name in ("language", "lot") if name in self.cleaned_data}
        return actions.add_document(self.call, received, **words, by=by)


class DocumentForm(WordsForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    field_order = ["title", "language", "lot"]

    def __init__(self, *args, document, **kwargs):
        initial = {"title": document.title, "language": document.language, "lot": document.lot_id}
        super().__init__(*args, call=document.call, initial=initial, **kwargs)
        self.document = document

    def save(self, *, by):
        return actions.change_document(self.document, **self.cleaned_data, by=by)
