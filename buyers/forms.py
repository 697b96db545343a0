from django import forms
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer

KINDS = [
    (Buyer.Kind.COMPANY, _("A company or another private organisation")),
    (Buyer.Kind.CONTRACTING_AUTHORITY, _("A contracting authority: a city, a region, a hospital, a ministry …")),
]


class KindForm(forms.Form):
    """What kind of buyer an organisation is, which decides the law that its calls are under."""

    kind = forms.ChoiceField(
        label=_("As what do you buy?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        help_text=_("An authority is bound by public procurement law, and its calls are open to everybody."),
    )
    is_central = forms.BooleanField(
        label=_("Part of central government"),
        required=False,
        help_text=_("A ministry or an agency of the state, not a city or a region. Other thresholds hold for it."),
    )

    def clean(self):
        data = super().clean()
        if data.get("is_central") and data.get("kind") == Buyer.Kind.COMPANY:
            self.add_error("is_central", _("Only a contracting authority can be part of central government."))
        return data


class RefusalForm(forms.Form):
    words = forms.CharField(
        label=_("The reason"),
        help_text=_(
            "It goes by mail to those who administer the organisation, in just these words: say what they can do."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
