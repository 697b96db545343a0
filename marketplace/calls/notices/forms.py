from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.calls.law.forms import RecordForm
from marketplace.calls.notices import actions
from marketplace.calls.notices.models import NoticeSource
from marketplace.calls.notices.reaching import PORT, NotFetched, place_of
from marketplace.calls.notices.reasons import sentence

MOST_BYTES = 2**30


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("OCDS as JSON or JSON lines, eForms as XML, or a ZIP or GZIP of them."),
    )
    source = forms.ModelChoiceField(
        NoticeSource.objects.all(),
        label=_("Source"),
        empty_label=None,
        help_text=_("Stands beside each call. A notice is known by its source and its number there."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than one gigabyte. Divide it."), code="size")
        return file

    def save(self, *, by):
        return actions.upload_run(**self.cleaned_data, by=by)


class UnpublishForm(forms.Form):
    words = forms.CharField(
        label=_("The reason"),
        help_text=_("It stands on the page of the call, and goes by mail to those who kept it in mind."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class BuyerChoice(forms.ModelChoiceField):
    def label_from_instance(self, buyer):
        organisation = buyer.organisation
        return ", ".join(filter(None, (organisation.name, organisation.town, organisation.country.name)))


class HandOverForm(forms.Form):
    buyer = BuyerChoice(
        Buyer.objects.contracting_authorities().cleared().select_related("organisation").order_by("organisation__name"),
        label=_("The buyer that it is"),
        help_text=_("Contracting authorities that are registered here and that we have cleared."),
    )


class SourceForm(RecordForm):
    class Meta:
        model = NoticeSource
        fields = [
            "key",
            "name",
            "website",
            "official_pattern",
            "licence",
            "licence_url",
            "address",
            "is_paged",
            "every_minutes",
            "is_on",
        ]
        help_texts = {
            "official_pattern": _("{identifier} and {procedure} stand for the numbers of the notice."),
            "licence": _("Without a licence the calls of this source are not handed on as open data."),
            "address": _(
                "OCDS, or eForms in a ZIP, under https. {since} stands for the moment from which on notices are asked"
                " for, such as 2026-03-30T10:00:00 in UTC."
            ),
            "is_paged": _("Then each page leads to the next by links.next, as packages of OCDS do."),
            "is_on": _("Read its terms of use first, and try it once with “Fetch now”."),
        }

    def clean_address(self):
        address = self.cleaned_data["address"].strip()
        if not address:
            return ""
        try:
            place = place_of(address.replace("{since}", ""))
        except NotFetched as refused:
            raise ValidationError(sentence(refused.reason), code="address") from refused
        if place.port != PORT:
            raise ValidationError(_("Only the usual port of the encrypted web is asked."), code="port")
        if "{" in address.replace("{since}", ""):
            raise ValidationError(_("{since} is the only thing that is put in."), code="placeholder")
        return address

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_on") and not cleaned.get("address") and "address" not in self.errors:
            self.add_error("address", _("Say from which address it is fetched."))
        return cleaned
