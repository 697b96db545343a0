"""Sending a profile, its receipts, the yearly "still right?", and "report this page"."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render
from suppliers.models import Supplier
from suppliers.review import actions, facts, readiness, receipts, restraint
from suppliers.review.emails import CONFIRMATION_SIGNER
from suppliers.review.forms import PageReportForm, SubmitForm, SuspensionAnswerForm
from suppliers.review.models import Confirmation, ListingReceipt
from suppliers.review.permissions import can_send_profile
from suppliers.review.promise import review_day

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _own_supplier(request):
    """The profile of the organisation one acts for; to everybody else these pages do not exist."""
    if not request.organisation:
        raise Http404
    return get_object_or_404(Supplier.objects.select_related("organisation"), organisation=request.organisation)


def _with_own_supplier(view):
    """Hands the profile to a view that only those who may speak for the firm open."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        supplier = _own_supplier(request)
        if not can_send_profile(request.user, supplier):
            raise PermissionDenied
        return view(request, supplier, *args, **kwargs)

    return guarded


# --- Sending, and the receipts --------------------------------------------------------------------------------------


@login_required
@form_page
@_with_own_supplier
def profile_submit(request, supplier):
    """What is missing, what being listed means, the day of our answer, and the button.

    To a firm that was taken off it shows why, and a place to write back.
    """
    if supplier.suspended_at:
        form, done = SuspensionAnswerForm(request.POST or None), _("Your words are with our staff. We answer by mail.")
    else:
        form = SubmitForm(request.POST or None, is_answer=supplier.verdicts.unanswered().exists())
        done = _("Your profile is sent. A receipt is on its way to you by mail.")
    if form.is_valid():
        try:
            form.save(supplier, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, done)
            return redirect("profile")
    return render(
        request, "review/profile_submit.html", _standing(supplier, form), status=422 if form.is_bound else 200
    )


def _standing(supplier, form):
    """Where the profile stands between the firm and the staff, and all that the page says of it."""
    sent_at = supplier.submitted_at if supplier.is_waiting_for_review else timezone.now()
    return {
        "supplier": supplier,
        "organisation": supplier.organisation,
        "form": form,
        "state": _state(supplier),
        "verdict": supplier.verdicts.newest_first().first(),
        "lacks": readiness.what_is_missing(supplier),
        "obstacles": readiness.what_stands_in_the_way(supplier),
        "day": review_day(sent_at, supplier.organisation.country),
    }


def _state(supplier):
    if supplier.suspended_at:
        return "suspended"
    if supplier.listed_at:
        return "hidden" if supplier.hidden_at else "listed"
    return "waiting" if supplier.is_waiting_for_review else "draft"


@login_required
@require_safe
def receipt_list(request):
    supplier = _own_supplier(request)
    rows = supplier.listing_receipts.select_related("given_by")
    context = {
        "supplier": supplier,
        "organisation": supplier.organisation,
        "receipts": rows,
        "may_withdraw": can_send_profile(request.user, supplier) and any(row.withdrawn_at is None for row in rows),
    }
    return render(request, "review/receipt_list.html", context)


def _receipt(request, pk):
    rows = ListingReceipt.objects.visible_to(request.user).select_related("supplier__organisation", "given_by")
    receipt = get_object_or_404(rows, pk=pk)
    return {"receipt": receipt, "text": receipts.text_of(receipt.text_version, receipt.language)}


@login_required
@require_safe
def receipt_detail(request, pk):
    return render(request, "review/receipt_detail.html", _receipt(request, pk))


@login_required
@require_safe
def receipt_download(request, pk):
    """The receipt as plain text, in the language of the text that was agreed to."""
    context = _receipt(request, pk)
    with translation.override(context["receipt"].language):
        words = render_to_string("review/receipt.txt", context)
    response = HttpResponse(words, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tessera-receipt-{pk}.txt"'
    return response


@login_required
@require_POST
@_with_own_supplier
def listing_withdraw(request, supplier):
    try:
        actions.withdraw_listing(supplier, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Taken back. Your firm is in no list and no search any more."))
    return redirect("receipt-list")


# --- Still right? ---------------------------------------------------------------------------------------------------


@login_required
@require_POST
@_with_own_supplier
def profile_confirm(request, supplier):
    try:
        actions.confirm_supplier(supplier, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Thank you. Your profile says that it was confirmed today."))
    return redirect("profile")


@never_cache
@form_page
def confirmation_answer(request, token):
    """Works signed out. Opening the link changes nothing: programs that check mail for harm open links too."""
    confirmation, person = _asked(token)
    supplier = confirmation.supplier
    if request.method == "POST":
        try:
            actions.answer_confirmation(confirmation, by=person)
        except RuleBroken as broken:
            messages.error(request, str(broken))
        return redirect(request.path)
    context = {
        "supplier": supplier,
        "organisation": supplier.organisation,
        "is_open": confirmation.confirmed_at is None,
        "facts": facts.in_words(supplier, facts.facts_of(supplier)),
    }
    return render(request, "review/confirmation_answer.html", context)


def _asked(token):
    """The question and the person of a link; it works for as long as that person may speak for the firm."""
    try:
        question, _dash, person = CONFIRMATION_SIGNER.unsign(token).partition("-")
    except BadSignature as error:
        raise Http404 from error
    confirmation = get_object_or_404(Confirmation.objects.select_related("supplier__organisation"), pk=question)
    user = get_object_or_404(User, pk=person, is_active=True)
    if not can_send_profile(user, confirmation.supplier):
        raise Http404
    return confirmation, user


# --- Report this page -----------------------------------------------------------------------------------------------


@form_page
def profile_report(request, slug):
    """For everybody who can see the page; what looks like a machine is thanked and forgotten."""
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user).select_related("organisation"), slug=slug)
    form = PageReportForm(request.POST or None)
    if form.is_valid():
        if not form.is_by_a_machine and not restraint.may_report(request):
            form.add_error(None, _("Too many reports came from your connection within an hour. Try again later."))
        else:
            if not form.is_by_a_machine:
                form.save(supplier)
            messages.success(request, _("Thank you. Our staff read every report and answer within five working days."))
            return redirect(supplier)
    context = {"supplier": supplier, "form": form}
    return render(request, "review/profile_report.html", context, status=422 if form.is_bound else 200)
