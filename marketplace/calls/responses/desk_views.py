"""The buyer's side: sealed until opened, then what each firm handed over. Nothing of evidence or owners stands here."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.calls.desk import call_on_desk
from marketplace.calls.responses import actions
from marketplace.calls.responses.models import Interest, Response, Submission
from marketplace.core import registry
from marketplace.core.errors import RuleBroken
from marketplace.core.staff import safe_cell
from marketplace.core.ui import render
from marketplace.core.vocab import currency

#: Without it a spreadsheet takes the file for another encoding.
BYTE_ORDER_MARK = "\ufeff"


def _call(request, slug, *, writes):
    """A call on show that takes responses here; before the opening nothing depends on there being any."""
    call = call_on_desk(request, slug, writes=writes)
    if not (call.is_published and call.is_answered_here):
        raise Http404
    return call


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_list(request, slug):
    call = _call(request, slug, writes=request.method == "POST")
    if request.method == "POST":
        try:
            actions.open_responses(call, by=request.user)
        except RuleBroken as broken:
            messages.error(request, str(broken))
        else:
            messages.success(request, _("The responses are opened. The firms are told."))
        return redirect("call-responses", slug=slug)
    context = {"call": call, "opening_at": actions.opening_at(call), "may_open": _may_open(request, call)}
    context["lots"] = _by_lot(call) if call.opened_at else []
    return render(request, "responses/desk_list.html", context)


def _may_open(request, call):
    return request.representative.can_edit and actions.may_be_opened(call)


def _by_lot(call):
    """[(lot, [(response, submission)], firms that had shown interest)]"""
    rows = {}
    for submission in _handed_over(call):
        rows.setdefault(submission.response.lot_id, []).append((submission.response, submission))
    interest = dict(Interest.objects.filter(lot__call=call).values_list("lot").annotate(Count("pk")))
    return [(lot, rows.get(lot.pk, []), interest.get(lot.pk, 0)) for lot in call.lots.order_by("number")]


def _handed_over(call):
    """The submission that counts of each opened response, with its firm and files."""
    rows = Submission.objects.standing().filter(response__in=Response.objects.opened().filter(lot__call=call))
    rows = rows.select_related("response__supplier__organisation", "response__lot").prefetch_related("files")
    return rows.order_by("response__lot__number", "response__supplier__organisation__name", "pk")


@never_cache
@login_required
@require_safe
def desk_response(request, slug, pk):
    """What one firm handed over; before the opening there is no such page."""
    call = _call(request, slug, writes=False)
    submission = get_object_or_404(_handed_over(call), response=pk)
    response = submission.response
    context = {"call": call, "lot": response.lot, "response": response, "submission": submission}
    context["supplier"] = response.supplier
    context["panels"] = registry.panels_for("response-desk", [response], request)[response.pk]
    return render(request, "responses/desk_response.html", context)


@never_cache
@login_required
@require_safe
def desk_export(request, slug):
    """The opened list for a spreadsheet, without a cell that it would run."""
    call = _call(request, slug, writes=False)
    if not call.opened_at:
        raise Http404
    answer = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="responses-{call.slug}.csv"'
    writer = csv.writer(answer)
    writer.writerow(
        [_("Lot"), _("Title"), _("Firm"), _("Country"), _("Price"), _("Currency"), _("Received (UTC)"), _("Files"),
         "SHA-256"]
    )  # fmt: skip
    for submission in _handed_over(call):
        writer.writerow([safe_cell(" ".join(str(cell).split())) for cell in _line(call, submission)])
    return answer


def _line(call, submission):
    lot, organisation = submission.response.lot, submission.response.supplier.organisation
    price = submission.price
    return [
        lot.number,
        lot.title,
        organisation.name,
        organisation.country.name,
        "" if price is None else f"{currency.from_minor(price, call.currency):f}",
        call.currency,
        f"{submission.received_at:%Y-%m-%dT%H:%M:%SZ}",
        "; ".join(file.original_name for file in submission.files.all()),
        submission.sha256,
    ]
