"""Writes what a notice says as a release of OCDS 1.1.5: plain values in, plain values out.

The other half of `ocds.read`, which reads the same notice in what is written here. What a release says beyond the
notice, such as who was chosen, is in `Beside`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.calls.feeds.notice import Amount, Notice, NoticeLot, Paper
from marketplace.calls.feeds.ocds_writing_buyers import buyers, reference
from marketplace.calls.feeds.ocds_writing_values import days, end, exactly, filled, period, prices
from marketplace.core.vocab import countries

VERSION = "1.1"
_EXTENSION = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_{}_extension/{}/extension.json"
#: What is written beyond the core of the standard: lots, the places of items, the languages of responses, questions.
EXTENSIONS = (
    _EXTENSION.format("lots", "v1.1.5"),
    _EXTENSION.format("location", "master"),
    _EXTENSION.format("submissionTerms", "master"),
    _EXTENSION.format("enquiry", "master"),
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
class Enquiry:
    """A question and its answer, as everybody may read them: who asked is not said, and when would tell it."""

    identifier: str
    question: str
    answer: str
    answered_at: datetime
    #: Empty is the whole procedure.
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A text that stands in the procedure documents; `kind` is a code of `documentType.csv`."""

    identifier: str
    kind: str
    title: str
    words: str


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
    enquiries: tuple[Enquiry, ...] = ()
    clauses: tuple[Clause, ...] = ()


def release(notice: Notice, beside: Beside, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The release as JSON holds it; `before` is the last one of the same procedure, from which its tag follows.

    Of a call that was taken back it says no more than that, and why.
    """
    is_taken_back = beside.standing == Standing.WITHDRAWN
    decisions = () if is_taken_back else beside.decisions
    said = filled(
        {
            "ocid": notice.procedure,
            "id": notice.identifier,
            "date": exactly(notice.published_at),
            "tag": [str(Tag.TENDER)],
            "initiationType": "tender",
            "language": notice.language,
            "parties": buyers(notice.buyers) + _firms(decisions),
            "buyer": reference(notice.buyers),
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
    return filled(said)


def _tender(notice: Notice, beside: Beside) -> dict[str, Any]:
    return filled(
        {
            "id": notice.reference or notice.procedure,
            "title": notice.title,
            "description": notice.description,
            "status": str(beside.standing),
            **prices(notice.amount),
            "mainProcurementCategory": CATEGORIES.get(notice.contract),
            "procurementMethod": METHODS.get(notice.method),
            "procurementMethodDetails": notice.procedure_words,
            "submissionMethod": ["electronicSubmission"] if notice.submission_url else [],
            "submissionMethodDetails": notice.submission_url,
            "submissionTerms": filled({"languages": list(notice.languages)}),
            "eligibilityCriteria": beside.criteria,
            "tenderPeriod": period(beside.begins_at, end(notice.response_deadline)),
            "enquiryPeriod": period(beside.begins_at if notice.question_deadline else None,
                                     end(notice.question_deadline)),
            "hasEnquiries": bool(beside.enquiries) or None,
            "enquiries": [_enquiry(enquiry) for enquiry in beside.enquiries],
            "contractPeriod": days(notice.starts_on, notice.ends_on),
            "lots": [_lot(lot, beside) for lot in notice.lots],
            "items": [_item(lot) for lot in notice.lots],
            "documents": _documents(notice) + [_clause(clause, notice.language) for clause in beside.clauses],
            "amendments": [_amendment(change) for change in beside.changes],
        }
    )  # fmt: skip


def _lot(lot: NoticeLot, beside: Beside) -> dict[str, Any]:
    return filled(
        {
            "id": lot.identifier,
            "title": lot.title,
            "description": lot.description,
            "status": str(beside.lots.get(lot.identifier, beside.standing)),
            **prices(lot.amount),
        }
    )


def _item(lot: NoticeLot) -> dict[str, Any]:
    """What a lot buys and where: one item stands for all of it."""
    codes = [{"scheme": "CPV", "id": code} for code in lot.cpv]
    places = [{"region": code} for code in lot.regions]
    places += [{"countryName": countries.name(code)} for code in lot.countries]
    return filled(
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
    return filled(
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


def _clause(clause: Clause, language: str) -> dict[str, Any]:
    """The standard has no place of its own for a clause: it is a document whose words are its description."""
    return {
        "id": clause.identifier,
        "documentType": clause.kind,
        "title": clause.title,
        "description": clause.words,
        "language": language,
    }


def _enquiry(enquiry: Enquiry) -> dict[str, Any]:
    return filled(
        {
            "id": enquiry.identifier,
            "description": enquiry.question,
            "answer": enquiry.answer,
            "dateAnswered": exactly(enquiry.answered_at),
            "relatedLot": enquiry.lot,
        }
    )


def _amendment(change: Change) -> dict[str, Any]:
    return filled(
        {
            "id": change.identifier,
            "date": exactly(change.at),
            "rationale": change.words,
            "amendsReleaseID": change.amends,
            "releaseID": change.release,
            "relatedLots": list(change.lots),
        }
    )


# --- Decisions --------------------------------------------------------------------------------------------------------


def _award(decision: Decision) -> dict[str, Any]:
    status = ("pending" if decision.is_pending else "active") if decision.firm else "unsuccessful"
    return filled(
        {
            "id": decision.identifier,
            "description": decision.words,
            "status": status,
            "date": exactly(decision.at),
            **prices(decision.amount),
            "suppliers": [{"id": decision.identifier, "name": decision.firm}] if decision.firm else [],
            "relatedLots": [decision.lot],
        }
    )


def _firms(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """By their names alone: nothing else of a firm is part of a decision."""
    chosen = [decision for decision in decisions if decision.firm]
    return [{"id": each.identifier, "name": each.firm, "roles": ["supplier"]} for each in chosen]


def _related(number: int, related: Related) -> dict[str, Any]:
    return filled(
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
