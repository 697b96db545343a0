"""Who buys, by the parties of a release and whatever refers to them."""

import re
from collections.abc import Iterator

from marketplace.calls.feeds.notice import Body, Contact, Identifier
from marketplace.calls.feeds.ocds_places import country, regions
from marketplace.calls.feeds.ocds_values import Fields, Warn, address, fields, line, rows, words
from marketplace.core.vocab import countries

#: The identifier of a party often is that of a register, with the register's code before it (GB-COH-01234567).
REGISTERED = re.compile(r"([A-Z]{2}-[A-Z0-9]+)-(.+)")
#: The roles of those who invite responses, the first that anybody has.
ROLES = ("buyer", "procuringentity", "procuringagency")


def buyers(release: Fields, tender: Fields, warn: Warn) -> tuple[Body, ...]:
    """The buyer first, then those that buy with it; whoever runs the procedure where no buyer is named."""
    parties = rows(release.get("parties"))
    # Those without an identifier are referred to by their names.
    known = {line(party.get("name")): party for party in parties}
    known |= {line(party.get("id")): party for party in parties if line(party.get("id"))}
    references = [*rows(release.get("buyer")), *rows(release.get("buyers"))]
    found: dict[str, Body] = {}
    for row in references or rows(tender.get("procuringEntity")):
        party = known.get(line(row.get("id"))) or known.get(line(row.get("name"))) or {}
        _add(found, {**row, **party}, warn)
    for role in ROLES:
        if not found or role == ROLES[0]:
            for party in parties:
                if role in (word.lower() for word in words(party.get("roles"))):
                    _add(found, party, warn)
    if not found:
        warn("It names no buyer.")
    return tuple(found.values())


def _add(found: dict[str, Body], party: Fields, warn: Warn) -> None:
    body = _body(party, warn)
    if body.name:
        found.setdefault(body.name.casefold(), body)


def _body(party: Fields, warn: Warn) -> Body:
    where, details = fields(party.get("address")), fields(party.get("details"))
    contact = fields(party.get("contactPoint"))
    identifiers = tuple(dict.fromkeys(_identifiers(party)))
    own_country = country(where, warn)
    codes = regions(where, own_country)
    region = codes[0] if len(codes) == 1 else ""
    return Body(
        name=line(party.get("name")) or line(fields(party.get("identifier")).get("legalName")),
        identifiers=identifiers,
        country=own_country or _country_of(region, where, identifiers),
        street=line(where.get("streetAddress")),
        town=line(where.get("locality")).rstrip(", "),
        postcode=line(where.get("postalCode")),
        region=region,
        website=address(details.get("url")) or address(details.get("buyerProfile")) or address(party.get("url")),
        contact=_contact(contact),
    )


def _identifiers(party: Fields) -> Iterator[Identifier]:
    main = fields(party.get("identifier"))
    for row in [main, *rows(party.get("additionalIdentifiers"))]:
        if number := line(row.get("id")):
            yield Identifier(line(row.get("scheme")), number)
    own = line(party.get("id"))
    registered = REGISTERED.fullmatch(own)
    if registered and own != f"{line(main.get('scheme'))}-{line(main.get('id'))}":
        yield Identifier(registered[1], registered[2])


def _country_of(region: str, where: Fields, identifiers: tuple[Identifier, ...]) -> str:
    """By its region; else, of an address that names no country, by a register that is one country's."""
    if region:
        return countries.EUROPEAN_TO_ISO.get(region[:2], region[:2])
    if line(where.get("countryName")):
        return ""
    found = (countries.find(each.scheme[:2]) for each in identifiers if REGISTERED.match(f"{each.scheme}-1"))
    return next(filter(None, found), "")


def _contact(row: Fields) -> Contact | None:
    contact = Contact(
        name=line(row.get("name")),
        email=line(row.get("email")),
        phone=line(row.get("telephone")),
        url=address(row.get("url")),
    )
    return contact if contact != Contact() else None
