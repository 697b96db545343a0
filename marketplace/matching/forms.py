from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, User
from marketplace.matching import actions
from marketplace.matching.kinds import Kind
from marketplace.matching.models import SavedSearch
from marketplace.matching.rhythms import Alert


class SavedSearchForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the search"), max_length=120, help_text=_("As you will look for it in your list.")
    )
    alert = forms.ChoiceField(
        widget=forms.RadioSelect,
        initial=Alert.NONE,
        help_text=_(
            "In the morning there is one mail for all your searches, and none when there is nothing new. "
            "No call is told twice."
        ),
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alert: Any = self.fields["alert"]
        alert.label = kind.question
        alert.choices = [(value, label) for value, label in Alert.choices if value in kind.rhythms]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def save(self, organisation: Organisation, *, kind: str, query: str, by: User) -> SavedSearch:
        return actions.save_search(organisation, kind=kind, query=query, **self.cleaned_data, by=by)

    def change(self, search: SavedSearch, *, by: Any) -> None:
        actions.change_search(search, **self.cleaned_data, by=by)
