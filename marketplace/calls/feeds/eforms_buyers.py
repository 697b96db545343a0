"""Who buys: references of the procedure to the organisations that stand in the notice's extension."""

from dataclasses import replace

from marketplace.calls.feeds.eforms_values import Source
from marketplace.calls.feeds.eforms_xml import EXTENSION, Element, every, first, text
from marketplace.calls.feeds.notice import Body, Contact, Identifier

REFERENCE = "cac:PartyIdentification/cbc:ID"


def buyers(root: Element, source: Source) -> tuple[Body, ...]:
    """Each once, the one that leads the others first (OPT-300, BT-11); none where no reference can be followed."""
    known, leading = _organisations(root, source)
    found: dict[str, Body] = {}
    for party in every(root, "cac:ContractingParty"):
        reference = text(party, f"cac:Party/{REFERENCE}")
        body = known.get(reference)
        if body and body.name:
            found.setdefault(reference, replace(body, legal_type=_legal_type(party)))
        elif reference:
            source.warn(f"The buyer {reference[:40]!r} is not among the organisations of the notice.")
    if not found:
        source.warn("The notice does not say who buys.")
    return tuple(found[reference] for reference in sorted(found, key=lambda reference: reference not in leading))


def _legal_type(party: Element) -> str:
    for code in every(party, "cac:ContractingPartyType/cbc:PartyTypeCode"):
        if code.get("listName") == "buyer-legal-type":
            return (code.text or "").strip()
    return ""


def _organisations(root: Element, source: Source) -> tuple[dict[str, Body], set[str]]:
    """Organisations by their technical identifier, their contact points too, and who of them leads the buyers."""
    known: dict[str, Body] = {}
    leading: set[str] = set()
    for organisation in every(root, f"{EXTENSION}/efac:Organizations/efac:Organization"):
        company = first(organisation, "efac:Company")
        if company is None:
            continue
        reference = text(company, REFERENCE)
        body = _body(company, source)
        known.setdefault(reference, body)
        if text(organisation, "efbc:GroupLeadIndicator") == "true":
            leading.add(reference)
        for point in every(organisation, "efac:TouchPoint"):
            contact = _contact(point, source)
            known.setdefault(text(point, REFERENCE), replace(body, contact=contact or body.contact))
    return known, leading


def _body(company: Element, source: Source) -> Body:
    address = first(company, "cac:PostalAddress")
    lines = ["cbc:StreetName", "cbc:AdditionalStreetName", "cac:AddressLine/cbc:Line"]
    street = (text(address, line).rstrip(", ") for line in lines)
    return Body(
        name=" ".join(source.words(company, "cac:PartyName/cbc:Name", "The name of an organisation").split()),
        identifiers=_identifiers(company),
        country=source.country_of(text(address, "cac:Country/cbc:IdentificationCode")),
        street=", ".join(line for line in street if line),
        town=text(address, "cbc:CityName"),
        postcode=text(address, "cbc:PostalZone"),
        region=source.region_of(text(address, "cbc:CountrySubentityCode")),
        website=source.web_address(text(company, "cbc:WebsiteURI")),
        contact=_contact(company, source),
    )


def _identifiers(company: Element) -> tuple[Identifier, ...]:
    written = every(company, "cac:PartyLegalEntity/cbc:CompanyID")
    found = (
        Identifier(code.get("schemeID") or code.get("schemeName") or "", (code.text or "").strip()) for code in written
    )
    return tuple(dict.fromkeys(identifier for identifier in found if identifier.number))


def _contact(company: Element, source: Source) -> Contact | None:
    contact = first(company, "cac:Contact")
    found = Contact(
        name=text(contact, "cbc:Name"), email=text(contact, "cbc:ElectronicMail"), phone=text(contact, "cbc:Telephone")
    )
    return found if found != Contact() else None
