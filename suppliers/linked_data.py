"""A profile as schema.org's Organization, for search engines."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from suppliers.models import Supplier


def organisation_data(supplier: Supplier, services: Iterable[str]) -> dict[str, Any]:
    """What everybody may read: the street only if the firm shows it, and nothing about people."""
    organisation = supplier.organisation
    address = {
        "@type": "PostalAddress",
        "addressLocality": organisation.town,
        "addressCountry": str(organisation.country),
    }
    if supplier.shows_street:
        address |= {"streetAddress": organisation.street, "postalCode": organisation.postcode}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": organisation.name,
        "url": settings.PUBLIC_URL + supplier.get_absolute_url(),
        "description": supplier.summary,
        "address": {key: value for key, value in address.items() if value},
        "knowsLanguage": supplier.languages,
        "areaServed": ["Europe"] if supplier.serves_europe else supplier.regions,
        "makesOffer": [
            {"@type": "Offer", "itemOffered": {"@type": "Service", "name": service}} for service in services
        ],
        "sameAs": organisation.website,
        "foundingDate": str(supplier.founded_year or ""),
    }
    return {key: value for key, value in data.items() if value}


def as_script(data: dict[str, Any], nonce: str) -> SafeString:
    """The data in a script element that no text of a profile can close: escaped by Django's `json_script`."""
    text = json_script(data).removeprefix('<script type="application/json">').removesuffix("</script>")
    return format_html('<script type="application/ld+json" nonce="{}">{}</script>', nonce, SafeString(text))
