from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, User
from marketplace.matching import actions
from marketplace.matching.models import Alert, SavedSearch


class SavedSearchForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the search"), max_length=120, help_text=_("As you will look for it in your list.")
    )
    alert = forms.ChoiceField(
        label=_("Write to me about new firms"),
        choices=Alert.choices,
        widget=forms.RadioSelect,
        initial=Alert.NONE,
        help_text=_("One mail for all your searches, and none when there is nothing new."),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def save(self, organisation: Organisation, *, query: str, by: User) -> SavedSearch:
        return actions.save_search(organisation, query=query, **self.cleaned_data, by=by)

    def change(self, search: SavedSearch, *, by: Any) -> None:
        actions.change_search(search, **self.cleaned_data, by=by)
