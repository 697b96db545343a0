"""What a call says to everybody, as a notice and what stands beside it: never whom it asks for, never who owns a firm.

Neither the evidence that a call asks for nor anything of a firm but its name in a published award is read here.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch

from marketplace.accounts.emails import address_of
from marketplace.calls.awards.models import Award
from marketplace.calls.clauses.models import ChosenClause, Stage
from marketplace.calls.feeds.notice import (
    Amount,
    Body,
    Contact,
    Form,
    Identifier,
    Kind,
    Moment,
    Notice,
    NoticeLot,
    Paper,
)
from marketplace.calls.feeds.ocds_writing import Beside, Change, Clause, Decision, Enquiry, Related, Standing
from marketplace.calls.law.models import in_language
from marketplace.calls.models import Audience, Call, Lot, Procedure
from marketplace.calls.notices.models import Notice as SourceNotice
from marketplace.calls.papers.models import CallDocument
from marketplace.calls.questions.models import Question
from marketplace.core.vocab import currency

#: (method, words) as other publishers write them, whatever the language of the call.
METHODS = {
    Procedure.OPEN: ("open", "Open procedure"),
    Procedure.RESTRICTED: ("restricted", "Restricted procedure"),
    Procedure.NEGOTIATED: ("negotiated", "Negotiated procedure"),
    Procedure.ADAPTED: ("open", "Simplified procedure below the threshold"),
    Procedure.QUOTATION: ("open", "Request for quotations"),
    Procedure.MARKET_QUESTION: ("", "Market consultation before a procedure"),
}
#: Codes of `documentType.csv` for where in a procedure a clause stands.
KINDS = {
    Stage.TECHNICAL_SPECIFICATION: "technicalSpecifications",
    Stage.AWARD_CRITERION: "evaluationCriteria",
    Stage.PERFORMANCE_CONDITION: "contractDraft",
}
_EMAIL = re.compile(r"[^\s@,]+@[^\s@,]+\.[^\s@,]+")
_PHONE = re.compile(r"\+?[\d ()./-]{8,}")


def load(calls: Iterable[int]) -> list[Any]:
    """Those of the calls that everybody has seen, held until the transaction ends, with all that they say."""
    rows = Call.objects.filter(pk__in=list(calls), audience=Audience.EVERYBODY, announced_at__isnull=False)
    lots = Lot.objects.select_related("reservation").prefetch_related(Prefetch("awards", Award.objects.order_by("pk")))
    return list(
        rows.select_for_update(of=("self",), no_key=True)
        .select_related("buyer__organisation")
        .prefetch_related(
            Prefetch("lots", lots.order_by("number")),
            Prefetch("documents", CallDocument.objects.current().select_related("lot").order_by("pk")),
            Prefetch("questions", Question.objects.answered().select_related("lot").order_by("answered_at", "pk")),
            Prefetch("clauses", ChosenClause.objects.select_related("clause").order_by("pk")),
            Prefetch("notices", SourceNotice.objects.applied().in_order().select_related("source")),
            "buyer__organisation__identifiers",
            "amendments",
        )
        .order_by("pk")
    )


def notice_of(call: Any, *, ocid: str, identifier: str, at: datetime) -> Notice:
    method, words = METHODS[call.procedure]
    page = address_of("call-detail", _language_of_pages(call), slug=call.slug)
    lots = [lot_of(lot, call.currency) for lot in call.lots.all()]
    return Notice(
        form=Form.OCDS,
        kind=Kind.PLANNING if call.procedure == Procedure.MARKET_QUESTION else Kind.CALL,
        procedure=ocid,
        identifier=identifier,
        version="",
        published_at=at,
        language=call.language[:2],
        title=call.title,
        description=call.description,
        buyers=(buyer_of(call),),
        lots=tuple(lots),
        amount=total([lot.amount for lot in lots if not lot.is_cancelled], call.currency),
        response_deadline=moment(call.response_deadline, call.zone),
        question_deadline=moment(call.question_deadline, call.zone),
        starts_on=call.starts_on,
        ends_on=call.ends_on,
        languages=tuple(code[:2] for code in call.languages_of_responses),
        reference=call.reference,
        contract=call.contract,
        method=method,
        procedure_words=words,
        official_url=call.portal_url or page,
        submission_url=call.portal_url or page,
        papers=tuple(paper_of(document, call) for document in call.documents.all()),
    )


def lot_of(lot: Any, code: str) -> NoticeLot:
    return NoticeLot(
        identifier=str(lot.number),
        title=lot.title,
        description=lot.description,
        cpv=tuple(lot.cpv),
        regions=tuple(lot.regions),
        amount=Amount(money(lot.value_from, code), money(lot.value_to, code), code),
        is_cancelled=not lot.is_standing,
    )


def money(minor: int | None, code: str) -> Decimal | None:
    return None if minor is None else currency.from_minor(minor, code)


def total(amounts: Sequence[Amount], code: str) -> Amount:
    """Of all lots together, where each of them says it."""
    ends = ([amount.low for amount in amounts], [amount.high for amount in amounts])
    low, high = (sum(each, Decimal()) if each and None not in each else None for each in ends)
    return Amount(low, high, code)


def moment(at: datetime | None, zone: str) -> Moment | None:
    """With the offset of the buyer's clocks at that instant."""
    return Moment(at.astimezone(ZoneInfo(zone))) if at else None


def buyer_of(call: Any) -> Body:
    """A company's street is its own matter; a public body's is where papers are handed in."""
    organisation = call.buyer.organisation
    return Body(
        name=organisation.name,
        identifiers=tuple(Identifier(each.scheme, each.value) for each in organisation.identifiers.all()),
        country=organisation.country.code,
        street=organisation.street if call.is_of_authority else "",
        town=organisation.town,
        postcode=organisation.postcode if call.is_of_authority else "",
        website=organisation.website,
        contact=contact_of(call),
    )


def contact_of(call: Any) -> Contact | None:
    """As the buyer wrote it for everybody, and nothing of the people who act for it.

    "Name, mail, phone" is taken apart where that is all it says; anything else stays as it is.
    """
    if not call.contact:
        return None
    parts = call.contact.split(", ")
    phone = parts.pop() if len(parts) > 1 and _PHONE.fullmatch(parts[-1]) else ""
    email = parts.pop() if _EMAIL.fullmatch(parts[-1]) else ""
    return Contact(name=", ".join(parts), email=email, phone=phone)


def paper_of(document: Any, call: Any) -> Paper:
    return Paper(
        title=document.title,
        url=address_of("call-document", _language_of_pages(call), slug=call.slug, pk=document.pk),
        language=document.language[:2],
        lots=(str(document.lot.number),) if document.lot else (),
    )


def _language_of_pages(call: Any) -> str:
    """That of the text where our pages speak it: who reads the data meets one address, whoever caused the release."""
    return call.language if call.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


# --- Beside the notice ------------------------------------------------------------------------------------------------


def beside_of(call: Any, releases: Sequence[Any], *, identifier: str, at: datetime) -> Beside:
    """`releases` are those that the call has, in order; `identifier` is of the one that is being made."""
    return Beside(
        standing=standing_of(call),
        lots={str(lot.number): standing_of_lot(lot, call) for lot in call.lots.all()},
        begins_at=call.publish_at,
        criteria=criteria(call),
        decisions=tuple(decision for lot in call.lots.all() for decision in decisions(lot, call, at)),
        changes=tuple(sorted(changes(call, releases, identifier), key=lambda change: change.at)),
        related=related(call),
        enquiries=tuple(enquiry_of(question) for question in call.questions.all()),
        clauses=tuple(clause_of(chosen) for chosen in call.clauses.all()),
    )


def enquiry_of(question: Any) -> Enquiry:
    """Nothing of who asked: neither a name nor the moment or the language in which it came."""
    lot = str(question.lot.number) if question.lot else ""
    return Enquiry(f"question-{question.pk}", question.text, question.answer, question.answered_at, lot)


def clause_of(chosen: Any) -> Clause:
    """In the words that the call has, with the buyer's on its link to the subject."""
    words = f"{chosen.text}\n\n{chosen.link_to_subject}"
    return Clause(f"clause-{chosen.clause.code}", KINDS[chosen.clause.stage], chosen.title, words)


def standing_of(call: Any) -> Standing:
    ends = {
        Standing.WITHDRAWN: call.withdrawn_at,
        Standing.CANCELLED: call.cancelled_at,
        Standing.COMPLETE: call.awarded_at,
        Standing.UNSUCCESSFUL: call.unsuccessful_at,
    }
    runs = Standing.PLANNED if call.procedure == Procedure.MARKET_QUESTION else Standing.ACTIVE
    return next((standing for standing, ended_at in ends.items() if ended_at), runs)


def standing_of_lot(lot: Any, call: Any) -> Standing:
    ends = {
        Standing.CANCELLED: lot.cancelled_at,
        Standing.COMPLETE: lot.awarded_at,
        Standing.UNSUCCESSFUL: lot.unsuccessful_at,
    }
    return next((standing for standing, ended_at in ends.items() if ended_at), standing_of(call))


def criteria(call: Any) -> str:
    """For whom the law lets a lot be reserved, and on which grounds."""
    lines = [
        f"Lot {lot.number}: {in_language(lot.reservation.names, call.language)}. {lot.reservation_grounds}"
        for lot in call.lots.all()
        if lot.reservation and lot.is_standing
    ]
    return "\n".join(lines)


def decisions(lot: Any, call: Any, at: datetime) -> list[Decision]:
    number = str(lot.number)
    if lot.unsuccessful_at:
        return [Decision(f"lot-{number}-without-award", number, lot.ended_because, lot.unsuccessful_at)]
    today = at.astimezone(ZoneInfo(call.zone)).date()
    return [
        Decision(
            f"award-{award.pk}",
            number,
            award.words,
            award.recorded_at,
            firm=award.name,
            amount=Amount(high=money(award.value, call.currency), currency=call.currency),
            is_pending=award.standstill_until is not None and today <= award.standstill_until,
        )
        for award in lot.awards.all()
    ]


def changes(call: Any, releases: Sequence[Any], identifier: str) -> list[Change]:
    """The amendments since the first release, and why the call or a lot of it ended."""
    found = [
        Change(str(amendment.number), amendment.amended_at, amendment.words, *_between(releases, amendment, identifier))
        for amendment in call.amendments.all()
        if releases and amendment.number > releases[0].amendment_number
    ]
    found += [
        Change(f"lot-{lot.number}", lot.cancelled_at, lot.ended_because, lots=(str(lot.number),))
        for lot in call.lots.all()
        if lot.cancelled_at and lot.cancelled_at != call.cancelled_at
    ]
    if ended_at := call.withdrawn_at or call.cancelled_at or call.unsuccessful_at:
        found.append(Change(str(standing_of(call)), ended_at, call.ended_because))
    return found


def _between(releases: Sequence[Any], amendment: Any, identifier: str) -> tuple[str, str]:
    """(the release that it amends, the one in which it stands)"""
    earlier = [release for release in releases if release.amendment_number < amendment.number]
    later = [release.identifier for release in releases if release.amendment_number >= amendment.number]
    return earlier[-1].identifier, later[0] if later else identifier


def related(call: Any) -> tuple[Related, ...]:
    """The procedure as each source of its notices publishes it, under the terms of that source; the first notice of
    it says where."""
    found: dict[Any, Related] = {}
    for notice in call.notices.all():
        source = notice.source
        said = Related(
            process=notice.procedure,
            title=f"{source.name} ({source.licence})",
            url=notice.official_url,
            is_ocid=notice.form == Form.OCDS,
        )
        found.setdefault((source.pk, notice.procedure), said)
    return tuple(found.values())
