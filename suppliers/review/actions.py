"""What firms, staff and readers do about a profile being on show. The caller has checked who asks."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from suppliers.models import Supplier
from suppliers.review import emails, readiness, receipts
from suppliers.review.facts import facts_of
from suppliers.review.models import Confirmation, ListingReceipt, PageReport, Verdict
from suppliers.review.permissions import has_stake
from suppliers.signals import tell_changed

#: The same words about the same page within this time are a second press of the button.
SAME_REPORT = timedelta(days=1)


def _locked(supplier):
    """One profile is sent, judged and taken back one at a time: lock first, then look."""
    return (
        Supplier.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=supplier.pk)
    )


# --- The firm asks to be listed, and may take it back ---------------------------------------------------------------


@transaction.atomic
def submit_supplier(supplier, *, receipt_text_version, language, by, way=ListingReceipt.Way.PAGE, answer=""):
    """Ask staff to list it, with the firm's yes to the text it was shown; a second press gets the first receipt.

    `answer` is what the firm says to the question or the refusal before.
    """
    row = _locked(supplier)
    if row.is_waiting_for_review and (receipt := row.listing_receipts.live().first()):
        return receipt
    _require_ready(row, receipt_text_version, language)
    now = timezone.now()
    Supplier.objects.filter(pk=row.pk).update(submitted_at=now, hidden_at=None)
    supplier.refresh_from_db()
    receipt = _give_receipt(supplier, receipt_text_version, language, by=by, way=way, at=now)
    if verdict := supplier.verdicts.unanswered().newest_first().first():
        Verdict.objects.filter(pk=verdict.pk).update(answered_at=now, answer=answer)
    audit.record("supplier.submitted", supplier, by=by, receipt=receipt.pk)
    emails.profile_sent(supplier, receipt, to=by)
    tell_changed(supplier)
    return receipt


def _require_ready(supplier, text_version, language):
    if supplier.suspended_at:
        raise RuleBroken(_("Our staff have taken this profile off. Write to us before you send it again."))
    if supplier.listed_at:
        raise RuleBroken(_("This profile has been listed already."))
    if not receipts.is_known(text_version, language) or text_version != receipts.CURRENT:
        raise RuleBroken(_("The text about being listed has changed. Read it again before you send."))
    if lacks := readiness.what_is_missing(supplier):
        raise RuleBroken(lacks[0].words)
    if sentences := readiness.what_stands_in_the_way(supplier):
        raise RuleBroken(sentences[0])


def _give_receipt(supplier, text_version, language, *, by, way, at):
    return ListingReceipt.objects.create(
        supplier=supplier,
        text_version=text_version,
        language=language,
        audience=supplier.audience,
        given_by=by,
        given_at=at,
        way=way,
    )


@transaction.atomic
def note_audience(supplier, *, by):
    """After the firm chose who may see its profile: a receipt that says so, if the last one says otherwise."""
    last = _locked(supplier).listing_receipts.live().first()
    if last and last.audience != supplier.audience:
        _give_receipt(supplier, last.text_version, last.language, by=by, way=last.way, at=timezone.now())


@transaction.atomic
def withdraw_listing(supplier, *, by):
    """Take the firm's yes back: off every list at once, or out of the queue. To be listed again it sends again."""
    row = _locked(supplier)
    now = timezone.now()
    if not row.listing_receipts.live().update(withdrawn_at=now):
        raise RuleBroken(_("There is no agreement to take back: it was taken back before, or never given."))
    Supplier.objects.filter(pk=row.pk).update(submitted_at=None, listed_at=None, confirmation_asked_on=None)
    row.confirmations.open().delete()
    supplier.refresh_from_db()
    audit.record("supplier.listing_withdrawn", supplier, by=by)
    tell_changed(supplier)


# --- Staff judge ----------------------------------------------------------------------------------------------------


@transaction.atomic
def approve_supplier(supplier, *, version=None, by):
    """Put a waiting profile on show for the first time."""
    row = _judged(supplier, version, by)
    if not row.listing_receipts.live().exists():
        raise RuleBroken(_("The firm has not agreed to be listed. Ask it to send its profile again."))
    now = timezone.now()
    Supplier.objects.filter(pk=row.pk).update(listed_at=now, confirmed_on=now.date(), confirmation_asked_on=None)
    _decide(supplier, Verdict.Kind.APPROVED, by=by, at=now)
    emails.supplier_listed(supplier)


@transaction.atomic
def ask_supplier(supplier, *, words, version=None, by):
    """Send a waiting profile back with a question; the firm answers by sending it again."""
    row = _judged(supplier, version, by)
    Supplier.objects.filter(pk=row.pk).update(submitted_at=None)
    emails.supplier_asked(_decide(supplier, Verdict.Kind.ASKED, words=words, by=by))


@transaction.atomic
def refuse_supplier(supplier, *, words, version=None, by):
    """Refuse a waiting profile with the reason; the firm may mend it and send it again."""
    row = _judged(supplier, version, by)
    Supplier.objects.filter(pk=row.pk).update(submitted_at=None)
    emails.supplier_refused(_decide(supplier, Verdict.Kind.REFUSED, words=words, by=by))


@transaction.atomic
def suspend_supplier(supplier, *, words, by):
    """Take a listed profile off every page, hidden or not; only staff put it back."""
    row = _locked(supplier)
    _require_no_stake(row, by)
    if row.suspended_at or not row.listed_at:
        raise RuleBroken(_("This profile is not listed, or has been taken off already."))
    Supplier.objects.filter(pk=row.pk).update(suspended_at=timezone.now())
    emails.supplier_suspended(_decide(supplier, Verdict.Kind.SUSPENDED, words=words, by=by))


@transaction.atomic
def answer_suspension(supplier, *, answer, by):
    """The firm writes back to being taken off; once for each time that staff said why."""
    row = _locked(supplier)
    last = row.verdicts.newest_first().first()
    if not row.suspended_at or last is None or last.answered_at:
        raise RuleBroken(_("You have written to us already, or your profile is back. We write to you by mail."))
    Verdict.objects.filter(pk=last.pk).update(answered_at=timezone.now(), answer=answer)
    audit.record("supplier.suspension_answered", supplier, by=by, verdict=last.pk)


@transaction.atomic
def uphold_suspension(supplier, *, words, by):
    """Keep a profile off after the firm has written back, with the reason."""
    row = _locked(supplier)
    _require_no_stake(row, by)
    if not row.suspended_at or not row.verdicts.appeals().exists():
        raise RuleBroken(_("This firm has not written back, or a colleague has answered it already."))
    emails.supplier_suspended(_decide(supplier, Verdict.Kind.SUSPENDED, words=words, by=by))


@transaction.atomic
def lift_suspension(supplier, *, words="", by):
    """Let a profile that was taken off be seen again, unless the firm itself hides it."""
    row = _locked(supplier)
    _require_no_stake(row, by)
    if not row.suspended_at:
        raise RuleBroken(_("This profile has not been taken off, or is back already."))
    Supplier.objects.filter(pk=row.pk).update(suspended_at=None)
    emails.suspension_lifted(_decide(supplier, Verdict.Kind.LIFTED, words=words, by=by))


def _judged(supplier, version, by):
    """The row, locked, if it waits for a verdict and is still what the judge has read."""
    row = _locked(supplier)
    _require_no_stake(row, by)
    if not row.is_waiting_for_review:
        raise RuleBroken(_("This profile does not wait for a review: a colleague decided, or the firm took it back."))
    if version is not None and version != row.version:
        raise RuleBroken(_("The firm has changed its profile since you opened it. Look at it again."))
    return row


def _require_no_stake(supplier, person):
    if has_stake(person, supplier):
        raise RuleBroken(_("You act for this firm, so a colleague has to decide."))


def _decide(supplier, kind, *, by, words="", at=None):
    """Keep the verdict with the profile as it was judged, and tell whoever keeps a copy of its standing."""
    supplier.refresh_from_db()
    verdict = Verdict.objects.create(
        supplier=supplier,
        kind=kind,
        words=words,
        decided_by=by,
        decided_at=at or timezone.now(),
        profile=facts_of(supplier),
    )
    audit.record(f"supplier.{kind}", supplier, by=by, verdict=verdict.pk)
    tell_changed(supplier)
    return verdict


# --- The firm says that it is still right ---------------------------------------------------------------------------


@transaction.atomic
def confirm_supplier(supplier, *, by):
    """Say that the profile is right today; twice on one day changes nothing."""
    row = _locked(supplier)
    if not row.listed_at:
        raise RuleBroken(_("Only a profile that is listed can be confirmed."))
    now = timezone.now()
    today = now.date()
    row.confirmations.open().update(confirmed_at=now, confirmed_by=by)
    if row.confirmed_on == today and row.confirmation_asked_on is None:
        return
    Supplier.objects.filter(pk=row.pk).update(confirmed_on=today, confirmation_asked_on=None)
    supplier.refresh_from_db()
    audit.record("supplier.confirmed", supplier, by=by)
    tell_changed(supplier)


def answer_confirmation(confirmation, *, by):
    """Through the link in the mail; a question that is answered stays answered."""
    if Confirmation.objects.open().filter(pk=confirmation.pk).exists():
        confirm_supplier(confirmation.supplier, by=by)


# --- Somebody reports a page ----------------------------------------------------------------------------------------


@transaction.atomic
def report_page(supplier, *, reason, words, email="", language):
    """Tell staff that something is wrong with a page; the firm is not told. Said twice, it is one report."""
    row = _locked(supplier)
    now = timezone.now()
    report, is_new = PageReport.objects.filter(created_at__gt=now - SAME_REPORT).get_or_create(
        supplier=row,
        reason=reason,
        words=words,
        email=email,
        answered_at=None,
        defaults={"language": language, "created_at": now},
    )
    if is_new:
        audit.record("page.reported", report, supplier=row.pk, reason=reason)
    return report


@transaction.atomic
def answer_report(report, *, answer, note, by):
    """Close a report with an answer to the reader and a note of what was done; the first answer counts."""
    _require_no_stake(report.supplier, by)
    waiting = PageReport.objects.waiting().filter(pk=report.pk)
    if not waiting.update(answered_at=timezone.now(), answered_by=by, answer=answer, note=note):
        raise RuleBroken(_("A colleague has answered this report already."))
    report.refresh_from_db()
    audit.record("page.report_answered", report, by=by, supplier=report.supplier_id)
    emails.report_answered(report)


@transaction.atomic
def suspend_for_report(report, *, words, answer, by):
    """Take the reported profile off with a reason to the firm, and answer the reader in the same step."""
    suspend_supplier(report.supplier, words=words, by=by)
    answer_report(report, answer=answer, note=_("The profile was taken off."), by=by)
