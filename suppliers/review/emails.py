"""The mails of the review: who hears what, in their own language. Links that prove who answers are sealed."""

from django.core.signing import Signer
from django.utils import formats, translation
from django.utils.translation import pgettext

from marketplace.accounts.emails import address_of
from marketplace.accounts.models import Representative
from marketplace.core import outbox
from suppliers.review.promise import review_day

#: Holds the question and the person it was sent to, so that a link dies with the person's standing.
CONFIRMATION_SIGNER = Signer(salt="tessera.confirmation")
ROOM = "review/email/"


def administrators_of(organisation):
    rows = Representative.objects.administrators().filter(organisation=organisation, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def _day(value, language):
    with translation.override(language):
        return formats.date_format(value, pgettext("day with weekday", "D j M Y"))


def _to_administrators(name, supplier, url_name, *, url_kwargs=None, **context):
    for person in administrators_of(supplier.organisation):
        outbox.post(
            ROOM + name,
            to=person.email,
            about=[supplier, supplier.organisation],
            language=person.language,
            organisation=supplier.organisation.name,
            link=address_of(url_name, person.language, **(url_kwargs or {})),
            **context,
        )


def profile_sent(supplier, receipt, *, to):
    outbox.post(
        f"{ROOM}profile_sent",
        to=to.email,
        about=[supplier, supplier.organisation],
        language=to.language,
        organisation=supplier.organisation.name,
        audience=receipt.audience,
        day=_day(review_day(supplier.submitted_at, supplier.organisation.country), to.language),
        link=address_of("receipt-list", to.language),
    )


def supplier_listed(supplier):
    page = {"slug": supplier.slug}
    _to_administrators("supplier_listed", supplier, "supplier-detail", url_kwargs=page, audience=supplier.audience)


def supplier_asked(verdict):
    _to_administrators("supplier_asked", verdict.supplier, "profile-submit", words=verdict.words)


def supplier_refused(verdict):
    _to_administrators("supplier_refused", verdict.supplier, "profile-submit", words=verdict.words)


def supplier_suspended(verdict):
    _to_administrators("supplier_suspended", verdict.supplier, "profile-submit", words=verdict.words)


def suspension_lifted(verdict):
    _to_administrators("suspension_lifted", verdict.supplier, "profile-submit", words=verdict.words)


def still_right(confirmation, *, is_reminder):
    """To every administrator a link of their own; returns how many there were to ask."""
    supplier = confirmation.supplier
    people = administrators_of(supplier.organisation)
    for person in people:
        token = CONFIRMATION_SIGNER.sign(f"{confirmation.pk}-{person.pk}")
        confirmed = supplier.confirmed_on
        outbox.post(
            f"{ROOM}still_right",
            to=person.email,
            about=[supplier, supplier.organisation],
            language=person.language,
            sealed={"link": address_of("confirmation-answer", person.language, token=token)},
            organisation=supplier.organisation.name,
            confirmed=_day(confirmed, person.language) if confirmed else "",
            is_reminder=is_reminder,
        )
    return len(people)


def report_answered(report):
    """To the person who reported, if they left an address."""
    if report.email:
        outbox.post(
            f"{ROOM}report_answered",
            to=report.email,
            about=[report],
            language=report.language,
            organisation=report.supplier.organisation.name,
            words=report.words,
            answer=report.answer,
            link=address_of("supplier-list", report.language),
        )
