"""A contract notice or prior information notice of eForms as a Notice: the procedure, its buyers and its lots."""

import hashlib
import re
from datetime import datetime

from lxml import etree

from marketplace.calls.feeds import eforms_lots
from marketplace.calls.feeds.eforms_buyers import buyers
from marketplace.calls.feeds.eforms_values import Source
from marketplace.calls.feeds.eforms_xml import EXTENSION, Element, every, first, text
from marketplace.calls.feeds.notice import Form, Kind, Moment, Notice

METHODS = {
    "open": "open",
    "restricted": "restricted",
    "neg-w-call": "negotiated",
    "neg-wo-call": "negotiated",
    "comp-dial": "negotiated",
    "innovation": "negotiated",
}
CONTRACTS = {"works", "supplies", "services"}
#: Of the list change-corrig-justification.
CANCELLED = "cancel"
PUBLICATION = re.compile(r"0*([0-9]{1,8}-[0-9]{4})")
OFFICIAL = "https://ted.europa.eu/en/notice/-/detail/{number}"
DIGEST = 32


class Unusable(Exception):
    """Too little is said to make a notice of it; the message says what is missing."""


def identifier(root: Element) -> str:
    """BT-701; empty where the notice has none."""
    own = [found for found in every(root, "cbc:ID") if found.get("schemeName", "notice-id") == "notice-id"]
    return (own[0].text or "").strip() if own else ""


def build(root: Element, kind: Kind, doubts: list[str]) -> Notice:
    """The notice, with what had to be passed over as warnings; raises Unusable."""
    project = first(root, "cac:ProcurementProject")
    source = Source(_language(root, project), doubts)
    lots = eforms_lots.lots(root, source)
    title = " ".join(source.words(project, "cbc:Name", "The title").split())
    title = title or next((lot.title for lot in lots if lot.title), "")
    kind = _kind(root, kind)
    if kind != Kind.CANCELLATION:
        if not title:
            raise Unusable("neither the procedure nor a lot has a title.")
        lots = eforms_lots.named_by(title, lots) or (eforms_lots.whole(root, title, source),)
    number = _number(root, source)
    process = first(root, "cac:TenderingProcess")
    regions, countries = eforms_lots.places(project, source)
    starts_on, ends_on = eforms_lots.period(project, source)
    return Notice(
        form=Form.EFORMS,
        kind=kind,
        procedure=text(root, "cbc:ContractFolderID") or number,
        identifier=number,
        version=text(root, "cbc:VersionID"),
        published_at=_published(root, source),
        language=source.language_of(source.language),
        title=title,
        description=source.words(project, "cbc:Description", "The description"),
        buyers=buyers(root, source),
        lots=lots,
        cpv=source.cpv_of(project),
        regions=regions,
        countries=countries,
        amount=source.amount(project),
        response_deadline=_shared([lot.response_deadline for lot in lots]),
        question_deadline=_shared([lot.question_deadline for lot in lots]),
        starts_on=starts_on,
        ends_on=ends_on,
        languages=tuple(dict.fromkeys(language for lot in lots for language in lot.languages)),
        reference=text(project, "cbc:ID"),
        contract=_contract(project),
        method=METHODS.get(text(process, "cbc:ProcedureCode"), ""),
        procedure_words=text(process, "cbc:ProcedureCode"),
        official_url=_official(root),
        submission_url=_first([lot.submission_url for lot in lots]),
        papers=eforms_lots.papers(root, source),
        changes=text(root, f"{EXTENSION}/efac:Changes/efbc:ChangedNoticeIdentifier"),
        change_reason=_change_reason(root, source),
        warnings=source.warnings,
    )


def _language(root: Element, project: Element | None) -> str:
    """BT-702(a), the first of the official languages; without it that of the title."""
    written = text(root, "cbc:NoticeLanguageCode").upper()
    if written:
        return written
    title = first(project, "cbc:Name")
    return "" if title is None else title.get("languageID", "").upper()


def _number(root: Element, source: Source) -> str:
    if own := identifier(root):
        return own
    source.warn("The notice has no identifier; one was made from what it says.")
    return hashlib.sha256(etree.tostring(root)).hexdigest()[:DIGEST]


def _published(root: Element, source: Source) -> datetime:
    """BT-05, when the notice was sent off, else OPP-012, when it was published; the first moment of a day alone."""
    sent = source.moment(text(root, "cbc:IssueDate"), text(root, "cbc:IssueTime"), "The day of dispatch")
    written = text(root, f"{EXTENSION}/efac:Publication/efbc:PublicationDate")
    moment = sent or source.moment(written, "", "The day of publication")
    if moment is None:
        raise Unusable("it says neither when it was sent off nor when it was published.")
    return moment.at.replace(hour=0, minute=0, second=0) if moment.is_day else moment.at


def _kind(root: Element, kind: Kind) -> Kind:
    """BT-140: a change may say that the notice is cancelled."""
    reasons = every(root, f"{EXTENSION}/efac:Changes/efac:ChangeReason/cbc:ReasonCode")
    is_cancelled = any((reason.text or "").strip() == CANCELLED for reason in reasons)
    return Kind.CANCELLATION if is_cancelled else kind


def _change_reason(root: Element, source: Source) -> str:
    """BT-762 and BT-141, in the words of the source; its code where there are no words."""
    changes = first(root, f"{EXTENSION}/efac:Changes")
    said = [source.words(changes, "efac:ChangeReason/efbc:ReasonDescription", "The reason of the change")]
    said += [
        source.words(change, "efbc:ChangeDescription", "What was changed") for change in every(changes, "efac:Change")
    ]
    words = "\n".join(dict.fromkeys(part for part in said if part))
    return words or text(changes, "efac:ChangeReason/cbc:ReasonCode")


def _contract(project: Element | None) -> str:
    for code in every(project, "cbc:ProcurementTypeCode"):
        written = (code.text or "").strip()
        if code.get("listName", "contract-nature") == "contract-nature" and written in CONTRACTS:
            return written
    return ""


def _official(root: Element) -> str:
    """OPP-010, the number under which TED published it."""
    published = PUBLICATION.fullmatch(text(root, f"{EXTENSION}/efac:Publication/efbc:NoticePublicationID"))
    return OFFICIAL.format(number=published[1]) if published else ""


def _shared(moments: list[Moment | None]) -> Moment | None:
    """The one that all lots have which have one; None where they differ, and each lot has its own."""
    different = {moment for moment in moments if moment}
    return different.pop() if len(different) == 1 else None


def _first(addresses: list[str]) -> str:
    return next((address for address in addresses if address), "")
