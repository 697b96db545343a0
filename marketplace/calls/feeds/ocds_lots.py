"""The lots of a tender, and which of its items belong to which."""

from collections import defaultdict
from typing import Any

from marketplace.calls.feeds.notice import NoticeLot
from marketplace.calls.feeds.ocds_places import places
from marketplace.calls.feeds.ocds_values import (
    Fields,
    Warn,
    address,
    amount,
    classes,
    fields,
    in_language,
    language,
    line,
    main_classes,
    moment,
    once,
    period,
    rows,
    said,
    text,
    words,
)

#: The codes of eForms (BT-71) by what OCDS has for them.
RESERVED = {
    "shelteredworkshop": "res-ws",
    "shelteredprogram": "res-ws",
    "shelteredprogramme": "res-ws",
    "publicservicemissionorganization": "res-pub-ser",
    "publicservicemission": "res-pub-ser",
}
ENDED = frozenset(("cancelled", "withdrawn"))

Items = list[Fields]


def lots(tender: Fields, written: str, has_times: bool, warn: Warn) -> tuple[tuple[NoticeLot, ...], Items]:
    """The lots in the order of the source, and the items that belong to none; `written` is the notice's language."""
    declared = _named(tender, warn)
    by_lot, others = _shared_out(tender, set(declared), warn)
    papers = _papers(tender)
    found = []
    for identifier, row in declared.items():
        items = by_lot[identifier]
        regions, countries = places([*items, row], warn)
        starts_on, ends_on = period(row.get("contractPeriod"), warn)
        found.append(
            NoticeLot(
                identifier=identifier,
                title=_title(identifier, row, tender, written, len(declared)),
                description=text(in_language(row, "description", written)),
                cpv=_cpv([row, *items], tender, warn),
                regions=regions,
                countries=countries,
                amount=amount(row, warn),
                response_deadline=moment(_end(row, "tenderPeriod"), has_times, warn),
                question_deadline=moment(_end(row, "enquiryPeriod"), has_times, warn),
                starts_on=starts_on,
                ends_on=ends_on,
                languages=spoken(row, warn),
                documents_url=papers.get(identifier, ""),
                submission_url=address(row.get("submissionMethodDetails")),
                reserved_for=reserved(row, warn) or reserved(tender, warn),
                is_cancelled=line(row.get("status")).lower() in ENDED,
            )
        )
    return tuple(found), others


def spoken(row: Fields, warn: Warn) -> tuple[str, ...]:
    """The languages in which responses are taken."""
    return once(language(code, warn) for code in words(fields(row.get("submissionTerms")).get("languages")))


def reserved(row: Fields, warn: Warn) -> tuple[str, ...]:
    found = words(fields(row.get("otherRequirements")).get("reservedParticipation"))
    for word in found:
        if word.lower() not in RESERVED and word.lower() != "none":
            warn(f"Nobody knows for whom {word[:60]!r} reserves a lot.")
    return once(RESERVED.get(word.lower(), "") for word in found)


def _cpv(of_lot: Items, tender: Fields, warn: Warn) -> tuple[str, ...]:
    """What the lot's own items say; the main code is the tender's where they only have additional ones."""
    main = [code for row in of_lot for code in main_classes(row, warn)] or main_classes(tender, warn)
    return once([*main, *(code for row in of_lot for code in classes(row, warn))])


def _end(row: Fields, name: str) -> Any:
    return fields(row.get(name)).get("endDate")


def _named(tender: Fields, warn: Warn) -> dict[str, Fields]:
    """The lots by their identifiers; one that has none, or that of another lot, is known by its place."""
    found: dict[str, Fields] = {}
    for number, row in enumerate(rows(tender.get("lots")), start=1):
        identifier = line(row.get("id")) or str(number)
        if identifier in found:
            warn(f"Two lots are called {identifier[:60]!r}.")
            identifier = f"{identifier} ({number})"
        found[identifier] = row
    return found


def _shared_out(tender: Fields, known: set[str], warn: Warn) -> tuple[defaultdict[str, Items], Items]:
    by_lot: defaultdict[str, Items] = defaultdict(list)
    others: Items = []
    for item in rows(tender.get("items")):
        named = [*words(item.get("relatedLot")), *words(item.get("relatedLots"))]
        for identifier in once(named):
            if identifier in known:
                by_lot[identifier].append(item)
            else:
                warn(f"An item belongs to a lot that is not there, {identifier[:60]!r}.")
        if not known.intersection(named):
            others.append(item)
    return by_lot, others


def _title(identifier: str, row: Fields, tender: Fields, written: str, count: int) -> str:
    """Its own; else that of the tender, with the lot's identifier where there are several."""
    if own := said(in_language(row, "title", written)):
        return own
    title = line(in_language(tender, "title", written))
    return f"{title} ({identifier})".strip() if count > 1 else title or identifier


def _papers(tender: Fields) -> dict[str, str]:
    """Where the documents of each lot are, for lots that have their own."""
    found: dict[str, str] = {}
    for document in rows(tender.get("documents")):
        if line(document.get("documentType")).lower() == "biddingdocuments" and address(document.get("url")):
            for identifier in words(document.get("relatedLots")):
                found.setdefault(identifier, address(document.get("url")))
    return found
