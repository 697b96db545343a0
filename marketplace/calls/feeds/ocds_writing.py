"""Writes what a notice says as a release of OCDS 1.1.5: plain values in, plain values out.

The other half of `ocds.read`, which reads the same notice in what is written here. What a release says beyond the
notice, such as who was chosen, is in `Beside`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marketplace.calls.feeds.notice import Amount, Body, Contact, Identifier, Moment, Notice, NoticeLot, Paper
from marketplace.core.vocab import countries

VERSION = "1.1"
_EXTENSION = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_{}_extension/{}/extension.json"
#: What is written beyond the core of the standard: lots, the places of items, the languages of responses.
EXTENSIONS = (
    _EXTENSION.format("lots", "v1.1.5"),
    _EXTENSION.format("location", "master"),
    _EXTENSION.format("submissionTerms", "master"),
)
#: Codes of `method.csv`; a negotiated procedure begins with an invitation to those who qualify.
METHODS = {"open": "open", "restricted": "selective", "negotiated": "selective"}
CATEGORIES = {"works": "works", "supplies": "goods", "services": "services"}


class Tag(StrEnum):
    """Codes of `releaseTag.csv`."""

    PLANNING = "planning"
    PLANNING_UPDATE = "planningUpdate"
    TENDER = "tender"
    AMENDMENT = "tenderAmendment"
    UPDATE = "tenderUpdate"
    CANCELLATION = "tenderCancellation"
    AWARD = "award"
    AWARD_UPDATE = "awardUpdate"


class Standing(StrEnum):
    """Codes of `tenderStatus.csv`, of a call and of each lot."""

    PLANNED = "planned"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    UNSUCCESSFUL = "unsuccessful"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"


ENDED = (Standing.CANCELLED, Standing.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Decision:
    """Of a lot: for the firm of that name, or without one for nobody."""

    identifier: str
    lot: str
    words: str
    at: datetime
    firm: str = ""
    amount: Amount = field(default_factory=Amount)
    #: The contract may not be signed yet.
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """An amendment, from the release that it amends to the one in which it stands; or the end of a call or lot."""

    identifier: str
    at: datetime
    words: str
    amends: str = ""
    release: str = ""
    lots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """The same procedure as somebody else publishes it; `title` names them and the terms under which it is taken."""

    process: str
    title: str
    url: str = ""
    #: Whether `process` is an ocid.
    is_ocid: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What a release says that a notice does not."""

    standing: Standing
    #: By the identifier of the lot; a lot that is not here stands as the call does.
    lots: Mapping[str, Standing] = field(default_factory=dict)
    begins_at: datetime | None = None
    #: Who may respond, where the law lets a lot be reserved.
    criteria: str = ""
    decisions: tuple[Decision, ...] = ()
    changes: tuple[Change, ...] = ()
    related: tuple[Related, ...] = ()


def release(notice: Notice, beside: Beside, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The release as JSON holds it; `before` is the last one of the same procedure, from which its tag follows.

    Of a call that was taken back it says no more than that, and why.
    """
    is_taken_back = beside.standing == Standing.WITHDRAWN
    decisions = () if is_taken_back else beside.decisions
    said = _filled(
        {
            "ocid": notice.procedure,
            "id": notice.identifier,
            "date": _exactly(notice.published_at),
            "tag": [str(Tag.TENDER)],
            "initiationType": "tender",
            "language": notice.language,
            "parties": _buyers(notice.buyers) + _firms(decisions),
            "buyer": _reference(notice.buyers),
            "tender": _taken_back(notice, beside) if is_taken_back else _tender(notice, beside),
            "awards": [_award(decision) for decision in decisions],
            "relatedProcesses": [_related(number, each) for number, each in enumerate(beside.related, start=1)],
        }
    )
    return said | {"tag": _tags(before, said)}


def is_same(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a release says nothing that the one before it did not."""
    return _without_its_own(before) == _without_its_own(now)


def _without_its_own(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in {"id", "date", "tag"}}


def _tags(before: dict[str, Any] | None, now: dict[str, Any]) -> list[str]:
    """What a release does. The first tells all at once; of what follows, an ending outweighs a decision, a decision an
    amendment."""
    status, awards = now["tender"]["status"], now.get("awards", [])
    if before is None:
        first = Tag.PLANNING if status == Standing.PLANNED else Tag.TENDER
        return [str(first), *[str(Tag.AWARD)] * bool(awards), *[str(Tag.CANCELLATION)] * (status in ENDED)]
    return [str(_tag(before, now))]


def _tag(before: dict[str, Any], now: dict[str, Any]) -> Tag:
    status = now["tender"]["status"]
    if status in ENDED and before["tender"]["status"] not in ENDED:
        return Tag.CANCELLATION
    was, decided = ({award["id"]: award for award in said.get("awards", [])} for said in (before, now))
    if was != decided:
        return Tag.AWARD if decided.keys() - was.keys() else Tag.AWARD_UPDATE
    if status == Standing.PLANNED:
        return Tag.PLANNING_UPDATE
    changes = now["tender"].get("amendments", [])
    return Tag.AMENDMENT if any(change.get("releaseID") == now["id"] for change in changes) else Tag.UPDATE


# --- The call ---------------------------------------------------------------------------------------------------------


def _taken_back(notice: Notice, beside: Beside) -> dict[str, Any]:
    ends = [change for change in beside.changes if change.identifier == beside.standing]
    said = {
        "id": notice.procedure,
        "title": notice.title,
        "status": str(beside.standing),
        "amendments": [_amendment(change) for change in ends],
    }
    return _filled(said)


def _tender(notice: Notice, beside: Beside) -> dict[str, Any]:
    return _filled(
        {
            "id": notice.reference or notice.procedure,
            "title": notice.title,
            "description": notice.description,
            "status": str(beside.standing),
            **_prices(notice.amount),
            "mainProcurementCategory": CATEGORIES.get(notice.contract),
            "procurementMethod": METHODS.get(notice.method),
            "procurementMethodDetails": notice.procedure_words,
            "submissionMethod": ["electronicSubmission"] if notice.submission_url else [],
            "submissionMethodDetails": notice.submission_url,
            "submissionTerms": _filled({"languages": list(notice.languages)}),
            "eligibilityCriteria": beside.criteria,
            "tenderPeriod": _period(beside.begins_at, _end(notice.response_deadline)),
            "enquiryPeriod": _period(beside.begins_at if notice.question_deadline else None,
                                     _end(notice.question_deadline)),
            "contractPeriod": _days(notice.starts_on, notice.ends_on),
            "lots": [_lot(lot, beside) for lot in notice.lots],
            "items": [_item(lot) for lot in notice.lots],
            "documents": _documents(notice),
            "amendments": [_amendment(change) for change in beside.changes],
        }
    )  # fmt: skip


def _lot(lot: NoticeLot, beside: Beside) -> dict[str, Any]:
    return _filled(
        {
            "id": lot.identifier,
            "title": lot.title,
            "description": lot.description,
            "status": str(beside.lots.get(lot.identifier, beside.standing)),
            **_prices(lot.amount),
        }
    )


def _item(lot: NoticeLot) -> dict[str, Any]:
    """What a lot buys and where: one item stands for all of it."""
    codes = [{"scheme": "CPV", "id": code} for code in lot.cpv]
    places = [{"region": code} for code in lot.regions]
    places += [{"countryName": countries.name(code)} for code in lot.countries]
    return _filled(
        {
            "id": lot.identifier,
            "classification": codes[0] if codes else None,
            "additionalClassifications": codes[1:],
            "deliveryAddresses": places,
            "relatedLot": lot.identifier,
        }
    )


def _documents(notice: Notice) -> list[dict[str, Any]]:
    """The text that counts, then the papers."""
    official = {
        "id": "notice",
        "documentType": "tenderNotice",
        "title": notice.title,
        "url": notice.official_url,
        "format": "text/html",
        "language": notice.language,
    }
    return [official] * bool(notice.official_url) + [_paper(paper) for paper in notice.papers]


def _paper(paper: Paper) -> dict[str, Any]:
    return _filled(
        {
            # Where it stands is all that tells it from the others in every release.
            "id": hashlib.blake2b(paper.url.encode(), digest_size=8).hexdigest(),
            "documentType": "biddingDocuments",
            "title": paper.title,
            "url": paper.url,
            "language": paper.language,
            "relatedLots": list(paper.lots),
        }
    )


def _amendment(change: Change) -> dict[str, Any]:
    return _filled(
        {
            "id": change.identifier,
            "date": _exactly(change.at),
            "rationale": change.words,
            "amendsReleaseID": change.amends,
            "releaseID": change.release,
            "relatedLots": list(change.lots),
        }
    )


# --- Decisions --------------------------------------------------------------------------------------------------------


def _award(decision: Decision) -> dict[str, Any]:
    status = ("pending" if decision.is_pending else "active") if decision.firm else "unsuccessful"
    return _filled(
        {
            "id": decision.identifier,
            "description": decision.words,
            "status": status,
            "date": _exactly(decision.at),
            **_prices(decision.amount),
            "suppliers": [{"id": decision.identifier, "name": decision.firm}] if decision.firm else [],
            "relatedLots": [decision.lot],
        }
    )


def _firms(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """By their names alone: nothing else of a firm is part of a decision."""
    chosen = [decision for decision in decisions if decision.firm]
    return [{"id": each.identifier, "name": each.firm, "roles": ["supplier"]} for each in chosen]


# --- Buyers -----------------------------------------------------------------------------------------------------------


def _buyers(buyers: tuple[Body, ...]) -> list[dict[str, Any]]:
    return [_party(number, body) for number, body in enumerate(buyers, start=1)]


def _reference(buyers: tuple[Body, ...]) -> dict[str, Any]:
    return {"id": _party_id(1, buyers[0]), "name": buyers[0].name} if buyers else {}


def _party(number: int, body: Body) -> dict[str, Any]:
    known = [_identifier(each) for each in body.identifiers]
    return _filled(
        {
            "id": _party_id(number, body),
            "name": body.name,
            "identifier": known[0] | {"legalName": body.name} if known else {"legalName": body.name},
            "additionalIdentifiers": known[1:],
            "address": _filled(
                {
                    "streetAddress": body.street,
                    "locality": body.town,
                    "region": body.region,
                    "postalCode": body.postcode,
                    "countryName": countries.name(body.country) if body.country else "",
                }
            ),
            "contactPoint": _contact(body.contact),
            "details": _filled({"url": body.website}),
            "roles": ["buyer"],
        }
    )


def _party_id(number: int, body: Body) -> str:
    first = next(iter(body.identifiers), None)
    return "-".join(filter(None, [first.scheme, first.number])) if first else f"buyer-{number}"


def _identifier(identifier: Identifier) -> dict[str, Any]:
    return _filled({"scheme": identifier.scheme, "id": identifier.number})


def _contact(contact: Contact | None) -> dict[str, Any]:
    if contact is None:
        return {}
    said = {"name": contact.name, "email": contact.email, "telephone": contact.phone, "url": contact.url}
    return _filled(said)


def _related(number: int, related: Related) -> dict[str, Any]:
    return _filled(
        {
            "id": str(number),
            # None of the published codes says "the same one, published elsewhere".
            "relationship": ["source"],
            "title": related.title,
            "scheme": "ocid" if related.is_ocid else "",
            "identifier": related.process,
            "uri": related.url,
        }
    )


# --- Values -----------------------------------------------------------------------------------------------------------


def _prices(amount: Amount) -> dict[str, Any]:
    """The estimate's upper end is its value, its lower end the least value; None is undisclosed."""
    ends = {"minValue": amount.low, "value": amount.high}
    return {
        name: {"amount": _number(end), "currency": amount.currency} for name, end in ends.items() if end is not None
    }


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _end(moment: Moment | None) -> datetime | None:
    return moment.at if moment else None


def _period(begin: datetime | None, end: datetime | None) -> dict[str, Any]:
    return _filled({"startDate": begin and _exactly(begin), "endDate": end and end.isoformat()})


def _days(first: date | None, last: date | None) -> dict[str, Any]:
    """The standard knows no days: their first and last seconds."""
    return _filled({"startDate": first and f"{first}T00:00:00Z", "endDate": last and f"{last}T23:59:59Z"})


def _exactly(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """What is not said is left out; nothing, false and nought are said."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
