"""Taking back, deleting, withdrawing, cancelling: each asks first and can be sent twice."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.calls import actions
from marketplace.calls.authoring.forms import EndingForm
from marketplace.calls.desk import call_on_desk
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _pressed(request, call, action, done):
    """Do it, say so or say why not, and go back to the desk."""
    try:
        action(by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, done)
    return redirect("call-desk", slug=call.slug)


@login_required
@require_POST
def call_take_back(request, slug):
    call = call_on_desk(request, slug)
    return _pressed(request, call, partial(actions.take_back, call), _("It is a draft again."))


@never_cache
@login_required
@form_page
def call_delete(request, slug):
    call = call_on_desk(request, slug)
    if call.announced_at:
        raise Http404
    if request.method == "POST":
        try:
            actions.delete_draft(call, by=request.user)
        except RuleBroken as broken:
            messages.error(request, str(broken))
        else:
            messages.success(request, _("The draft is deleted."))
        return redirect("call-desk-list")
    return render(request, "authoring/call_delete.html", {"call": call})


@never_cache
@login_required
@form_page
def call_withdraw(request, slug):
    call = _on_show(request, slug)
    return _ended(request, call, "authoring/call_withdraw.html", actions.withdraw_call, _("The call is withdrawn."))


@never_cache
@login_required
@form_page
def call_cancel(request, slug):
    call = _on_show(request, slug)
    return _ended(request, call, "authoring/call_cancel.html", actions.cancel_call, _("The call is cancelled."))


@never_cache
@login_required
@form_page
def lot_cancel(request, slug, number):
    call = _on_show(request, slug)
    lot = get_object_or_404(call.lots.select_related("call__buyer__organisation"), number=number)
    return _ended(request, call, "authoring/lot_cancel.html", actions.cancel_lot, _("The lot is cancelled."), lot=lot)


def _on_show(request, slug):
    """What has never been on show is deleted, not ended."""
    call = call_on_desk(request, slug)
    if not call.is_published:
        raise Http404
    return call


def _ended(request, call, template, action, done, lot=None):
    form = EndingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _pressed(request, call, partial(action, lot or call, words=form.cleaned_data["words"]), done)
    context = {"call": call, "lot": lot, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)
