"""The buyer's pages of a change of a published call: what is different, and publishing it in one act."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.calls.amendments import actions, changes, reading
from marketplace.calls.amendments.desk import call_to_amend, pending_on_desk
from marketplace.calls.amendments.forms import PendingClausesForm, PublishForm
from marketplace.calls.amendments.models import PendingAmendment
from marketplace.calls.writing import lots
from marketplace.calls.writing.forms import FactsForm, WhatForm, WhoForm
from marketplace.calls.writing.times import WhenForm
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@login_required
@form_page
def amendment_detail(request, slug):
    """What would be different, and the button that publishes it; without a change under way, how one begins."""
    call = call_to_amend(request, slug)
    pending = PendingAmendment.objects.filter(call=call).select_related("begun_by").first()
    if pending is None:
        if request.method == "POST":
            raise Http404
        return render(request, "amendments/amendment_begin.html", {"call": call})
    pending.call = call
    form = PublishForm(request.POST if request.method == "POST" else None, pending=pending)
    earliest = None
    if form.is_valid():
        try:
            amendment = form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
            form.show_now()
            earliest = getattr(broken, "earliest", None)
        else:
            messages.success(request, _("Published. Everybody concerned hears of it by mail."))
            return redirect(amendment.call)
    context = {"call": call, "pending": pending, "form": form, "earliest": earliest, **_differences(request, pending)}
    return render(request, "amendments/amendment_detail.html", context, status=422 if form.is_bound else 200)


def _differences(request, pending):
    """What is different in words, how late it would be, and the parts that can be written."""
    late, days = changes.days_for(pending.call)
    live = set(pending.call.lots.values_list("number", flat=True))
    return {
        "steps": [(slug, step.title) for slug, step in STEPS.items()],
        "lots": [(lot, lot["number"] not in live) for lot in pending.facts["lots"]],
        "groups": reading.groups(reading.in_words(changes.of_pending(pending), pending.call)),
        "late_days": late,
        "extension_days": days,
    }


@login_required
@require_POST
def amendment_begin(request, slug):
    call = call_to_amend(request, slug)
    try:
        actions.begin_amendment(call, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("call-amendment", slug=call.slug)


@login_required
@require_POST
def amendment_discard(request, slug):
    call = call_to_amend(request, slug)
    actions.discard_amendment(call, by=request.user)
    messages.success(request, _("Discarded. The call stays as everybody sees it."))
    return redirect("call-amendment", slug=call.slug)


@login_required
@require_POST
def amendment_extend(request, slug):
    """Take the earliest deadline that a change as late as this may have."""
    pending = pending_on_desk(request, slug)
    try:
        actions.give_enough_time(pending, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("The deadline is moved. Look at the differences and publish."))
    return redirect("call-amendment", slug=slug)


# --- Writing it -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    title: Any
    form: type[FactsForm]


STEPS = {
    "what": Step(gettext_lazy("What you need"), WhatForm),
    "when": Step(gettext_lazy("Deadlines"), WhenForm),
    "who": Step(gettext_lazy("Who and where"), WhoForm),
}


@never_cache
@login_required
@form_page
def amendment_step(request, slug, step):
    if step not in STEPS:
        raise Http404
    return _written(request, pending_on_desk(request, slug), STEPS[step].form, STEPS[step].title)


@never_cache
@login_required
@form_page
def amendment_lot(request, slug, number=None):
    """One lot of the change; without a number a new one."""
    pending = pending_on_desk(request, slug)
    if number and request.method != "POST" and lots.find(pending.facts, number) is None:
        raise Http404
    title = _("Lot %(number)s") % {"number": number} if number else _("Another lot")
    return _written(request, pending, partial(lots.LotForm, number=number), title)


@login_required
@require_POST
def amendment_lot_remove(request, slug, number):
    pending = pending_on_desk(request, slug)
    try:
        actions.take_out_lot(pending, number, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("call-amendment", slug=slug)


def _written(request, pending, make, title):
    """A part of the call over the facts of the change under way."""
    is_saved = False
    if request.method == "POST":
        try:
            form, is_saved = actions.write_part(pending, make, request.POST, by=request.user)
        except RuleBroken as broken:
            messages.error(request, str(broken))
            is_saved = True
    else:
        form = make(facts=pending.facts, call=pending.call, person=request.user)
    if is_saved:
        return redirect("call-amendment", slug=pending.call.slug)
    context = {"call": pending.call, "form": form, "title": title}
    status = 422 if form.is_bound and not form.is_looking else 200
    return render(request, "amendments/amendment_step.html", context, status=status)


@never_cache
@login_required
@form_page
def amendment_clauses(request, slug):
    pending = pending_on_desk(request, slug)
    form = PendingClausesForm(request.POST if request.method == "POST" else None, pending=pending)
    if form.is_valid():
        try:
            form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Kept aside until you publish the change."))
            return redirect("call-amendment", slug=slug)
    context = {"call": pending.call, "pending": pending, "form": form}
    return render(request, "amendments/amendment_clauses.html", context, status=422 if form.is_bound else 200)
