"""Buyers as OCDS writes them: the parties of a release, and who of them buys."""

from typing import Any

from marketplace.calls.feeds.notice import Body, Contact, Identifier
from marketplace.calls.feeds.ocds_writing_values import filled
from marketplace.core.vocab import countries


def buyers(buyers: tuple[Body, ...]) -> list[dict[str, Any]]:
    return [_party(number, body) for number, body in enumerate(buyers, start=1)]


def reference(buyers: tuple[Body, ...]) -> dict[str, Any]:
    return {"id": _party_id(1, buyers[0]), "name": buyers[0].name} if buyers else {}


def _party(number: int, body: Body) -> dict[str, Any]:
    known = [_identifier(each) for each in body.identifiers]
    return filled(
        {
            "id": _party_id(number, body),
            "name": body.name,
            "identifier": known[0] | {"legalName": body.name} if known else {"legalName": body.name},
            "additionalIdentifiers": known[1:],
            "address": filled(
                {
                    "streetAddress": body.street,
                    "locality": body.town,
                    "region": body.region,
                    "postalCode": body.postcode,
                    "countryName": countries.name(body.country) if body.country else "",
                }
            ),
            "contactPoint": _contact(body.contact),
            "details": filled({"url": body.website}),
            "roles": ["buyer"],
        }
    )


def _party_id(number: int, body: Body) -> str:
    first = next(iter(body.identifiers), None)
    return "-".join(filter(None, [first.scheme, first.number])) if first else f"buyer-{number}"


def _identifier(identifier: Identifier) -> dict[str, Any]:
    return filled({"scheme": identifier.scheme, "id": identifier.number})


def _contact(contact: Contact | None) -> dict[str, Any]:
    if contact is None:
        return {}
    said = {"name": contact.name, "email": contact.email, "telephone": contact.phone, "url": contact.url}
    return filled(said)
