"""Notices of the Open Contracting Data Standard 1.1: releases, packages of releases or records, and lines of them.

Publishers deviate. What is made of it: a release without an id is known by its ocid, its date and a digest of what it
says; NUTS codes are looked for where regions are named; numbers that only fill a field are not said; midnight is no
time of day in a notice that gives none. Only what invites responses, announces it or takes it back is a notice here;
awards and contracts are passed over by name.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from marketplace.calls.feeds import ocds_stream
from marketplace.calls.feeds.notice import Broken, Form, Kind, Moment, Notice, NoticeLot, Paper, Read, Skipped
from marketplace.calls.feeds.ocds_buyers import buyers
from marketplace.calls.feeds.ocds_lots import lots, reserved, spoken
from marketplace.calls.feeds.ocds_places import places
from marketplace.calls.feeds.ocds_values import (
    Fields,
    Unusable,
    Warn,
    address,
    amount,
    classes,
    fields,
    in_language,
    language,
    line,
    moment,
    once,
    period,
    rows,
    said,
    tells_times,
    text,
    when,
    words,
)

INVITING = frozenset(("tender", "tenderamendment", "tenderupdate"))
ANNOUNCING = frozenset(("planning", "planningupdate"))
DECIDING = frozenset(
    f"{subject}{change}"
    for subject in ("award", "contract", "implementation")
    for change in ("", "update", "amendment", "cancellation", "termination")
)
BY_STATUS = {
    "planning": Kind.PLANNING,
    "planned": Kind.PLANNING,
    "active": Kind.CALL,
    "cancelled": Kind.CANCELLATION,
    "withdrawn": Kind.CANCELLATION,
    "unsuccessful": Kind.RESULT,
    "complete": Kind.RESULT,
}
CONTRACTS = {"works": "works", "goods": "supplies", "services": "services", "consultingservices": "services"}
METHODS = {"open": "open", "selective": "restricted", "limited": "negotiated"}
#: The beginning of "negotiation" or "dialogue" in the languages of publishers; OCDS calls those procedures selective.
NEGOTIATED = ("negotia", "négocia", "negozia", "negocia", "verhandlung", "onderhandeling", "dialog")
#: The kinds of document that are a notice itself.
NOTICES = frozenset(("tendernotice", "contractnotice", "plannedprocurementnotice", "marketengagementnotice"))
#: Where publishers that do not say so show a release to people, by the beginning of their ocids.
SHOWN_AT = {"ocds-h6vhtk-": "https://www.find-tender.service.gov.uk/Notice/{}"}
LONGEST_TITLE_OF_WORDS = 120


def read(stream: BinaryIO) -> Iterator[Read]:
    """What the releases and records say, one by one; a file of any size takes no more memory than its largest."""
    for found in ocds_stream.find(stream):
        if isinstance(found, Broken):
            yield found
            continue
        try:
            yield _read(_release(found.value))
        except Unusable as problem:
            yield Broken(found.place, str(problem))


def _release(value: Fields) -> Fields:
    """A release as it is; of a record what it compiled, else its latest release."""
    if "compiledRelease" not in value and not isinstance(value.get("releases"), list):
        return value
    if compiled := fields(value.get("compiledRelease")):
        return {"ocid": value["ocid"], **compiled}
    embedded = [row for row in rows(value.get("releases")) if "ocid" in row or "url" not in row]
    if not embedded:
        raise Unusable("It is a record that only says where its releases are.")
    # Sorting is stable: of two of the same moment the later in the list.
    return {"ocid": value["ocid"], **sorted(embedded, key=_moment_of)[-1]}


def _read(release: Fields) -> Notice | Skipped:
    ocid = line(release.get("ocid"))
    if not ocid:
        raise Unusable("It has no ocid.")
    tender = fields(release.get("tender"))
    kind, tag = _kind(release, tender)
    if kind == Kind.RESULT:
        reason = "It says who was chosen, or that the procedure is over; only what invites responses is taken."
        return Skipped(_identifier(release, ocid), f"OCDS {tag}", reason)
    if kind is None:
        return Skipped(_identifier(release, ocid), f"OCDS {tag}", f"Nobody knows what {tag!r} does to a procedure.")
    return _notice(release, tender, kind, ocid)


def _kind(release: Fields, tender: Fields) -> tuple[Kind | None, str]:
    """What a release does, by its tags and by where its tender stands; and the tag that says so."""
    tags = {word.lower(): word for word in words(release.get("tag"))}
    said_first = next(iter(tags.values()), "without a tag")
    status = line(tender.get("status")).lower()
    by_status = BY_STATUS.get(status)
    if "tendercancellation" in tags:
        return Kind.CANCELLATION, said_first
    decided = next((tags[tag] for tag in tags if tag in DECIDING), None)
    if tags.keys() & INVITING:
        # A tender that is complete was a call, unless the same release decides it.
        is_over = by_status == Kind.RESULT and (decided or status == "unsuccessful")
        still = is_over or by_status in (Kind.CANCELLATION, Kind.PLANNING)
        return (by_status if still else Kind.CALL), decided or said_first
    if tags.keys() & ANNOUNCING:
        return Kind.CANCELLATION if by_status == Kind.CANCELLATION else Kind.PLANNING, said_first
    if decided:
        return Kind.RESULT, decided
    if tags and "compiled" not in tags:
        return None, said_first
    return by_status or _by_content(release, tender), said_first


def _by_content(release: Fields, tender: Fields) -> Kind:
    if rows(release.get("awards")) or rows(release.get("contracts")):
        return Kind.RESULT
    return Kind.CALL if tender else Kind.PLANNING


def _notice(release: Fields, tender: Fields, kind: Kind, ocid: str) -> Notice:
    noted: dict[str, None] = {}

    def warn(words: str) -> None:
        noted[words] = None

    written = language(release.get("language"), warn)
    title = _title(release, tender, written, kind)
    has_times = tells_times(tender)
    own_lots, other_items = lots(tender, written, has_times, warn)
    regions, countries = places([*other_items, tender], warn)
    cpv = once([*classes(tender, warn), *(code for item in other_items for code in classes(item, warn))])
    value = amount(tender, warn)
    if not own_lots and kind != Kind.CANCELLATION:
        whole = NoticeLot("1", title, "", cpv, regions, countries, value, reserved_for=reserved(tender, warn))
        own_lots = (whole,)
    starts_on, ends_on = period(tender.get("contractPeriod"), warn)
    official = _official_url(release, tender, kind, ocid)
    changes, reason = _change(tender)
    return Notice(
        form=Form.OCDS,
        kind=kind,
        procedure=ocid,
        identifier=_identifier(release, ocid),
        version="",
        published_at=_published_at(release),
        language=written,
        title=title,
        description=text(in_language(tender, "description", written)),
        buyers=buyers(release, tender, warn),
        lots=own_lots,
        cpv=cpv,
        regions=regions,
        countries=countries,
        amount=value,
        response_deadline=_response_deadline(release, tender, kind, has_times, warn),
        question_deadline=moment(fields(tender.get("enquiryPeriod")).get("endDate"), has_times, warn),
        starts_on=starts_on,
        ends_on=ends_on,
        languages=spoken(tender, warn),
        reference=_reference(tender, ocid),
        contract=CONTRACTS.get(line(tender.get("mainProcurementCategory")).lower(), ""),
        method=_method(tender),
        procedure_words=line(in_language(tender, "procurementMethodDetails", written)),
        official_url=official,
        submission_url=_submission_url(tender),
        papers=_papers(release, tender, kind, official),
        changes=changes,
        change_reason=reason,
        warnings=tuple(noted),
    )


# --- Which notice it is ---------------------------------------------------------------------------------------------


def _identifier(release: Fields, ocid: str) -> str:
    """Its own; else one that stays the same as long as it says the same, whatever the order of its fields."""
    if own := line(release.get("id")):
        return own
    try:
        written = json.dumps(release, sort_keys=True, default=str)
    except RecursionError:
        raise Unusable("It is nested too deeply.") from None
    digest = hashlib.blake2b(written.encode(), digest_size=8).hexdigest()
    return "-".join(filter(None, [ocid, line(release.get("date")), digest]))


def _published_at(release: Fields) -> datetime:
    tender = fields(release.get("tender"))
    for value in (release.get("date"), release.get("publishedDate"), tender.get("datePublished")):
        if found := when(value):
            return found.at
    raise Unusable("It does not say when it was published.")


def _moment_of(row: Fields) -> datetime:
    """For sorting; what has no date comes first."""
    found = when(row.get("date"))
    return found.at if found else datetime.min.replace(tzinfo=UTC)


def _reference(tender: Fields, ocid: str) -> str:
    """The buyer's own number, behind what publishers put before it; nothing where they only repeat the ocid."""
    number = line(tender.get("id"))
    if not number.startswith(ocid):
        return number
    before, mark, own = number.removeprefix(ocid).partition("-tender-")
    return own.partition("-")[2] if mark and not before else ""


def _title(release: Fields, tender: Fields, written: str, kind: Kind) -> str:
    for row in (tender, release, fields(fields(release.get("planning")).get("project"))):
        if title := line(in_language(row, "title", written)):
            return title
    description = line(in_language(tender, "description", written))
    if not description and kind != Kind.CANCELLATION:
        raise Unusable("It has neither a title nor a description.")
    if len(description) <= LONGEST_TITLE_OF_WORDS:
        return description
    return description[:LONGEST_TITLE_OF_WORDS].rpartition(" ")[0] + " …"


# --- What it says ---------------------------------------------------------------------------------------------------


def _response_deadline(release: Fields, tender: Fields, kind: Kind, has_times: bool, warn: Warn) -> Moment | None:
    """Of the first stage where there are two; of a consultation the end of the engagement."""
    responses = moment(fields(tender.get("tenderPeriod")).get("endDate"), has_times, warn)
    requests = moment(tender.get("expressionOfInterestDeadline"), has_times, warn)
    if responses and requests and requests.at < responses.at:
        warn("Requests to take part end before responses do; the deadline of requests was taken.")
    if responses or requests:
        return min(filter(None, (responses, requests)), key=lambda each: each.at)
    if kind != Kind.PLANNING:
        return None
    milestones = [*rows(fields(release.get("planning")).get("milestones")), *rows(tender.get("milestones"))]
    due = [row.get("dueDate") for row in milestones if line(row.get("type")).lower() == "engagement"]
    written = [found for found in map(when, due) if found]
    has_times = any(found.tells_time for found in written)
    ends = [end for end in (moment(value, has_times, warn) for value in due) if end]
    return max(ends, key=lambda end: end.at, default=None)


def _method(tender: Fields) -> str:
    details = line(tender.get("procurementMethodDetails")).casefold()
    method = METHODS.get(line(tender.get("procurementMethod")).lower(), "")
    return "negotiated" if method == "restricted" and any(word in details for word in NEGOTIATED) else method


def _official_url(release: Fields, tender: Fields, kind: Kind, ocid: str) -> str:
    """The document that is this very notice, else the first that is one, else where its publisher shows it."""
    documents = _documents(release, tender, kind)
    notices = [row for row in documents if line(row.get("documentType")).lower() in NOTICES]
    # False sorts first.
    for row in sorted(notices, key=lambda row: line(row.get("id")) != line(release.get("id"))):
        if found := address(row.get("url")):
            return found
    for beginning, pattern in SHOWN_AT.items():
        if ocid.startswith(beginning) and line(release.get("id")):
            return pattern.format(line(release.get("id")))
    canonical = [row.get("href") for row in rows(release.get("links")) if row.get("rel") == "canonical"]
    return next(filter(None, map(address, [tender.get("url"), release.get("url"), *canonical])), "")


def _submission_url(tender: Fields) -> str:
    terms, tool = fields(tender.get("submissionTerms")), fields(tender.get("communication"))
    places = (tender.get("submissionMethodDetails"), terms.get("electronicSubmissionUrl"), tool.get("atypicalToolUrl"))
    return next(filter(None, map(address, places)), "")


def _documents(release: Fields, tender: Fields, kind: Kind) -> list[Fields]:
    """Those of planning too, as long as there is nothing else."""
    of_planning = rows(fields(release.get("planning")).get("documents"))
    return [*of_planning * (kind == Kind.PLANNING), *rows(tender.get("documents"))]


def _papers(release: Fields, tender: Fields, kind: Kind, official: str) -> tuple[Paper, ...]:
    """What it points to besides itself, each address once."""
    found: dict[str, Paper] = {}
    for row in _documents(release, tender, kind):
        url = address(row.get("url"))
        if url and url != official and url not in found:
            title = said(row.get("title")) or said(row.get("description")) or line(row.get("documentType")) or url
            found[url] = Paper(title, url, _language_of(row), once(words(row.get("relatedLots"))))
    return tuple(found.values())


def _language_of(document: Fields) -> str:
    return language(document.get("language"), _unheard)


def _unheard(_words: str) -> None:
    """A paper in a language that nobody has heard of is still a paper."""


def _change(tender: Fields) -> tuple[str, str]:
    """The release that was amended last, and why."""
    amendments = rows(tender.get("amendments")) or rows(tender.get("amendment"))
    if not amendments:
        return "", ""
    last = sorted(amendments, key=_moment_of)[-1]
    return line(last.get("amendsReleaseID")), text(last.get("rationale")) or text(last.get("description"))
