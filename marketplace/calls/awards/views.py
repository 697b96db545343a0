"""The buyer decides a lot: for whom, why, and what the others are told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.calls.awards.actions import standstill_of
from marketplace.calls.awards.forms import AwardForm
from marketplace.calls.desk import call_on_desk
from marketplace.calls.responses.models import Response, Submission
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lot_award(request, slug, number):
    """Words for the firms may be saved before; the decision itself tells everybody."""
    call = call_on_desk(request, slug, writes=True)
    if not call.is_published:
        raise Http404
    lot = get_object_or_404(call.lots, number=number)
    lot.call = call
    form = AwardForm(request.POST if request.method == "POST" else None, lot=lot, submissions=_submissions(lot))
    is_saving = request.POST.get("do") == "save"
    if is_saving:
        form.keep_feedback_only()
    if form.is_valid():
        try:
            form.save_feedback(by=request.user) if is_saving else form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            said = _("Your words are saved. Nobody is told yet.") if is_saving else _("The decision is announced.")
            messages.success(request, said)
            return redirect("lot-award", slug=slug, number=number)
    return _page(request, lot, form)


def _submissions(lot):
    """What was handed over and opened, with its firm and what it shall be told."""
    rows = Submission.objects.standing().filter(response__in=Response.objects.opened().filter(lot=lot))
    rows = rows.select_related("response__supplier__organisation", "response__feedback")
    return list(rows.order_by("response__supplier__organisation__name", "pk"))


def _page(request, lot, form):
    call, now = lot.call, timezone.now()
    is_sealed = call.is_answered_here and call.opened_at is None
    is_ended = bool(call.withdrawn_at or call.cancelled_at)
    context = {"call": call, "lot": lot, "form": form, "is_sealed": is_sealed, "awards": lot.awards.order_by("pk")}
    context["may_decide"] = not (lot.is_decided or is_ended or is_sealed) and now >= call.response_deadline
    context["standstill"] = standstill_of(call, timezone.localdate(now))
    return render(request, "awards/lot_award.html", context, status=422 if form.is_bound else 200)
