"""The buying side of the organisation one acts for, and whether we know who it is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from buyers import actions, clearance
from buyers.forms import KindForm
from buyers.models import Buyer
from buyers.permissions import can_manage_buying
from marketplace.core.ui import render


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def buying(request):
    """What it is and whether it is cleared; where there is none yet, the form that begins it."""
    if not request.organisation:
        raise Http404
    can_manage = can_manage_buying(request.user, request.organisation)
    if request.method == "POST" and not can_manage:
        raise PermissionDenied
    buyer = Buyer.objects.filter(organisation=request.organisation).first()
    form = KindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.begin_buying(request.organisation, **form.cleaned_data, by=request.user)
        messages.success(request, _("Your buying side has begun."))
        return redirect("buying")
    doubts = clearance.what_is_open(request.organisation) if buyer and not buyer.is_cleared else []
    context = {"organisation": request.organisation, "buyer": buyer, "form": form, "can_manage": can_manage}
    return render(
        request, "buyers/buying.html", context | {"doubts": doubts}, status=422 if form.is_bound and not buyer else 200
    )


@login_required
@require_POST
def clearance_ask(request):
    if not request.organisation:
        raise Http404
    if not can_manage_buying(request.user, request.organisation):
        raise PermissionDenied
    buyer = actions.ask_for_clearance(get_object_or_404(Buyer, organisation=request.organisation), by=request.user)
    if buyer.is_cleared:
        messages.success(request, _("You are cleared: you may publish calls."))
    else:
        messages.info(request, _("Our staff look at it and write to you."))
    return redirect("buying")
