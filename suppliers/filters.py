import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from suppliers.models import Supplier


class SupplierFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="with_words", label=_("Words"), max_length=200, strip=True, widget=forms.SearchInput
    )
    country = django_filters.MultipleChoiceFilter(
        field_name="organisation__country", choices=list(countries), label=_("Country")
    )

    class Meta:
        model = Supplier
        fields = ["q", "country"]

    def with_words(self, rows, name, words):
        return rows.worded(words)
