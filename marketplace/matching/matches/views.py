"""Calls for a firm under /workspace/calls-for-you/, and firms for a call on its buyer's desk."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.calls.authoring import reach
from marketplace.calls.board.cards import cards
from marketplace.calls.board.permissions import reader_of
from marketplace.calls.desk import call_on_desk
from marketplace.calls.facts import facts_of
from marketplace.calls.models import Call
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import Sort, render
from marketplace.matching.matches import actions, could_serve, for_you, tuning
from marketplace.matching.matches.forms import FirmForm, SetAsideForm
from marketplace.matching.matches.models import SetAside
from marketplace.matching.matches.permissions import can_set_aside, may_meet_names, selling_side
from suppliers.directory.counting import count_for_others
from suppliers.directory.permissions import viewer_of

ON_A_PAGE = 25
form_page = require_http_methods(["GET", "HEAD", "POST"])


def for_sellers(view=None, *, changes=False):
    """Hand the view the selling side one acts for, None where there is none yet; 404 to whoever acts for nobody."""
    if view is None:
        return lambda view: for_sellers(view, changes=changes)

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.organisation:
            raise Http404
        supplier = selling_side(request.organisation)
        if changes and supplier is None:
            raise Http404
        if changes and not can_set_aside(request.representative):
            raise PermissionDenied
        return view(request, supplier, *args, **kwargs)

    return guarded


# --- The firm's list --------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
@for_sellers
def calls_for_you(request, supplier):
    if supplier is None or not supplier.is_listed:
        return render(request, "matches/calls_for_you.html", {"supplier": supplier})
    sort = request.GET.get("sort") if request.GET.get("sort") in for_you.SORTS else "best"
    listing = for_you.listing(supplier, sort)
    page = Paginator(listing.entries, ON_A_PAGE).get_page(request.GET.get("page"))
    viewer = viewer_of(request.user, request.organisation)
    context = {
        "supplier": supplier,
        "page_obj": page,
        "calls": for_you.shown(supplier, list(page), request.user, meets_evidence=viewer.meets_evidence),
        "rules": listing.rules,
        "lack": "" if listing.entries else for_you.lack_of(supplier),
        "sorts": [Sort(str(label), f"?sort={name}", name == sort) for name, label in for_you.SORTS.items()],
        "reasons": SetAside.Reason.choices,
        "can_set_aside": can_set_aside(request.representative),
        "just_aside": _just_aside(request, supplier),
        "aside_count": supplier.set_aside.count(),
    }
    return render(request, "matches/calls_for_you.html", context)


def _just_aside(request, supplier):
    """What was set aside a moment ago, for the button that takes it back."""
    rows = supplier.set_aside.filter(call__slug=request.GET.get("aside", "")[:90].replace("\0", ""))
    return rows.select_related("call").first()


@never_cache
@login_required
@form_page
@for_sellers(changes=True)
def call_set_aside(request, supplier, slug):
    """One press on a reason; without one the page asks for it."""
    call = get_object_or_404(Call.objects.visible_to(request.user).published(), slug=slug)
    form = SetAsideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            form.save(call, supplier=supplier, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect(_list_again(request, aside=slug))
    context = {"call": call, "form": form}
    return render(request, "matches/call_set_aside.html", context, status=422 if form.is_bound else 200)


def _list_again(request, **more):
    """The list in the order and at the page from which somebody came."""
    kept = request.GET.copy()
    for name, value in more.items():
        kept[name] = value
    return f"{reverse('calls-for-you')}?{kept.urlencode()}"


@never_cache
@login_required
@require_POST
@for_sellers(changes=True)
def aside_take_back(request, supplier, slug):
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    actions.take_back(call, supplier=supplier, by=request.user)
    messages.success(request, _("“%(title)s” is no longer set aside.") % {"title": call.title})
    return redirect("calls-set-aside" if request.POST.get("next") == "aside" else "calls-for-you")


@never_cache
@login_required
@require_safe
@for_sellers
def calls_set_aside(request, supplier):
    """Every call that was set aside with its reason, and what follows from the reasons."""
    said = SetAside.objects.filter(supplier=supplier).select_related("call", "by").order_by("-at", "-pk")
    page = Paginator(said, ON_A_PAGE).get_page(request.GET.get("page"))
    found = {card.pk: card for card in cards([row.call_id for row in page], reader_of(request.user))}
    context = {
        "page_obj": page,
        "rows": [(row, found[row.call_id]) for row in page if row.call_id in found],
        "rules": tuning.rules_of(supplier) if supplier else [],
        "can_set_aside": can_set_aside(request.representative),
    }
    return render(request, "matches/calls_set_aside.html", context)


@never_cache
@login_required
@require_POST
@for_sellers(changes=True)
def tuning_switch(request, supplier, key):
    """Stop or start leaving out what is like the calls set aside; pressed twice it is the same."""
    is_on = request.POST.get("wanted") != "no"
    for rule in tuning.rules_of(supplier):
        if rule.key == key and rule.is_on != is_on:
            actions.switch_tuning(supplier, rows=rule.rows, is_on=is_on, by=request.user)
    said = _("Calls like those are left out again.") if is_on else _("Calls like those are shown again.")
    messages.success(request, said)
    return redirect("calls-set-aside" if request.POST.get("next") == "aside" else "calls-for-you")


# --- The buyer's list -------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def call_suppliers(request, slug):
    """Names for a company, numbers for a contracting authority; before and after its time, what is known then."""
    call = call_on_desk(request, slug, writes=False)
    context = {"call": call, "status": call.status(), "with_names": may_meet_names(call)}
    if not call.is_open():
        context["reach"] = reach.of(facts_of(call)) if not call.is_published else None
    elif context["with_names"]:
        context |= _firms(request, call)
    else:
        context["numbers"] = could_serve.numbers(call)
    return render(request, "matches/call_suppliers.html", context)


def _firms(request, call):
    viewer = viewer_of(request.user, request.organisation)
    every = could_serve.matches_of(call, viewer)
    lots = could_serve.lots_of(call, every)
    chosen = next((lot for lot, _number in lots if str(lot.number) == request.GET.get("lot")), None)
    page = Paginator(every.filter(lot=chosen) if chosen else every, ON_A_PAGE).get_page(request.GET.get("page"))
    firms = could_serve.firms(call, list(page), request, viewer)
    count_for_others("supplier-found", [firm.card.supplier for firm in firms], request)
    form = FirmForm(request.GET or None)
    name = form.cleaned_data["firm"] if form.is_valid() else ""
    total = sum(number for _lot, number in lots)
    return {
        "firms": firms,
        "page_obj": page,
        "total": total,
        "hidden": 0 if viewer.is_member else could_serve.numbers(call).total - total,
        "tabs": _tabs(lots, chosen, total) if len(lots) > 1 else [],
        "form": form,
        "asked": name,
        "answers": could_serve.answers(call, name, request, viewer) if name else [],
    }


def _tabs(lots, chosen, total):
    every = {"label": _("All"), "url": "?", "is_current": chosen is None, "count": total}
    return [every] + [
        {
            "label": _("Lot %(number)s") % {"number": lot.number},
            "url": f"?lot={lot.number}",
            "is_current": lot == chosen,
            "count": number,
        }
        for lot, number in lots
    ]
