from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.matching.matches import actions
from marketplace.matching.matches.models import SetAside

LONGEST_NAME = 100


class SetAsideForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it not for you?"),
        choices=SetAside.Reason.choices,
        widget=forms.RadioSelect,
        help_text=_("Only your own list changes. The buyer does not learn of it."),
    )

    def save(self, call: Any, *, supplier: Any, by: Any) -> SetAside:
        return actions.set_aside(call, supplier=supplier, reason=self.cleaned_data["reason"], by=by)


class FirmForm(forms.Form):
    """Which firm a buyer asks about."""

    firm = forms.CharField(label=_("Name of the firm"), max_length=LONGEST_NAME, required=False, strip=True)
