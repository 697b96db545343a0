"""What firms do about a lot until the deadline, and the opening by the buyer. The caller has checked who asks.

`received_at` is the moment at which the whole request had arrived; it alone decides what is late. A draft is saved by
itself, so that it is there when handing over is refused. Nothing of this is audited before the opening.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls.actions import locked, save
from marketplace.calls.responses import emails, sealing
from marketplace.calls.responses.models import Interest, Response, ResponseFile, Submission
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.files import inspection, kinds, vault
from marketplace.core.templatetags.ui import moment_words

MOST_FILES = 20
#: What came in the last second may still be looked at; nothing is opened while it is.
PAUSE = timedelta(minutes=5)


# --- Interest -----------------------------------------------------------------------------------------------------


@transaction.atomic
def show_interest(lot, supplier, *, by, at=None):
    """The firm hears what becomes of the lot; pressed twice it is one interest."""
    _require_open(locked(lot.call), lot, at or timezone.now())
    Interest.objects.get_or_create(lot=lot, supplier=supplier, defaults={"by": by})


def drop_interest(lot, supplier):
    Interest.objects.filter(lot=lot, supplier=supplier).delete()


# --- The draft ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_draft(lot, supplier, *, message, price, seen=None, by):
    """Keep what is written; `seen` is the version that was read. The same words again change nothing."""
    if not lot.call.is_answered_here:
        raise RuleBroken(_("Responses to this call go to the official portal, not here."))
    row, is_new = Response.objects.get_or_create(lot=lot, supplier=supplier, defaults={"begun_by": by})
    response = _locked(row)
    if (response.message, response.price) == (message, price):
        return response
    # One that was begun and never written in is nobody's words.
    if seen is not None and not is_new and max(seen, 1) != response.version:
        raise RuleBroken(_("Somebody else at your firm changed this response while you were writing."))
    response.message, response.price = message, price
    response.changed_at, response.version = timezone.now(), response.version + 1
    response.save(update_fields=["message", "price", "changed_at", "version"])
    return response


def add_file(response, received):
    """Put a file into the draft; the same one again is there already. Looked at before any row is locked."""
    if known := _in_draft(response).filter(sha256=received.sha256).first():
        return known
    with inspection.document(received) as checked:
        stored_as = vault.new_name("responses")
        with vault.stored({stored_as: checked.files["document"]}), transaction.atomic():
            _locked(response)
            if known := _in_draft(response).filter(sha256=received.sha256).first():
                vault.forget([stored_as])
                return known
            if _in_draft(response).count() >= MOST_FILES:
                raise RuleBroken(_("A response holds at most %(most)s files.") % {"most": MOST_FILES})
            return ResponseFile.objects.create(
                response=response,
                title=kinds.title_from(received.name),
                stored_as=stored_as,
                original_name=kinds.plain_name(received.name),
                media_type=checked.kind.media_type,
                size=checked.files["document"].stat().st_size,
                sha256=received.sha256,
            )


@transaction.atomic
def remove_file(response, pk):
    """Take a file out of the draft; one that was handed over stays with what was handed over."""
    _locked(response)
    file = _in_draft(response).filter(pk=pk).first()
    if file is None:
        return
    if file.submissions.exists():
        file.is_in_draft = False
        file.save(update_fields=["is_in_draft"])
    else:
        file.delete()


def _in_draft(response):
    return ResponseFile.objects.filter(response=response, is_in_draft=True)


def _locked(response):
    rows = Response.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("lot__call__buyer__organisation", "supplier__organisation").get(pk=response.pk)


# --- Handing over -------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_response(response, *, expected, received_at, seen=None, by):
    """Hand over the draft, in place of what was handed over before; the same again is the first receipt again.

    `expected` is the (message, price) that the person means, `seen` the last material amendment that the page showed.
    """
    call, response = _held(response, received_at, seen)
    if (response.message, response.price) != expected:
        raise RuleBroken(_("Somebody else at your firm changed this response while you were writing."))
    files = list(_in_draft(response))
    if not response.message.strip() and not files:
        raise RuleBroken(_("Write your response or add a file before you submit."))
    sha256 = sealing.digest_of(response.pk, message=response.message, price=response.price, files=files)
    standing = standing_of(response)
    if standing and standing.sha256 == sha256:
        return _confirmed(standing, call, received_at)
    if standing:
        if standing.received_at > received_at:
            raise RuleBroken(_("A newer response of your firm has arrived meanwhile, and counts."))
        standing.replaced_at = received_at
        standing.save(update_fields=["replaced_at"])
    submission = Submission.objects.create(
        response=response,
        number=response.submissions.count() + 1,
        received_at=received_at,
        message=response.message,
        price=response.price,
        file_count=len(files),
        sha256=sha256,
        by=by,
        confirmed_for=call.material_number,
    )
    submission.files.add(*files)
    emails.response_received(submission)
    return submission


@transaction.atomic
def confirm_submission(response, *, received_at, seen=None):
    """Say that what was handed over holds for the call as amended."""
    call, response = _held(response, received_at, seen)
    return _confirmed(_require_standing(response), call, received_at)


@transaction.atomic
def withdraw_submission(response, *, received_at):
    """Take back what was handed over; the draft stays and may be handed over again until the deadline."""
    _call, response = _held(response, received_at, None)
    submission = _require_standing(response)
    submission.withdrawn_at = received_at
    submission.save(update_fields=["withdrawn_at"])
    emails.response_withdrawn(submission)
    return submission


def standing_of(response):
    """What the firm has handed over and neither replaced nor taken back, be it confirmed or not."""
    return response.submissions.filter(replaced_at=None, withdrawn_at=None).first()


def _held(response, received_at, seen):
    """Call and response, locked in that order, if the lot takes responses at that moment."""
    call = locked(response.lot.call)
    response = _locked(response)
    _require_open(call, response.lot, received_at)
    if seen is not None and seen < call.material_number:
        raise RuleBroken(
            _("The buyer has changed the call since you opened this page. Read what changed, then press again.")
        )
    return call, response


def _require_open(call, lot, at):
    if call.withdrawn_at or call.cancelled_at:
        raise RuleBroken(_("The buyer has ended this call. Responses are no longer taken, and none is opened."))
    if not lot.is_standing:
        raise RuleBroken(_("The buyer has cancelled this lot. Responses to it are no longer taken."))
    if call.publish_at is None or at < call.publish_at:
        raise RuleBroken(_("This call is not on show yet."))
    if call.opened_at and at < call.response_deadline:
        raise RuleBroken(_("The responses have been opened already, so nothing can be handed over or changed."))
    if not call.is_open(at):
        moments = {
            "deadline": sealing.seconds_in_words(call.response_deadline, call.zone),
            "moment": sealing.seconds_in_words(at, call.zone),
        }
        raise RuleBroken(
            _("Too late: the deadline was %(deadline)s, and all of this had arrived on %(moment)s.") % moments
        )


def _require_standing(response):
    submission = standing_of(response)
    if submission is None:
        raise RuleBroken(_("Nothing of yours is handed over at the moment."))
    return submission


def _confirmed(submission, call, received_at):
    if submission.confirmed_for < call.material_number:
        submission.confirmed_for, submission.confirmed_at = call.material_number, received_at
        submission.save(update_fields=["confirmed_for", "confirmed_at"])
        emails.response_confirmed(submission)
    return submission


# --- The opening --------------------------------------------------------------------------------------------------


def opening_at(call):
    return call.response_deadline + PAUSE


def may_be_opened(call, at=None):
    """Whether the seal can be broken now; says nothing of there being anything behind it."""
    is_ended = call.withdrawn_at or call.cancelled_at
    return not (call.opened_at or is_ended) and (at or timezone.now()) >= opening_at(call)


@transaction.atomic
def open_responses(call, *, by, at=None):
    """Break the seal of all lots at once, for good; the second time nothing happens."""
    at = at or timezone.now()
    call = locked(call)
    if call.opened_at:
        return call
    if not call.is_answered_here:
        raise RuleBroken(_("Responses to this call went to the official portal."))
    if call.withdrawn_at or call.cancelled_at:
        raise RuleBroken(_("This call has ended without an award: what was handed in stays sealed."))
    if call.publish_at is None or at < opening_at(call):
        raise RuleBroken(
            _("Responses are sealed until %(moment)s.") % {"moment": moment_words(opening_at(call), call.zone)}
        )
    call.opened_at, call.opened_by = at, by
    save(call, "opened_at", "opened_by")
    responses = list(of_call(call))
    audit.record("call.opened", call, by=by, responses=len(responses))
    for response in responses:
        emails.response_opened(response)
    tell_lapsed(call, at=at)
    return call


def of_call(call):
    """What was handed over for lots that stand; asks nothing about the seal."""
    rows = Response.objects.handed_over().filter(lot__call=call, lot__cancelled_at=None)
    rows = rows.select_related("supplier__organisation", "lot__call__buyer__organisation")
    return rows.order_by("lot__number", "supplier__organisation__name", "pk")


@transaction.atomic
def tell_lapsed(call, *, at):
    """Each firm whose submission nobody confirmed hears once that it did not count; returns how many."""
    lapsed = Submission.objects.waiting_for_confirmation().filter(
        response__lot__call=call, response__lot__cancelled_at=None, lapse_told_at=None
    )
    rows = lapsed.select_for_update(of=("self",), no_key=True)
    told = list(rows.select_related("response__supplier__organisation", "response__lot__call__buyer__organisation"))
    Submission.objects.filter(pk__in=[submission.pk for submission in told]).update(lapse_told_at=at)
    for submission in told:
        emails.response_lapsed(submission.response)
    return len(told)
