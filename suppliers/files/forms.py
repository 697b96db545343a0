from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.files.inspection import MOST_BYTES
from suppliers.files import actions
from suppliers.files.models import KINDS_WITH_AN_END, SHA256, Document, DocumentKind, Picture, Upload

#: What the browser offers to choose from. For pictures a word, so that iPhones turn HEIC into JPEG on the way.
DOCUMENTS_OFFERED = ".pdf,.docx,.xlsx,.odt,image/*"
PICTURES_OFFERED = "image/*"
FILES_AT_ONCE = 20


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to a list."""

    def __init__(self, *, offered, **kwargs):
        super().__init__(widget=FilesInput(attrs={"accept": offered}), **kwargs)

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) and data else [data or None]
        if len(files) > FILES_AT_ONCE:
            raise ValidationError(_("Send at most %(most)s files at once."), params={"most": FILES_AT_ONCE})
        cleaned = [super(FilesField, self).clean(each, initial) for each in files]
        return [file for file in cleaned if file]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


def _day_field(label, help_text=""):
    return forms.DateField(label=label, required=False, widget=DayInput(), help_text=help_text)


class DocumentWordsForm(forms.Form):
    """What is said of documents when they are added, whichever way their files come."""

    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind.choices)
    valid_until = _day_field(
        _("Valid until and including"),
        _("For an insurance or a certificate. We remind you 30 days and 7 days before."),
    )
    audience = forms.ChoiceField(
        label=_("Who may see it"),
        choices=Document.Audience.choices,
        initial=Document.Audience.PRIVATE,
        widget=forms.RadioSelect,
    )

    def clean(self):
        cleaned = super().clean()
        last_day = cleaned.get("valid_until")
        if cleaned.get("kind") in KINDS_WITH_AN_END and not last_day and "valid_until" not in self.errors:
            self.add_error("valid_until", _("An insurance or a certificate has a last day: please give it."))
        if last_day and last_day < timezone.localdate():
            self.add_error("valid_until", _("This day has passed: the document would be shown to nobody."))
        return cleaned

    def add(self, supplier, received, *, by):
        return actions.add_document(supplier, received, **self.words(), by=by)

    def words(self):
        return {name: self.cleaned_data[name] for name in ("kind", "valid_until", "audience")}


class DocumentsForm(DocumentWordsForm):
    files = FilesField(
        label=_("Files"),
        offered=DOCUMENTS_OFFERED,
        # Filled in when it is shown: a lazy string that is formatted here would stay in the language of the start.
        help_text=format_lazy(
            _("PDF, Word, Excel, OpenDocument or a photograph, up to {most} MB each. Several at once are fine."),
            most=MOST_BYTES // 1_000_000,
        ),
    )
    field_order = ["files", "kind", "valid_until", "audience"]


class DocumentForm(forms.ModelForm):
    valid_from = _day_field(_("Valid from"))
    valid_until = _day_field(_("Valid until and including"))

    class Meta:
        model = Document
        fields = ["title", "kind", "valid_from", "valid_until", "audience"]
        widgets = {"audience": forms.RadioSelect}

    def save(self, *, by):
        return actions.change_document(self.instance, **self.cleaned_data, by=by)


class PictureWordsForm(forms.Form):
    """What is said of a picture when it is added, whichever way its file comes."""

    def __init__(self, *args, role=Picture.Role.PICTURE, **kwargs):
        self.role = role
        super().__init__(*args, **kwargs)

    def add(self, supplier, received, *, by):
        return actions.add_picture(supplier, received, role=self.role, by=by)


class PicturesForm(PictureWordsForm):
    files = FilesField(
        label=_("Pictures"),
        offered=PICTURES_OFFERED,
        help_text=_(
            "From your camera or your files. We make them smaller, and remove the place and time that a camera notes."
        ),
    )


class LogoForm(PictureWordsForm):
    files = FilesField(
        label=_("Logo"),
        offered=PICTURES_OFFERED,
        help_text=_("A picture of at least 160 points a side; it is shown small beside your name."),
    )

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > 1:
            raise ValidationError(_("One logo is enough: choose one file."))
        return files


class DescriptionForm(forms.ModelForm):
    class Meta:
        model = Picture
        fields = ["alt"]
        labels = {"alt": _("What does the picture show?")}
        help_texts = {"alt": _("One sentence for people who do not see it, such as “Our team lays a floor in Lyon”.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["alt"].required = True

    def save(self, *, by):
        actions.describe_picture(self.instance, alt=self.cleaned_data["alt"], by=by)
        return self.instance


class BeginForm(forms.Form):
    """What a browser says before it sends a file in pieces."""

    purpose = forms.ChoiceField(choices=Upload.Purpose.choices)
    name = forms.CharField(max_length=500)
    size = forms.IntegerField(min_value=1, max_value=2**53)
    sha256 = forms.RegexField(SHA256, required=False, empty_value="")


class OffsetForm(forms.Form):
    offset = forms.IntegerField(min_value=0, max_value=2**53)
