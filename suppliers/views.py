import json

from django.conf import settings
from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.utils.html import _json_script_escapes
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_countries import countries

from marketplace.accounts.permissions import representative_of
from marketplace.core.ui import ListView, render
from marketplace.core.vocab import cpv, languages
from suppliers.filters import SupplierFilter
from suppliers.models import Supplier

SERVICES_ON_A_CARD = 3


class SupplierList(ListView):
    """The directory as everybody sees it: listed suppliers, by words and by country."""

    filterset_class = SupplierFilter
    template_name = "suppliers/supplier_list.html"

    def get_queryset(self):
        self.queryset = Supplier.objects.listed().by_name().with_card()
        return super().get_queryset()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["cards"] = [card(supplier) for supplier in context["page_obj"]]
        context["country_choices"] = country_choices(self.request.GET.getlist("country"))
        return context


def card(supplier):
    services = supplier.capabilities.all()
    return {
        "supplier": supplier,
        "services": [service.label(get_language()) for service in services[:SERVICES_ON_A_CARD]],
        "languages": language_names(supplier.languages),
    }


def country_choices(chosen):
    """Countries that have listed suppliers, with how many; one query."""
    rows = Supplier.objects.listed().order_by().values_list("organisation__country").annotate(Count("pk"))
    names = dict(countries)
    choices = [
        {"value": code, "label": names.get(code, code), "count": count, "is_on": code in chosen} for code, count in rows
    ]
    return sorted(choices, key=lambda choice: (-choice["count"], choice["label"]))


def language_names(codes):
    """The languages in the words of the page; a code that is not ours is shown as it is."""
    known = [languages.find(code) for code in codes]
    return [str(language.name) if language else code for language, code in zip(known, codes, strict=True)]


@require_safe
def supplier_detail(request, slug):
    """A profile; one that is not listed exists only for staff and for those who act for it."""
    rows = Supplier.objects.visible_to(request.user).with_card()
    supplier = get_object_or_404(rows, slug=slug)
    services = [
        {"words": service.words, "label": cpv.label(service.cpv, get_language()), "code": service.cpv}
        for service in supplier.capabilities.all()
    ]
    context = {
        "supplier": supplier,
        "services": services,
        "languages": language_names(supplier.languages),
        "is_own": not supplier.is_listed and representative_of(request.user, supplier.organisation) is not None,
        "linked_data": linked_data(supplier, services) if supplier.is_listed else "",
    }
    return render(request, "suppliers/supplier_detail.html", context)


def linked_data(supplier, services):
    """schema.org's Organization for search engines: the town, never the street, and nothing about people."""
    organisation = supplier.organisation
    data = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": organisation.name,
        "url": settings.PUBLIC_URL + supplier.get_absolute_url(),
        "description": supplier.summary,
        "address": {
            "@type": "PostalAddress",
            "addressLocality": organisation.town,
            "addressCountry": organisation.country.code,
        },
        "knowsLanguage": supplier.languages,
        "makesOffer": [
            {"@type": "Offer", "itemOffered": {"@type": "Service", "name": service["words"] or service["label"]}}
            for service in services
        ],
    }
    if supplier.founded_year:
        data["foundingDate"] = str(supplier.founded_year)
    # Escaped as django.utils.html.json_script does, so that no profile can close the script element.
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_json_script_escapes))  # noqa: S308
