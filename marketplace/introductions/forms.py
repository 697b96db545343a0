from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import RuleBroken
from marketplace.introductions import actions
from marketplace.introductions.models import Shortlist

VERSION = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
NOTE = forms.CharField(
    label=_("Note"),
    max_length=2000,
    required=False,
    widget=forms.Textarea(attrs={"rows": 3}),
    help_text=_("Everybody who acts for your organisation can read it; nobody else can."),
)


class ActionForm(forms.Form):
    """A form whose action may refuse: the refusal stands above the fields, and nothing typed is lost."""

    def save_or_refuse(self, *args, by):
        """What the action returned, or None when the form or a rule refuses it."""
        if not self.is_valid():
            return None
        try:
            return self.save(*args, by=by)
        except RuleBroken as broken:
            self.add_error(None, str(broken))
            return None


class ShortlistForm(ActionForm):
    name = forms.CharField(
        label=_("Name of the list"), max_length=120, help_text=_("What it is for, such as “Catering, spring 2027”.")
    )

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def save(self, buyer, *, by):
        return actions.start_shortlist(buyer, name=self.cleaned_data["name"], by=by)


class ShortlistChangeForm(ShortlistForm):
    note = NOTE
    version = VERSION

    def save(self, shortlist, *, by):
        actions.change_shortlist(shortlist, **self.cleaned_data, by=by)
        return shortlist


class AddForm(ActionForm):
    """Onto which list a firm goes: one that is there, or a new one."""

    shortlist = forms.ModelChoiceField(Shortlist.objects.none(), required=False)
    name = forms.CharField(
        label=_("Name of the new list"),
        max_length=120,
        error_messages={"required": _("Choose a list, or give a new one a name.")},
    )

    def __init__(self, *args, buyer, **kwargs):
        super().__init__(*args, **kwargs)
        self.buyer = buyer
        self.fields["shortlist"].queryset = buyer.shortlists.all()
        self.fields["name"].required = not self.data.get("shortlist")

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def save(self, supplier, *, by):
        data = self.cleaned_data
        shortlist = data["shortlist"] or actions.start_shortlist(self.buyer, name=data["name"], by=by)
        return actions.add_to_shortlist(shortlist, supplier=supplier, by=by)


class NoteForm(ActionForm):
    note = NOTE
    version = VERSION

    def save(self, entry, *, by):
        actions.write_note(entry, **self.cleaned_data, by=by)
        return entry
