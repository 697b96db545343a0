from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_countries import countries

from marketplace.accounts import actions, identifiers
from marketplace.accounts.models import Invitation, JoinRequest, Organisation, Representative, Role, User
from marketplace.core import moments

#: What a role may do, beside its name; for choices that a person has to understand.
ROLE_CHOICES = [
    (Role.VIEWER, gettext_lazy("Viewer: sees everything, changes nothing")),
    (Role.EDITOR, gettext_lazy("Editor: writes and changes content")),
    (Role.ADMINISTRATOR, gettext_lazy("Administrator: everything, also people and details")),
]
TOWN_FIRST = ["town", "street", "postcode"]


def refuse_addresses(name: str) -> None:
    """Names stand in mails to strangers, where an address would be a lure."""
    if "://" in name or "www." in name.lower():
        raise ValidationError(gettext_lazy("A name cannot hold a web address."), code="address")


class SignupForm(forms.Form):
    """What we ask beside address and password."""

    full_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[refuse_addresses],
    )
    field_order = ["full_name", "email", "password1"]

    def signup(self, request, user):
        """Nothing more to do: the adapter has saved the name."""


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["full_name", "language", "time_zone"]
        widgets = {"full_name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {
            "language": gettext_lazy("For the mails we send you; each page can be read in every language."),
            "time_zone": gettext_lazy("Your own time is shown beside the time where a deadline counts."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        self.fields["full_name"].validators.append(refuse_addresses)
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label,
            help_text=self.fields["time_zone"].help_text,
            choices=[("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in moments.zones())],
        )

    def save(self, commit=True):
        """Saves these fields alone, so that nothing else of the person is written back as it was read."""
        self.instance.save(update_fields=self._meta.fields)
        return self.instance


class OrganisationDetailsForm(forms.ModelForm):
    """What both the registration and the change of an organisation ask."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        validators=[refuse_addresses],
        help_text=gettext_lazy("As it stands in the register."),
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "www.example.org"}),
    )

    class Meta:
        model = Organisation
        fields = ["name", "vat_number", "website", "town", "street", "postcode"]
        widgets = {
            "town": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "street": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
        }
        help_texts = {
            "vat_number": gettext_lazy("With or without the letters of the country, with or without spaces."),
            "street": gettext_lazy("Public pages show the town, never the street, unless you want it."),
        }

    def country(self):
        return self.instance.country.code

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_vat_number(self):
        typed = self.cleaned_data["vat_number"].strip()
        return identifiers.normalised_vat(typed, self.country()) if typed else ""

    def details(self):
        return {name: self.cleaned_data[name] for name in OrganisationDetailsForm.Meta.fields}


class OrganisationRegisterForm(OrganisationDetailsForm):
    country_code = forms.ChoiceField(label=gettext_lazy("Country"))
    scheme = forms.ChoiceField(
        label=pgettext_lazy("of companies", "Register"),
        required=False,
        help_text=gettext_lazy("Where your organisation is registered in this country."),
    )
    number = forms.CharField(
        label=gettext_lazy("Number in that register"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Leave it empty if you have none, for example as a sole trader in the UK."),
    )
    field_order = ["country_code", "name", "scheme", "number", "vat_number", *TOWN_FIRST, "website"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.schemes = identifiers.schemes_of(self.country())
        fields: dict[str, Any] = self.fields
        fields["country_code"].choices = list(countries)
        fields["scheme"].choices = [(scheme.code, scheme.name) for scheme in self.schemes]
        fields["scheme"].initial = self.schemes[0].code

    def country(self):
        """The country that was chosen, else the one proposed."""
        return str((self.data.get("country_code") if self.is_bound else self.initial.get("country_code")) or "GB")

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("number") and not self.errors:
            known = {scheme.code: scheme for scheme in self.schemes}
            scheme = known[data["scheme"] or self.schemes[0].code]
            try:
                data |= {"scheme": scheme.code, "number": scheme.normalised(data["number"])}
            except ValidationError as error:
                self.add_error("number", error)
        return data

    def holder(self):
        """The organisation that has this number already, or None."""
        if not self.cleaned_data["number"]:
            return None
        return Organisation.objects.identified_by(self.cleaned_data["scheme"], self.cleaned_data["number"]).first()

    def look_alikes(self):
        """Up to five that may be meant: the same VAT number, which a group may share, or all but the same name."""
        found = Organisation.objects.none()
        if self.cleaned_data["vat_number"]:
            found = Organisation.objects.filter(vat_number=self.cleaned_data["vat_number"])
        named = Organisation.objects.named_like(self.cleaned_data["name"], self.cleaned_data["country_code"])
        return list({row.pk: row for row in [*found[:5], *named[:5]]}.values())[:5]

    def save(self, *, by):  # type: ignore[override]
        data = self.cleaned_data
        return actions.register_organisation(
            by=by,
            country=data["country_code"],
            identifiers={data["scheme"]: data["number"]} if data["number"] else {},
            **self.details(),
        )


class OrganisationForm(OrganisationDetailsForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    field_order = ["name", "vat_number", *TOWN_FIRST, "website"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def save(self, *, by):  # type: ignore[override]
        return actions.change_organisation(
            Organisation.objects.get(pk=self.instance.pk),
            version=self.cleaned_data["version"],
            by=by,
            **self.details(),
        )

    def differences(self, current):
        """(label, what stands there now, what was typed) of each field that differs."""
        return [
            (self.fields[name].label, getattr(current, name), typed)
            for name, typed in self.details().items()
            if getattr(current, name) != typed
        ]


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("We send an invitation that is valid for 14 days."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=ROLE_CHOICES, widget=forms.RadioSelect, initial=Role.EDITOR
    )

    def save(self, organisation: Organisation, *, by: User) -> Invitation:
        return actions.invite_representative(organisation, **self.cleaned_data, by=by)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)

    def save(self, representative: Representative, *, by: User) -> None:
        actions.change_role(representative, role=self.cleaned_data["role"], by=by)


class JoinRequestForm(forms.Form):
    kind = forms.ChoiceField(choices=JoinRequest.Kind.choices)
    message = forms.CharField(label=gettext_lazy("Message"), max_length=500, required=False)


class DecisionForm(forms.Form):
    """Yes or no, as the button pressed says."""

    decision = forms.ChoiceField(choices=[("accept", "accept"), ("decline", "decline")])

    @property
    def is_yes(self) -> bool:
        return self.cleaned_data["decision"] == "accept"
