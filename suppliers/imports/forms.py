from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from suppliers.imports import actions, columns

MOST_BYTES = 2 * 2**30


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("CSV of any kind, or XLSX. The columns may have any order and name."),
    )
    source = forms.CharField(
        label=_("Where the data comes from"),
        max_length=200,
        help_text=_(
            "The owners of the firms read this in the mail that asks them, for example “Directory of the Chamber of "
            "Trade, May 2026”."
        ),
    )
    country = forms.ChoiceField(
        label=_("Country of rows that name none"), required=False, choices=[("", _("Report such rows")), *countries]
    )
    language = forms.ChoiceField(label=_("Language of the texts and of the mails"), choices=settings.LANGUAGES)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than two gigabytes. Divide it."), code="size")
        return file

    def save(self, *, by):
        return actions.upload_import(**self.cleaned_data, by=by)


class MappingForm(forms.Form):
    """One choice per heading of the file: which of our fields the column is, or none."""

    def __init__(self, *args, headings, **kwargs):
        super().__init__(*args, **kwargs)
        self.headings = headings
        guessed = actions.remembered(headings)
        choices = [("", _("leave out")), *((field.name, field.label) for field in columns.FIELDS)]
        for place, heading in enumerate(headings):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or _("(no heading)"), required=False, choices=choices, initial=guessed.get(heading, "")
            )

    @property
    def mapping(self):
        """Heading to field, of what was chosen or else proposed."""
        said = self.cleaned_data if self.is_bound else {name: field.initial for name, field in self.fields.items()}
        chosen = ((heading, said.get(f"column-{place}")) for place, heading in enumerate(self.headings))
        return {heading: field for heading, field in chosen if field}

    def clean(self):
        fields = list(self.mapping.values())
        if "name" not in fields:
            raise ValidationError(_("Say which column holds the name of the firm."), code="name")
        if len(set(fields)) < len(fields):
            raise ValidationError(_("Two columns cannot be the same field. Leave one of them out."), code="twice")
        return self.cleaned_data
