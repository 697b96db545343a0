import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Identifier, Organisation, PlainName
from marketplace.billing import actions
from marketplace.billing.models import Entitlement, Grant

SHOWN = 8
NUMBERED = re.compile(r"#([0-9]{1,18})(?:\s.*)?")


class GrantForm(forms.ModelForm):
    """The organisation is typed, since there are too many to choose from; several answers are listed to choose one."""

    organisation_words = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=200,
        help_text=gettext_lazy("Its name, VAT number or number in a register; or # and its number here, such as #12."),
    )
    entitlements = forms.MultipleChoiceField(
        label=gettext_lazy("What it gets"), choices=Entitlement.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Grant
        fields = ["organisation_words", "entitlements", "valid_from", "valid_until", "reason"]
        widgets = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {"valid_until": gettext_lazy("The last day on which it holds. Leave it empty for no end.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("valid_from", timezone.localdate())

    def clean_organisation_words(self):
        words = self.cleaned_data["organisation_words"].strip()
        found = list(_named(words)[: SHOWN + 1])
        if not found:
            raise ValidationError(_("No organisation is called so. Look it up in the list of organisations."))
        if len(found) > 1:
            names = [f"#{each.pk} {each.name}, {each.town or each.country.name}" for each in found[:SHOWN]]
            raise ValidationError([_("Several are called so. Type the number of the one you mean:"), *names])
        self.organisation = found[0]
        return words

    def clean(self):
        data = super().clean()
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day is before the first."))
        return data

    def save(self, *, by):  # type: ignore[override]
        data = {name: value for name, value in self.cleaned_data.items() if name != "organisation_words"}
        return actions.give_grant(self.organisation, **data, by=by)


def _named(words):
    """By our own number, a register's or the VAT number; else by name, where one that is exactly so stands alone."""
    if numbered := NUMBERED.fullmatch(words):
        return Organisation.objects.filter(pk=int(numbered[1]))
    known = Organisation.objects.filter(
        Q(pk__in=Identifier.objects.filter(value__iexact=words).values("organisation")) | Q(vat_number__iexact=words)
    )
    if known.exists():
        return known.by_name()
    plain = Func(Value(words), template="immutable_unaccent(lower(%(expressions)s))")
    named = Organisation.objects.annotate(plain_name=PlainName("name"))
    exactly = named.filter(plain_name=plain)
    return (exactly if exactly.exists() else named.filter(plain_name__contains=plain)).by_name()
