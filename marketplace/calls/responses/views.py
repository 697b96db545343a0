"""A firm's responses: one page per lot, one address for all that is done there, and the list of them all.

One address, so that no log of requests can tell a draft from what was handed over.
"""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.calls.models import Lot
from marketplace.calls.responses import actions, sealing
from marketplace.calls.responses.forms import ResponseForm
from marketplace.calls.responses.models import Interest, Response, ResponseFile
from marketplace.calls.responses.permissions import can_respond, supplier_for
from marketplace.calls.responses.standing import responses_of, standing
from marketplace.calls.shown import call_on_show
from marketplace.core import registry
from marketplace.core.errors import RuleBroken
from marketplace.core.files import handing
from marketplace.core.files.intake import notes_arrival, refusals
from marketplace.core.ui import render
from suppliers.models import Supplier

form_page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@login_required
@form_page
@notes_arrival
def response_edit(request, slug, number):
    """Save, hand over, replace, take back, confirm: the name of the button says which."""
    lot = _lot(request, slug, number)
    supplier = supplier_for(request.organisation, lot.call)
    if supplier is None:
        is_own = bool(request.organisation) and request.organisation.pk == lot.call.buyer.organisation_id
        status = 403 if request.method == "POST" else 200
        return render(request, "responses/way_in.html", {"lot": lot, "call": lot.call, "is_own": is_own}, status=status)
    if not can_respond(request.user, supplier):
        raise PermissionDenied
    response = responses_of(supplier).filter(lot=lot).first()
    if request.method == "POST":
        return _pressed(request, lot, supplier, response)
    if number := request.GET.get("receipt") or request.GET.get("sealed"):
        return _receipt(request, response, number)
    return _page(request, lot, supplier, response, ResponseForm(lot=lot, supplier=supplier, response=response))


def _lot(request, slug, number):
    """The lot of a call that is on show to this person, or to which its firm has begun to respond."""
    lots = Lot.objects.select_related("call__buyer__organisation", "call__jurisdiction")
    lot = get_object_or_404(lots, call__slug=slug, number=number)
    if request.organisation:
        mine = Response.objects.filter(lot=lot, supplier__organisation=request.organisation.pk)
        if mine.of(request.user).exists():
            return lot
    call_on_show(request, slug)
    return lot


def _page(request, lot, supplier, response, form, *, status=200):
    call = lot.call
    where = standing(response, call, lot)
    context = {"lot": lot, "call": call, "supplier": supplier, "response": response, "form": form, "standing": where}
    context["may_write"] = call.is_open() and lot.is_standing and call.is_answered_here
    context["is_interested"] = Interest.objects.filter(lot=lot, supplier=supplier).exists()
    context["files"] = list(response.files.filter(is_in_draft=True)) if response else []
    context["panels"] = registry.panels_for("response", [response], request)[response.pk] if response else []
    context["submissions"] = list(response.submissions.all())[::-1] if response else []
    context["is_changed"] = where.submission is not None and _differs(response, where.submission, context["files"])
    return render(request, "responses/response_edit.html", context, status=status)


def _differs(response, submission, files):
    """Whether the draft has moved on from what was handed over."""
    return submission.sha256 != sealing.digest_of(
        response.pk, message=response.message, price=response.price, files=files
    )


# --- What the buttons do ------------------------------------------------------------------------------------------


def _pressed(request, lot, supplier, response):
    name = request.POST.get("do", "save")
    if name in {"interest", "no-interest"}:
        return _note_interest(request, lot, supplier, wants=name == "interest")
    if name in {"withdraw", "confirm"} and response is not None:
        return _settle(request, lot, supplier, response, name)
    return _write(request, lot, supplier, response, name)


def _note_interest(request, lot, supplier, *, wants):
    try:
        if wants:
            actions.show_interest(lot, supplier, by=request.user, at=request.received_at)
            messages.success(request, _("You hear what becomes of this lot. Only your firm knows."))
        else:
            actions.drop_interest(lot, supplier)
            messages.success(request, _("Your interest is taken back."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect(lot.call)


def _settle(request, lot, supplier, response, name):
    """Take back or confirm what was handed over; the draft is not touched."""
    act = actions.withdraw_submission
    if name == "confirm":
        material = request.POST.get("material", "")
        act = partial(actions.confirm_submission, seen=int(material) if material.isdecimal() else 0)
    try:
        submission = act(response, received_at=request.received_at)
    except RuleBroken as broken:
        form = ResponseForm(lot=lot, supplier=supplier, response=response)
        messages.error(request, str(broken))
        return _page(request, lot, supplier, response, form, status=422)
    return redirect(_receipt_url(lot, submission))


def _write(request, lot, supplier, response, name):
    """Keep the draft, then do what the button says; a refusal comes after the keeping."""
    form = ResponseForm(request.POST, request.FILES, lot=lot, supplier=supplier, response=response)
    is_whole = form.save(refused=refusals(request), by=request.user)
    response = form.response
    if is_whole and name == "submit":
        try:
            submission = actions.submit_response(
                response,
                expected=form.expected(),
                received_at=request.received_at,
                seen=form.cleaned_data["material"] or 0,
                by=request.user,
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect(_receipt_url(lot, submission))
    elif is_whole:
        if name.startswith("remove-") and name[7:].isdecimal():
            actions.remove_file(response, int(name[7:20]))
        messages.success(request, _("Your draft is saved. Nothing is submitted by that."))
        return redirect(_url(lot))
    fresh = responses_of(supplier).filter(lot=lot).first()
    return _page(request, lot, supplier, fresh, form, status=422)


def _url(lot):
    return reverse("call-response", kwargs={"slug": lot.call.slug, "number": lot.number})


# --- Receipts -----------------------------------------------------------------------------------------------------


def _receipt_url(lot, submission):
    return f"{_url(lot)}?receipt={submission.number}"


def _receipt(request, response, number):
    """The receipt of one submission as a page, or with `sealed` the very bytes whose hash stands on it."""
    if response is None or not (number.isascii() and number.isdigit() and len(number) < 5):
        raise Http404
    submission = get_object_or_404(response.submissions.prefetch_related("files"), number=int(number))
    if "sealed" in request.GET:
        answer = HttpResponse(sealing.content_of_submission(submission), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="response-{submission.number}.json"'
        return answer
    call = response.lot.call
    context = {"submission": submission, "response": response, "lot": response.lot, "call": call}
    context["is_confirmed"] = submission.confirmed_for >= call.material_number
    return render(request, "responses/receipt.html", context)


# --- All of a firm --------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def response_list(request):
    """Where each response of the firm stands, for all who act for it."""
    if not request.organisation:
        raise Http404
    supplier = Supplier.objects.filter(organisation=request.organisation.pk).first()
    rows = list(responses_of(supplier)[:200]) if supplier else []
    outcomes = registry.panels_for("response-row", rows, request)
    responses = [
        (row, standing(row, row.lot.call, row.lot), outcomes[row.pk], not row.lot.call.withdrawn_at) for row in rows
    ]
    return render(request, "responses/response_list.html", {"responses": responses, "supplier": supplier})


@login_required
@require_safe
def response_file(request, pk):
    """To the firm any file of its own; to the buyer, once opened, those of what was handed over."""
    file = get_object_or_404(ResponseFile.objects.visible_to(request.user), pk=pk)
    return handing.attachment(file)
