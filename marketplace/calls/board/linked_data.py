"""A call as schema.org's Organization that seeks something (Demand), for search engines."""

from typing import Any

from django.conf import settings

from marketplace.calls.models import Audience, Call
from marketplace.core.vocab import currency, nuts
from suppliers.directory.facets import service_name

#: So many lots say enough.
MOST_LOTS = 50


def is_for_everybody(call: Call) -> bool:
    """On show, for strangers too: what search engines may have."""
    return call.is_published and call.audience == Audience.EVERYBODY and call.withdrawn_at is None


def demand_data(call: Call, lots: list[Any], language: str) -> dict[str, Any]:
    """What everybody may read; where responses go is in the address."""
    organisation = call.buyer.organisation
    address = {
        "@type": "PostalAddress",
        "addressLocality": organisation.town,
        "addressCountry": str(organisation.country),
    }
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentOrganization" if call.is_of_authority else "Organization",
            "name": organisation.name,
            "address": _filled(address),
            "seeks": _filled(
                {
                    "@type": "Demand",
                    "name": call.title,
                    "description": call.description,
                    "identifier": call.reference,
                    "url": settings.PUBLIC_URL + call.get_absolute_url(),
                    "validFrom": call.publish_at.isoformat(),
                    "validThrough": call.response_deadline.isoformat(),
                    "availabilityStarts": call.starts_on and call.starts_on.isoformat(),
                    "availabilityEnds": call.ends_on and call.ends_on.isoformat(),
                    "itemOffered": [_service(lot, call, language) for lot in lots[:MOST_LOTS]],
                }
            ),
        }
    )


def _service(lot: Any, call: Call, language: str) -> dict[str, Any]:
    return _filled(
        {
            "@type": "Service",
            "name": lot.title,
            "description": lot.description,
            "category": [service_name(code, language) for code in lot.cpv],
            "areaServed": [nuts.name(code, language) for code in lot.regions],
            "offers": _price(lot, call),
        }
    )


def _price(lot: Any, call: Call) -> dict[str, Any] | None:
    if lot.value_from is None and lot.value_to is None:
        return None
    price = {
        "@type": "PriceSpecification",
        "priceCurrency": call.currency,
        "minPrice": _amount(lot.value_from, call.currency),
        "maxPrice": _amount(lot.value_to, call.currency),
        "valueAddedTaxIncluded": False,
    }
    kept = {key: value for key, value in price.items() if value is not None}
    return {"@type": "Demand", "priceSpecification": kept}


def _amount(minor: int | None, code: str) -> float | None:
    return float(currency.from_minor(minor, code)) if minor is not None else None


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value}
