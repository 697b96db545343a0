"""From "list your firm, free" to a profile that can be sent: pages that can be left and taken up again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render
from suppliers import actions
from suppliers.models import Reference
from suppliers.permissions import can_edit_profile_of
from suppliers.registration import steps, words
from suppliers.registration.forms import ServiceRegionsForm
from suppliers.registration.reference_forms import ReferenceForm
from suppliers.registration.standing import own_profile, standing_of
from suppliers.review.promise import WORKING_DAYS

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- The way in ---------------------------------------------------------------------------------------------------


@require_safe
def list_your_firm(request):
    """What it costs, takes and brings, said before anything is asked; works signed out and in."""
    start = reverse("list-your-firm-start")
    context = {
        "start_url": start,
        "signup_url": f"{reverse('account_signup')}?{urlencode({'next': start})}",
        "login_url": f"{reverse('account_login')}?{urlencode({'next': start})}",
        "working_days": WORKING_DAYS,
    }
    return render(request, "registration/list_your_firm.html", context)


@login_required
@require_safe
def list_your_firm_start(request):
    """To the profile of the firm one acts for, by way of registering one if there is none."""
    profile = reverse("profile")
    if request.organisation:
        return redirect(profile)
    return redirect(f"{reverse('organisation-register')}?{urlencode({'next': profile})}")


# --- The overview and its steps ---------------------------------------------------------------------------------------


def _organisation_of(request):
    """The firm this person acts for; to whoever acts for none its pages do not exist."""
    if not request.organisation:
        raise Http404
    return request.organisation


def _editable(request):
    """The firm's profile, or a blank one that the first saved step will begin; 403 to who may only look."""
    organisation = _organisation_of(request)
    if not can_edit_profile_of(request.user, organisation):
        raise PermissionDenied
    return own_profile(organisation) or actions.blank_profile(organisation)


@never_cache
@login_required
@require_safe
def profile(request):
    organisation = _organisation_of(request)
    supplier = own_profile(organisation)
    context = {
        "organisation": organisation,
        "supplier": supplier,
        "standing": standing_of(supplier),
        "steps": [(step, step.said(supplier) if supplier else "") for step in steps.all_for(supplier)],
        "undone_extras": [step for step in steps.EXTRAS if supplier and not step.said(supplier)],
        "can_edit": can_edit_profile_of(request.user, organisation),
    }
    return render(request, "registration/profile.html", context)


@never_cache
@login_required
@form_page
def profile_step(request, step):
    supplier, place = _editable(request), steps.find(step)
    if place is None:
        raise Http404
    form = place.form(request.POST if request.method == "POST" else None, supplier=supplier)
    if form.is_valid() and _saved(request, form):
        return _onward(request, steps.after(place))
    context = {"form": form, "advice": form.advice(supplier), **_around(place, supplier)}
    return render(request, "registration/step.html", context, status=_status(form))


def _around(place, supplier):
    return {
        "step": place,
        "supplier": supplier,
        "trail": steps.trail(place, supplier),
        "before": steps.before(place),
        "after": steps.after(place),
    }


def _status(form):
    """A form that asked for more suggestions or more room comes back as it was; a refused one says so."""
    return 422 if form.is_bound and not getattr(form, "is_looking", False) else 200


def _saved(request, form):
    try:
        supplier = form.save(by=request.user)
    except RuleBroken as broken:
        form.note_conflict(str(broken))
        return False
    for note in form.notes:
        messages.info(request, note)
    if advice := form.advice(supplier):
        messages.warning(request, advice)
    return True


def _onward(request, place):
    """To the next step, or to the overview after the last one and for whoever has to leave."""
    if place is None or request.POST.get("then") == "leave":
        messages.success(request, _("Saved."))
        return redirect("profile")
    return redirect(place.url)


@never_cache
@login_required
@form_page
def service_regions(request, code):
    """Where one service is offered, if not everywhere."""
    supplier = _editable(request)
    if not supplier.pk or not supplier.capabilities.filter(cpv=code).exists():
        raise Http404
    form = ServiceRegionsForm(request.POST if request.method == "POST" else None, supplier=supplier, code=code)
    if form.is_valid() and _saved(request, form):
        messages.success(request, _("Saved."))
        return redirect("profile-step", step="own-words")
    context = {"form": form, "service": words.service_name(code)}
    return render(request, "registration/service_regions.html", context, status=_status(form))


# --- References -------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@form_page
def reference_list(request):
    """The past work told so far, and the form for more."""
    supplier = _editable(request)
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            form.save(supplier=supplier, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The reference is added."))
            return redirect("reference-list")
    place = steps.REFERENCES
    references = supplier.references.all() if supplier.pk else []
    context = {"form": form, "references": references, **_around(place, supplier)}
    return render(request, "registration/reference_list.html", context, status=_status(form))


def _reference(request, pk):
    supplier = _editable(request)
    if not supplier.pk:
        raise Http404
    return get_object_or_404(Reference, supplier=supplier, pk=pk)


@never_cache
@login_required
@form_page
def reference_edit(request, pk):
    reference = _reference(request, pk)
    form = ReferenceForm(request.POST if request.method == "POST" else None, instance=reference)
    if form.is_valid():
        try:
            form.save(supplier=reference.supplier, by=request.user)
        except RuleBroken as broken:
            form.note_conflict(str(broken), _reference(request, pk))
        else:
            messages.success(request, _("The reference is changed."))
            return redirect("reference-list")
    return render(request, "registration/reference_edit.html", {"form": form, "pk": pk}, status=_status(form))


@login_required
@require_POST
def reference_remove(request, pk):
    actions.remove_reference(_reference(request, pk), by=request.user)
    messages.success(request, _("The reference is removed."))
    return redirect("reference-list")


# --- On show ----------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def profile_hide(request):
    return _show_or_hide(request, actions.hide_supplier, _("Your profile is hidden. Nobody outside sees it any more."))


@login_required
@require_POST
def profile_show(request):
    return _show_or_hide(request, actions.show_supplier, _("Your profile is no longer hidden."))


def _show_or_hide(request, action, success):
    supplier = _editable(request)
    if not supplier.pk:
        raise Http404
    try:
        action(supplier, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, success)
    return redirect("profile")
