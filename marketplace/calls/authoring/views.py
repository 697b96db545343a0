"""The buyer's desk: all calls, a new one, one call with its steps, the last look and publishing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from buyers.models import Buyer
from marketplace.calls.authoring import reach, saving, steps
from marketplace.calls.authoring.forms import NewCallForm, PublishForm
from marketplace.calls.authoring.standing import standing_of
from marketplace.calls.desk import call_on_desk
from marketplace.calls.facts import facts_of
from marketplace.calls.models import Call, Status
from marketplace.calls.writing import lacks
from marketplace.core import registry
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])
CALLS_ON_A_PAGE = 25
#: What the list can be narrowed to.
TABS = {
    "drafts": (gettext_lazy("Drafts"), lambda rows: rows.drafts()),
    "scheduled": (gettext_lazy("Scheduled"), lambda rows: rows.scheduled()),
    "open": (gettext_lazy("Open"), lambda rows: rows.open()),
    "closed": (gettext_lazy("Closed"), lambda rows: rows.closed()),
    "ended": (gettext_lazy("Ended"), lambda rows: rows.ended()),
}


def _buyer(request, *, writes=False):
    """The buying side one acts for: 404 to whoever acts for none, 403 to viewers who would write."""
    buyer = get_object_or_404(Buyer, organisation=request.organisation) if request.organisation else None
    if buyer is None:
        raise Http404
    if writes and not request.representative.can_edit:
        raise PermissionDenied
    return buyer


# --- All calls ------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def desk_list(request):
    buyer = _buyer(request)
    rows = Call.objects.filter(buyer=buyer)
    chosen = request.GET.get("standing", "")
    shown = TABS[chosen][1](rows) if chosen in TABS else rows
    page = Paginator(shown.annotate(lot_count=Count("lots")).order_by("-changed_at", "-pk"), CALLS_ON_A_PAGE)
    context = {
        "buyer": buyer,
        "tabs": _tabs(rows, chosen),
        "page_obj": page.get_page(request.GET.get("page")),
        "can_edit": request.representative.can_edit,
    }
    return render(request, "authoring/desk_list.html", context)


def _tabs(rows, chosen):
    counts = rows.aggregate(
        every=Count("pk"),
        **{name: Count("pk", filter=Q(pk__in=narrow(rows).values("pk"))) for name, (_label, narrow) in TABS.items()},
    )
    every = {"label": _("All"), "url": "?", "is_current": chosen not in TABS, "count": counts["every"]}
    return [every] + [
        {"label": label, "url": f"?standing={name}", "is_current": name == chosen, "count": counts[name]}
        for name, (label, _narrow) in TABS.items()
    ]


@never_cache
@login_required
@form_page
def call_new(request):
    buyer = _buyer(request, writes=True)
    form = NewCallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            call = form.save(buyer, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The draft has begun. You can leave it at every step and go on later."))
            return redirect(steps.FLOW[0].url(call))
    return render(request, "authoring/call_new.html", {"form": form}, status=422 if form.is_bound else 200)


# --- One call -------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def desk(request, slug):
    """Where the call stands, what can be done, and what the other rooms put here."""
    call = call_on_desk(request, slug, writes=False)
    facts = facts_of(call)
    context = {
        "call": call,
        "status": call.status(),
        "standing": standing_of(call, facts),
        "steps": [(step, url, step.said(call, facts)) for step in steps.FLOW if (url := step.url(call))],
        "lots": list(call.lots.all()),
        "can_edit": request.representative.can_edit,
        "panels": registry.panels_for("call-desk", [call], request)[call.pk],
    }
    return render(request, "authoring/desk.html", context)


@never_cache
@login_required
@form_page
def call_step(request, slug, step):
    call, place = call_on_desk(request, slug), steps.find(step)
    if place is None:
        raise Http404
    if request.method == "POST":
        form, is_saved = posted(request, call, place.form)
        if is_saved:
            return onward(request, call, steps.after(place, call), form.notes)
    else:
        form = place.form(facts=facts_of(call), call=call, person=request.user)
    return show_form(request, call, place, form)


def posted(request, call, make):
    """The form that was sent, and whether it was saved; a draft that was deleted meanwhile is missing."""
    try:
        return saving.bound(call, make, request.POST, by=request.user)
    except RuleBroken as broken:
        raise Http404 from broken


def onward(request, call, following, notes=()):
    """To the next page, or to the overview for whoever has to leave."""
    for note in notes:
        messages.info(request, note)
    if request.POST.get("then") == "leave":
        messages.success(request, _("Saved."))
        return redirect("call-desk", slug=call.slug)
    return redirect(following)


def show_form(request, call, place, form, **more):
    context = {
        "call": call,
        "step": place,
        "form": form,
        "is_draft": call.publish_at is None,
        "trail": steps.trail(place, call, form.facts),
        "next_url": steps.after(place, call),
    }
    status = 422 if form.is_bound and not form.is_looking else 200
    return render(request, "authoring/step.html", context | more, status=status)


# --- The last look --------------------------------------------------------------------------------------------------


@never_cache
@login_required
@form_page
def check(request, slug):
    """What is missing, who could serve it, and the button; a call on show or about to be has its overview instead."""
    call = call_on_desk(request, slug)
    if call.publish_at is not None:
        return redirect("call-desk", slug=slug)
    facts = facts_of(call)
    standing = standing_of(call, facts)
    form = PublishForm(request.POST if request.method == "POST" else None, call=call) if standing.may_publish else None
    if form and form.is_valid():
        try:
            call = form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("It is on show.") if call.announced_at else _("It is scheduled."))
            return redirect("call-desk", slug=slug)
    context = {"call": call, "form": form, "standing": standing, "reach": reach.of(facts)}
    context["trail"] = steps.trail(None, call, facts)
    return render(request, "authoring/check.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@login_required
@require_safe
def preview(request, slug):
    """The call as it will stand before a supplier once it is open."""
    call = call_on_desk(request, slug, writes=False)
    context = {
        "call": call,
        "lots": list(call.lots.standing().select_related("reservation")),
        "status": Status.OPEN,
        "is_preview": True,
        "meets_evidence": not call.is_of_authority,
        "panels": registry.panels_for("call", [call], request)[call.pk],
        "lacks": lacks.of(call, facts_of(call), timezone.now()),
    }
    return render(request, "authoring/preview.html", context)
