"""The lots of a notice, or the parts of which a prior information notice speaks."""

from dataclasses import replace
from datetime import date

from marketplace.calls.feeds.eforms_values import Source
from marketplace.calls.feeds.eforms_xml import EXTENSION, Element, every, first, text
from marketplace.calls.feeds.notice import Moment, NoticeLot, Paper

#: A group of lots (LotsGroup) is no lot.
ONE_LOT = ("Lot", "Part")
#: What eForms calls the lot of a procedure that has one.
ONLY_LOT = "LOT-0000"
#: BT-131, BT-1311 and BT-630: responses, else requests to take part, else expressions of interest.
DEADLINES = (
    "cac:TenderSubmissionDeadlinePeriod",
    "cac:ParticipationRequestReceptionPeriod",
    f"{EXTENSION}/efac:InterestExpressionReceptionPeriod",
)
DOCUMENTS = "cac:TenderingTerms/cac:CallForTendersDocumentReference"
ADDRESS = "cac:Attachment/cac:ExternalReference/cbc:URI"
RESERVED = "cac:TendererQualificationRequest/cac:SpecificTendererRequirement/cbc:TendererRequirementTypeCode"
ANYWHERE = {"anyw": "anywhere", "anyw-eea": "anywhere in the European Economic Area"}


def lots(root: Element, source: Source) -> tuple[NoticeLot, ...]:
    """In the order of the source; a lot whose identifier was there before is passed over."""
    found: dict[str, NoticeLot] = {}
    for element in _elements(root):
        lot = _lot(element, source)
        if not lot.identifier:
            lot = replace(lot, identifier=str(len(found) + 1))
        if lot.identifier in found:
            source.warn(f"There are two lots {lot.identifier[:40]!r}; the first counts.")
        found.setdefault(lot.identifier, lot)
    return tuple(found.values())


def named_by(title: str, found: tuple[NoticeLot, ...]) -> tuple[NoticeLot, ...]:
    """Lots without a title of their own have the procedure's."""
    return tuple(lot if lot.title else replace(lot, title=title) for lot in found)


def whole(root: Element, title: str, source: Source) -> NoticeLot:
    """A notice that names no lots speaks of one, which is all of it."""
    return replace(_lot(root, source), identifier=ONLY_LOT, title=title, description="")


def _elements(root: Element) -> list[Element]:
    return [element for element in every(root, "cac:ProcurementProjectLot") if _scheme(element) in ONE_LOT]


def _scheme(element: Element) -> str:
    own = first(element, "cbc:ID")
    return "Lot" if own is None else own.get("schemeName", "Lot")


def _lot(element: Element, source: Source) -> NoticeLot:
    own = text(element, "cbc:ID")
    project = first(element, "cac:ProcurementProject")
    process = first(element, "cac:TenderingProcess")
    regions, countries = places(project, source)
    starts_on, ends_on = period(project, source)
    return NoticeLot(
        identifier=own,
        title=" ".join(source.words(project, "cbc:Name", f"The title of {own}").split()),
        description=source.words(project, "cbc:Description", f"The description of {own}"),
        cpv=source.cpv_of(project),
        regions=regions,
        countries=countries,
        amount=source.amount(project),
        response_deadline=_response_deadline(process, own, source),
        question_deadline=source.deadline(
            first(process, "cac:AdditionalInformationRequestPeriod"), f"The deadline of questions of {own}"
        ),
        starts_on=starts_on,
        ends_on=ends_on,
        languages=_languages(element, source),
        documents_url=_documents_url(element, source),
        submission_url=source.web_address(text(element, "cac:TenderingTerms/cac:TenderRecipientParty/cbc:EndpointID")),
        reserved_for=_reserved_for(element),
    )


def _response_deadline(process: Element | None, own: str, source: Source) -> Moment | None:
    for path in DEADLINES:
        if moment := source.deadline(first(process, path), f"The deadline of {own}"):
            return moment
    return None


def _languages(element: Element, source: Source) -> tuple[str, ...]:
    """BT-97."""
    written = every(element, "cac:TenderingTerms/cac:Language/cbc:ID")
    found = (source.language_of(code.text or "") for code in written)
    return tuple(dict.fromkeys(language for language in found if language))


def _documents_url(element: Element, source: Source) -> str:
    """BT-15, open to everybody, before BT-615, where one must ask first."""
    found = {True: "", False: ""}
    for paper in every(element, DOCUMENTS):
        is_open = text(paper, "cbc:DocumentType") != "restricted-document"
        found[is_open] = found[is_open] or source.web_address(text(paper, ADDRESS))
    return found[True] or found[False]


def _reserved_for(element: Element) -> tuple[str, ...]:
    """BT-71."""
    written = every(element, f"cac:TenderingTerms/{RESERVED}")
    codes = ((code.text or "").strip() for code in written if code.get("listName") == "reserved-procurement")
    return tuple(dict.fromkeys(code for code in codes if code and code != "none"))


def places(project: Element | None, source: Source) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """BT-5071 and BT-5141: regions, and the countries of those places that name no region."""
    regions: dict[str, None] = {}
    countries: dict[str, None] = {}
    for address in every(project, "cac:RealizedLocation/cac:Address"):
        if region := source.region_of(text(address, "cbc:CountrySubentityCode")):
            regions[region] = None
        elif country := source.country_of(text(address, "cac:Country/cbc:IdentificationCode")):
            countries[country] = None
        elif (anywhere := text(address, "cbc:Region")) in ANYWHERE:
            source.warn(f"The place is {ANYWHERE[anywhere]}, which has no code of its own.")
    return tuple(regions), tuple(countries)


def period(project: Element | None, source: Source) -> tuple[date | None, date | None]:
    """BT-536 and BT-537; a duration without days (BT-36) is no period."""
    planned = first(project, "cac:PlannedPeriod")
    starts_on = source.day(text(planned, "cbc:StartDate"), "The beginning of the contract")
    ends_on = source.day(text(planned, "cbc:EndDate"), "The end of the contract")
    if starts_on and ends_on and ends_on < starts_on:
        source.warn("The contract would end before it begins.")
        return starts_on, None
    return starts_on, ends_on


def papers(root: Element, source: Source) -> tuple[Paper, ...]:
    """Every address of procurement documents, once; eForms has no titles of them, but a description now and then."""
    found: dict[str, Paper] = {}
    owners: dict[str, dict[str, None]] = {}
    elements = _elements(root)
    for element in elements:
        for paper in every(element, DOCUMENTS):
            if address := source.web_address(text(paper, ADDRESS)):
                title = text(paper, "cbc:DocumentDescription") or address
                found.setdefault(address, Paper(title, address, _only(paper, source)))
                owners.setdefault(address, {})[text(element, "cbc:ID")] = None
    return tuple(
        # What belongs to all lots belongs to the procedure.
        paper if len(owners[address]) == len(elements) else replace(paper, lots=tuple(owners[address]))
        for address, paper in found.items()
    )


def _only(paper: Element, source: Source) -> str:
    """BT-708, where the documents are in one official language."""
    written = every(paper, f"{EXTENSION}/efac:OfficialLanguages/cac:Language/cbc:ID")
    return source.language_of(written[0].text or "") if len(written) == 1 else ""
