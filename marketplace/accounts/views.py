"""The pages of one's own matters (/account/) and of the organisation one acts for (/workspace/)."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import actions, identifiers, permissions
from marketplace.accounts.emails import INVITATION_SIGNER
from marketplace.accounts.forms import (
    DecisionForm,
    InvitationForm,
    JoinRequestForm,
    OrganisationForm,
    OrganisationRegisterForm,
    PersonForm,
    RoleForm,
)
from marketplace.accounts.middleware import ACTING_FOR
from marketplace.accounts.models import Invitation, JoinRequest, Organisation, Representative, Role
from marketplace.core import registry
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import ListView, render

#: Proves that we proposed this organisation to this person, so that nobody tries out numbers.
OFFER_SIGNER = Signer(salt="tessera.join-offer")
form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- One's own matters ------------------------------------------------------------------------------------------


@login_required
@require_safe
def account(request):
    context = {
        "invitations": _invitations_for(request.user),
        "join_requests": JoinRequest.objects.waiting().filter(user=request.user).select_related("organisation"),
        "representations": request.representative and request.representations,
    }
    return render(request, "accounts/account.html", context)


def _invitations_for(user):
    """Those that wait for this person's address, each with the link that the mail has."""
    waiting = Invitation.objects.open().filter(email=user.email).select_related("organisation").order_by("pk")
    return [(invitation, INVITATION_SIGNER.sign(str(invitation.pk))) for invitation in waiting]


@login_required
@form_page
def person_edit(request):
    form = PersonForm(request.POST or None, instance=request.user)
    if form.is_valid():
        person = form.save()
        with translation.override(person.language):
            messages.success(request, _("Your details are saved."))
            return redirect("account")
    return render(request, "accounts/person_edit.html", {"form": form}, status=422 if form.is_bound else 200)


# --- Invitations, seen by the invited ---------------------------------------------------------------------------


@never_cache
@form_page
def invitation_answer(request, token):
    """Works signed out too: says what this is and leads to sign-in or sign-up and back."""
    invitation = _invitation_of(token)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        form = DecisionForm(request.POST)
        if form.is_valid():
            return _answer(request, invitation, is_yes=form.is_yes)
    context = {
        "invitation": invitation,
        "state": invitation.state(),
        "is_for_me": request.user.is_authenticated and request.user.email == invitation.email,
    }
    return render(request, "accounts/invitation_answer.html", context, status=422 if request.method == "POST" else 200)


def _invitation_of(token):
    try:
        pk = INVITATION_SIGNER.unsign(token)
    except BadSignature as error:
        raise Http404 from error
    return get_object_or_404(Invitation.objects.select_related("organisation", "invited_by"), pk=pk)


def _answer(request, invitation, *, is_yes):
    try:
        if is_yes:
            actions.accept_invitation(invitation, by=request.user)
        else:
            actions.decline_invitation(invitation, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect(request.path)
    if is_yes:
        request.session[ACTING_FOR] = invitation.organisation_id
        messages.success(request, _("You now act for %(name)s.") % {"name": invitation.organisation})
        return redirect("workspace")
    messages.success(request, _("You declined the invitation."))
    return redirect("account")


# --- Organisations: register, ask to join, switch ---------------------------------------------------------------


@login_required
@form_page
def organisation_register(request):
    country = request.GET.get("country") or {"fr": "FR"}.get(translation.get_language(), "GB")
    form = OrganisationRegisterForm(request.POST or None, initial={"country_code": country[:2]})
    page = partial(render, request, "accounts/organisation_register.html#form")
    if "show" in request.POST:
        # Another country was chosen: the same words go back with that country's registers, nothing judged yet.
        return page({"form": OrganisationRegisterForm(initial=request.POST.dict())})
    if not form.is_valid():
        return page({"form": form}, status=422 if form.is_bound else 200)
    if holder := form.holder():
        if permissions.representative_of(request.user, holder):
            return _act_for(request, holder)
        return page({"form": form, "holder": _offer(request, holder)}, status=422)
    seen = set(request.POST.getlist("seen"))
    alike = [_offer(request, organisation) for organisation in form.look_alikes()]
    if any(str(offer["organisation"].pk) not in seen for offer in alike if not offer["is_mine"]):
        return page({"form": form, "alike": alike}, status=422)
    try:
        organisation = form.save(by=request.user)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return page({"form": form}, status=422)
    messages.success(request, _("%(name)s is registered. You are its administrator.") % {"name": organisation})
    return _act_for(request, organisation)


def _act_for(request, organisation):
    request.session[ACTING_FOR] = organisation.pk
    return redirect(_next(request) or "workspace")


def _offer(request, organisation):
    """An organisation by name and town, with the proof that lets this person ask to join it."""
    return {
        "organisation": organisation,
        "proof": OFFER_SIGNER.sign(f"{organisation.pk}-{request.user.pk}"),
        "is_mine": bool(permissions.representative_of(request.user, organisation)),
    }


@login_required
@require_POST
def join_request(request):
    organisation = _offered(request)
    form = JoinRequestForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        actions.request_to_join(organisation, **form.cleaned_data, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Your request is on its way. We will write to you when it has been answered."))
    return redirect("account")


def _offered(request):
    try:
        pk, _dash, person = OFFER_SIGNER.unsign(request.POST.get("offer", "")).partition("-")
    except BadSignature as error:
        raise Http404 from error
    if person != str(request.user.pk):
        raise Http404
    return get_object_or_404(Organisation, pk=pk)


@login_required
@require_POST
def organisation_switch(request):
    pk = request.POST.get("organisation", "")
    mine = Organisation.objects.acted_for_by(request.user)
    organisation = get_object_or_404(mine, pk=int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0)
    request.session[ACTING_FOR] = organisation.pk
    messages.success(request, _("You now act for %(name)s.") % {"name": organisation})
    return redirect(_next(request) or "workspace")


def _next(request):
    """Where the person was on the way to: the form says it, else the address that the form was sent to."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=settings.IS_HTTPS)
    return wanted if allowed else ""


# --- The workspace ----------------------------------------------------------------------------------------------


def _organisation_of(request):
    """The organisation this person acts for; to whoever acts for none its pages do not exist."""
    if not request.organisation:
        raise Http404
    return request.organisation


@login_required
@require_safe
def workspace(request):
    context = {"invitations": _invitations_for(request.user)}
    if organisation := request.representative and request.organisation:
        context |= {
            "organisation": organisation,
            "requests_waiting": JoinRequest.objects.waiting().decidable_by(request.user).count(),
            "panels": registry.panels_for("workspace", [organisation], request)[organisation.pk],
            "is_bare": permissions.can_edit_organisation(request.user, organisation) and not organisation.town,
        }
    return render(request, "accounts/workspace.html", context)


@login_required
@form_page
def organisation_edit(request):
    organisation = _organisation_of(request)
    if not permissions.can_edit_organisation(request.user, organisation):
        raise PermissionDenied
    form = OrganisationForm(request.POST or None, instance=Organisation.objects.get(pk=organisation.pk))
    context = {"form": form, "organisation": organisation, "numbers": _numbers(organisation)}
    if form.is_valid():
        try:
            form.save(by=request.user)
        except RuleBroken as broken:
            current = Organisation.objects.get(pk=organisation.pk)
            context |= {"conflict": str(broken), "current": current, "differences": form.differences(current)}
        else:
            messages.success(request, _("The details are saved."))
            return redirect("organisation-edit")
    return render(request, "accounts/organisation_edit.html#form", context, status=422 if form.is_bound else 200)


def _numbers(organisation):
    """(register, number) as people know them."""
    rows = organisation.identifiers.order_by("pk")
    return [(getattr(identifiers.scheme_named(row.scheme), "name", row.scheme), row.value) for row in rows]


@login_required
@require_safe
def representative_list(request):
    return _people_page(request, _organisation_of(request), InvitationForm())


def _people_page(request, organisation, form, status=200):
    can_manage = permissions.can_manage_representatives(request.user, organisation)
    people = list(organisation.representatives.select_related("user", "organisation").order_by("since", "pk"))
    invitations = list(organisation.invitations.unanswered().order_by("-expires_at", "pk"))
    context = {
        "organisation": organisation,
        "people": people,
        "roles": Role.choices,
        "can_manage": can_manage,
        "invitations": invitations if can_manage else [],
        "seats_used": len(people) + sum(invitation.is_open() for invitation in invitations),
        "form": form,
    }
    return render(request, "accounts/representative_list.html", context, status=status)


@login_required
@require_POST
def representative_role(request, pk):
    representative = _representative(request, pk)
    _require_manager(request, representative.organisation)
    form = RoleForm(request.POST)
    if form.is_valid():
        _try(request, partial(form.save, representative, by=request.user), _("The role is changed."))
    return _back(request, representative.organisation)


@login_required
@require_POST
def representative_remove(request, pk):
    """Remove a person; on one's own row, leave."""
    representative = _representative(request, pk)
    is_me = representative.user_id == request.user.pk
    if not is_me:
        _require_manager(request, representative.organisation)
    words = _("You no longer act for %(name)s.") if is_me else _("The person no longer acts for %(name)s.")
    remove = partial(actions.remove_representative, representative, by=request.user)
    if _try(request, remove, words % {"name": representative.organisation}) and is_me:
        return redirect("account")
    return _back(request, representative.organisation)


def _representative(request, pk):
    visible = Representative.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(visible, pk=pk)


@login_required
@require_POST
def invitation_send(request):
    organisation = _organisation_of(request)
    _require_manager(request, organisation)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invitation = form.save(organisation, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": invitation.email})
            return redirect("representative-list")
    return _people_page(request, organisation, form, status=422)


@login_required
@require_POST
def invitation_withdraw(request, pk):
    invitation = get_object_or_404(
        Invitation.objects.select_related("organisation"),
        organisation__in=Organisation.objects.visible_to(request.user),
        pk=pk,
    )
    _require_manager(request, invitation.organisation)
    withdraw = partial(actions.withdraw_invitation, invitation, by=request.user)
    _try(request, withdraw, _("The invitation is withdrawn and its seat is free."))
    return _back(request, invitation.organisation)


class JoinRequestList(LoginRequiredMixin, ListView):
    """Who asks to act for the organisations whose requests this person may decide."""

    http_method_names = ["get", "head", "options"]
    template_name = "accounts/join_request_list.html"

    def get_queryset(self):
        user: Any = self.request.user
        if not user.is_staff and not Representative.objects.administrators().filter(user=user).exists():
            _organisation_of(self.request)
            raise PermissionDenied
        waiting = JoinRequest.objects.waiting().decidable_by(user)
        self.queryset = waiting.select_related("organisation", "user").order_by("created_at", "pk")
        return super().get_queryset()


@login_required
@require_POST
def join_request_decide(request, pk):
    wish = get_object_or_404(JoinRequest.objects.visible_to(request.user).select_related("organisation"), pk=pk)
    if not permissions.can_decide_join_request(request.user, wish):
        raise PermissionDenied
    form = DecisionForm(request.POST)
    if form.is_valid():
        decide = partial(actions.decide_join_request, wish, accept=form.is_yes, by=request.user)
        _try(request, decide, _("Your answer is sent."))
    return redirect("join-request-list")


def _require_manager(request, organisation):
    if not permissions.can_manage_representatives(request.user, organisation):
        raise PermissionDenied


def _try(request, action, success):
    """Do it and say so, or say why not."""
    try:
        action()
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return False
    messages.success(request, success)
    return True


def _back(request, organisation):
    """To the list of people, or for staff, who come from elsewhere, to where they came from."""
    if request.organisation and request.organisation.pk == organisation.pk:
        return redirect("representative-list")
    return redirect(_next(request) or "workspace")
