from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Value
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.accounts.forms import OrganisationRegisterForm, refuse_addresses
from marketplace.accounts.models import Organisation, PlainName
from marketplace.core.vocab import languages
from marketplace.core.vocab.fields import PickerForm, RegionsField, ServicesField
from suppliers.actions import profile_of
from suppliers.proposals import drafts
from suppliers.proposals.models import Partner

NAMED = ("name", "town", "website")
PROFILE = ("summary", "summary_language", "languages", "regions", "services")
#: Not asked of a partner: the owner knows them, and nobody else needs to say them.
LEFT_TO_THE_OWNER = ("vat_number", "street", "postcode")
EXAMPLES_SHOWN = 5
#: What firms of this network most often work in beside the language of the page.
COMMON = ("en", "fr", "ar", "tr", "pt", "pl", "es", "it")


def language_choices():
    """Every language by its name on this page."""
    return sorted(((each.code, str(each.name)) for each in languages.ALL), key=lambda choice: choice[1].casefold())


def language_boxes(chosen):
    """Every language to tick: first what is ticked and what is likely, then the rest behind one press."""
    names = dict(language_choices())
    first = [code for code in dict.fromkeys([*chosen, get_language() or "en", *COMMON]) if code in names]
    rest = [(code, name) for code, name in names.items() if code not in first]
    return [("likely", [(code, names[code]) for code in first]), ("others", rest)]


class LanguageBoxes(forms.CheckboxSelectMultiple):
    template_name = "registration/languages.html"


class DraftFields(PickerForm):
    """What a partner says of a firm, beside its name and numbers."""

    summary = forms.CharField(
        label=gettext_lazy("What the firm does"),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("A few plain sentences. Say nothing of who the owner is: that is for them alone."),
    )
    summary_language = forms.ChoiceField(label=gettext_lazy("Language of this text"), choices=language_choices)
    services = ServicesField(
        label=gettext_lazy("Services"),
        required=False,
        words_label=gettext_lazy("What does the firm do? (everyday words, any language)"),
    )
    regions = RegionsField(label=gettext_lazy("Regions where it works"), required=False)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages it works in"),
        required=False,
        widget=LanguageBoxes,
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the owner"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("We write to this address at once and ask whether the owner wants this profile."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of our mail to the owner"), choices=settings.LANGUAGES)
    source = forms.CharField(
        label=gettext_lazy("Where you know the firm from"),
        max_length=160,
        validators=[refuse_addresses],
        help_text=gettext_lazy("The owner reads this, as the law requires. For example: our members’ list of 2026."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["languages"].choices = language_boxes(self["languages"].value() or [])

    def clean_source(self):
        return " ".join(self.cleaned_data["source"].split())

    def told(self):
        """What was typed, as the actions take it."""
        data = self.cleaned_data
        profile = {name: data[name] for name in PROFILE if name != "services"}
        known = {code: rest for code, *rest in self.known_services()}
        first = data["services"][0] if data["services"] else ""
        services = [[code, *(known.get(code) or ["", [], code == first and not known])] for code in data["services"]]
        return {
            "organisation": {name: data[name] for name in NAMED},
            "profile": profile | {"services": sorted(services)},
            "email": data["email"].lower(),
            "source": data["source"],
            "language": data["language"],
        }

    def known_services(self):
        return []


class FirmDraftForm(DraftFields, OrganisationRegisterForm):
    """A firm that a partner brings in; whoever holds its number already is never shown."""

    field_order = ["country_code", "name", "scheme", "number", "town", "website", *DraftFields.base_fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in LEFT_TO_THE_OWNER:
            del self.fields[name]
        self.fields["town"].required = True
        self.fields["scheme"].help_text = _("Where the firm is registered in this country.")
        self.fields["number"].help_text = _("Leave it empty if the firm has none, or if you do not know it.")
        here = get_language() or settings.LANGUAGE_CODE
        self.fields["summary_language"].initial = self.fields["language"].initial = here

    def save(self, *, partner, by):  # type: ignore[override]
        data, told = self.cleaned_data, self.told()
        told["organisation"]["country"] = data["country_code"]
        numbers = {data["scheme"]: data["number"]} if data["number"] else {}
        return drafts.draft_firm(partner, by=by, identifiers=numbers, **told)


class FirmChangeForm(DraftFields):
    """The same for a draft; country and number stay as they were drafted."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, validators=[refuse_addresses])
    town = forms.CharField(label=gettext_lazy("Town"), max_length=120)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, max_length=200, assume_scheme="https")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    field_order = [*NAMED, *DraftFields.base_fields, "version"]

    def __init__(self, data=None, *, proposal):
        self.proposal = proposal
        firm = proposal.supplier.organisation
        stored = profile_of(proposal.supplier, PROFILE)
        self.stored_services = stored["services"]
        stored["services"] = [code for code, *_rest in self.stored_services]
        mail = {name: getattr(proposal, name) for name in ("email", "language", "source")}
        own = {name: getattr(firm, name) for name in (*NAMED, "version")}
        super().__init__(data, initial=stored | mail | own)

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def known_services(self):
        return self.stored_services

    def save(self, *, by):
        return drafts.change_draft(self.proposal, by=by, version=self.cleaned_data["version"], **self.told())


class AnswerForm(forms.Form):
    """What the owner decides; the words are needed for a report alone."""

    decision = forms.ChoiceField(choices=[("accept", "accept"), ("decline", "decline"), ("report", "report")])
    shares_standing = forms.BooleanField(required=False)
    words = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Our staff read it and follow it up with whoever made the draft."),
    )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("decision") == "report" and not data.get("words") and not self.has_error("words"):
            self.add_error("words", _("Say in a few words what is wrong."))
        return data


class PartnerForm(forms.ModelForm):
    """Finds the organisation by its name or number, since a list of all would be endless."""

    wanted = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=200,
        help_text=gettext_lazy("Its name as it is registered here, or the number in the address of its page."),
    )

    class Meta:
        model = Partner
        fields: list[str] = []

    def clean_wanted(self):
        wanted = " ".join(self.cleaned_data["wanted"].split())
        found = self._found(wanted)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("No organisation is registered under this name or number."))
        names = "; ".join(f"{row.pk} ({row.town or row.country.name})" for row in found)
        raise forms.ValidationError(_("Several have this name. Write the number of one: %(names)s") % {"names": names})

    def _found(self, wanted):
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            return list(Organisation.objects.filter(pk=wanted))
        named = Organisation.objects.annotate(plain=PlainName("name"))
        return list(named.filter(plain=PlainName(Value(wanted)))[:EXAMPLES_SHOWN])

    def save(self, *, by):  # type: ignore[override]
        return drafts.welcome_partner(self.cleaned_data["wanted"], by=by)
