"""The lots of a draft: the list, one lot, a new one, taking one out."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.calls.actions import MOST_LOTS
from marketplace.calls.authoring import saving, steps
from marketplace.calls.authoring.views import onward, posted, show_form
from marketplace.calls.desk import call_on_desk
from marketplace.calls.facts import facts_of
from marketplace.calls.writing import lots
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@login_required
@require_safe
def lot_list(request, slug):
    call = call_on_desk(request, slug)
    facts, place = facts_of(call), steps.of_slug("lots")
    context = {
        "call": call,
        "step": place,
        "lots": facts["lots"],
        "is_draft": call.publish_at is None,
        "is_full": len(facts["lots"]) >= MOST_LOTS,
        "trail": steps.trail(place, call, facts),
        "next_url": steps.after(place, call),
    }
    return render(request, "authoring/lot_list.html", context)


@never_cache
@login_required
@form_page
def lot_new(request, slug):
    return _lot(request, call_on_desk(request, slug), None)


@never_cache
@login_required
@form_page
def lot_edit(request, slug, number):
    call = call_on_desk(request, slug)
    if request.method != "POST" and lots.find(facts_of(call), number) is None:
        raise Http404
    return _lot(request, call, number)


def _lot(request, call, number):
    make = partial(lots.LotForm, number=number)
    if request.method == "POST":
        form, is_saved = posted(request, call, make)
        if is_saved:
            return onward(request, call, reverse("call-lots", kwargs={"slug": call.slug}), form.notes)
    else:
        form = make(facts=facts_of(call), call=call, person=request.user)
    return show_form(request, call, steps.of_slug("lots"), form, number=number, is_lot=True)


@login_required
@require_POST
def lot_remove(request, slug, number):
    """Take a lot out of a draft; a second press finds it gone and says so."""
    call = call_on_desk(request, slug)
    try:
        saving.take_out_lot(call, number, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("The lot is not in the call any more."))
    return redirect("call-lots", slug=slug)
