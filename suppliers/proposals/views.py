"""The owner's answer to a proposed profile, a partner's board and drafts, and the link by which firms come in."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.middleware import ACTING_FOR
from marketplace.accounts.permissions import can_edit_organisation
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import ListView, render
from suppliers.proposals import actions, alike, board, drafts, sheet
from suppliers.proposals.forms import AnswerForm, FirmChangeForm, FirmDraftForm
from suppliers.proposals.models import Partner, PartnerConsent, Proposal
from suppliers.proposals.permissions import can_answer, can_bring_firms, can_change_draft, partner_of
from suppliers.proposals.signing import partner_slug, partner_token, proposal_key

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- The owner --------------------------------------------------------------------------------------------------


@never_cache
@form_page
def proposal_answer(request, token):
    """Works signed out too. Opening it changes nothing: scanners of mail follow every link."""
    key = proposal_key(token)
    if key is None:
        raise Http404
    proposal = (
        Proposal.objects.select_related("supplier__organisation", "partner__organisation").filter(key=key).first()
    )
    if proposal is None:
        # Deleted, or sent to an address that was corrected since: the link tells neither.
        return render(request, "proposals/proposal_gone.html", status=410)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (response := _answered(request, proposal, form.cleaned_data)):
        return response
    context = {"proposal": proposal, "form": form, "may_answer": can_answer(request.user, proposal)}
    context |= {"sheet": sheet.of(proposal.supplier), "is_answerable": proposal.is_answerable()}
    return render(request, "proposals/proposal_answer.html", context, status=422 if form.is_bound else 200)


def _answered(request, proposal, data):
    if data["decision"] == "accept":
        return _accepted(request, proposal, shares_standing=data["shares_standing"])
    by = request.user if request.user.is_authenticated else None
    words = data["words"] if data["decision"] == "report" else ""
    try:
        actions.decline_proposal(proposal, words=words, by=by)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("The draft is deleted with all that was in it."))
    return redirect(request.path)


def _accepted(request, proposal, *, shares_standing):
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        is_theirs = actions.accept_proposal(proposal, shares_standing=shares_standing, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect(request.path)
    if not is_theirs:
        messages.info(request, _("Others act for this firm already. We have asked them whether you may join."))
        return redirect("account")
    request.session[ACTING_FOR] = proposal.supplier.organisation_id
    messages.success(request, _("The profile is yours. Check it, then send it for review."))
    return redirect("profile")


# --- The firm and its partners ----------------------------------------------------------------------------------


@never_cache
@form_page
def partner_join(request, token):
    """Leads a firm in, and asks whether the partner may see how far its listing has come."""
    partners = Partner.objects.active().select_related("organisation")
    partner = get_object_or_404(partners, slug=partner_slug(token))
    organisation = request.organisation
    if request.method == "POST":
        return _joined(request, partner)
    context = {
        "partner": partner,
        "may_answer": bool(organisation) and can_edit_organisation(request.user, organisation),
        "is_own": bool(organisation) and organisation.pk == partner.organisation_id,
        "is_shared": bool(organisation) and partner.consents.live().filter(organisation=organisation.pk).exists(),
        "next": urlencode({"next": request.path}),
    }
    return render(request, "proposals/partner_join.html", context)


def _joined(request, partner):
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if not request.organisation:
        return redirect(f"{reverse('organisation-register')}?{urlencode({'next': request.path})}")
    if not can_edit_organisation(request.user, request.organisation):
        raise PermissionDenied
    if request.POST.get("decision") == "share":
        try:
            actions.share_standing(partner, request.organisation, way=PartnerConsent.Way.LINK, by=request.user)
        except RuleBroken as broken:
            messages.error(request, str(broken))
            return redirect(request.path)
        messages.success(request, _("%(partner)s now sees how far your listing has come.") % {"partner": partner})
    return redirect("profile")


@login_required
@require_POST
def partner_consent_end(request, pk):
    if not request.organisation:
        raise Http404
    mine = PartnerConsent.objects.filter(organisation=request.organisation.pk)
    consent = get_object_or_404(mine.select_related("partner__organisation", "organisation"), pk=pk)
    if not can_edit_organisation(request.user, consent.organisation):
        raise PermissionDenied
    actions.end_sharing(consent, by=request.user)
    messages.success(request, _("%(partner)s no longer sees your standing.") % {"partner": consent.partner})
    return redirect("workspace")


# --- The partner ------------------------------------------------------------------------------------------------


def _partner_of(request):
    """The partner this person acts for; to everybody else its pages do not exist."""
    partner = partner_of(request.organisation)
    if partner is None:
        raise Http404
    return partner


def _bringing(request):
    partner = _partner_of(request)
    if not can_bring_firms(request.user, partner):
        raise PermissionDenied
    return partner


class FirmList(LoginRequiredMixin, ListView):
    """The status board of a partner."""

    http_method_names = ["get", "head", "options"]
    template_name = "proposals/firm_list.html"

    @cached_property
    def partner(self):
        return _partner_of(self.request)

    @cached_property
    def step(self):
        """The step that was asked for; what is none is passed over."""
        asked = self.request.GET.get("step")
        return asked if asked in board.Step.values else ""

    def get_queryset(self):
        firms = board.firms_of(self.partner)
        self.queryset = board.in_order(firms.filter(step=self.step) if self.step else firms)
        return super().get_queryset()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context |= board.counts(self.partner)
        context["labels"] = dict(board.Step.choices)
        context["step"] = self.step
        context["can_bring"] = can_bring_firms(self.request.user, self.partner)
        context["link"] = _join_link(self.request, self.partner)
        return context


def _join_link(request, partner):
    return request.build_absolute_uri(reverse("partner-join", kwargs={"token": partner_token(partner)}))


@login_required
@form_page
def firm_draft(request):
    partner = _bringing(request)
    country = partner.organisation.country.code
    form = FirmDraftForm(request.POST or None, initial={"country_code": country})
    page = partial(_draft_page, request, partner)
    if "show" in request.POST:
        # Another country was chosen: the same words go back with that country's registers, nothing judged yet.
        return page(FirmDraftForm(initial=_typed(request.POST)))
    if form.is_valid():
        if holder := form.holder():
            return page(form, status=422, is_here=True, own_draft=_own_draft(partner, holder))
        if firms := _unseen_look_alikes(request, partner, form):
            return page(form, status=422, alike=firms)
        try:
            proposal = form.save(partner=partner, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _said(proposal))
            return redirect("firm-list")
    return page(form, status=_status(form))


def _typed(data):
    lists = {name: data.getlist(name) for name in ("services", "regions", "languages")}
    return data.dict() | lists


def _own_draft(partner, holder):
    """The partner's own open draft of this firm, the one thing it may be told about who is here."""
    return Proposal.objects.open().filter(partner=partner, supplier__organisation=holder).first()


def _unseen_look_alikes(request, partner, form):
    """Firms of nearly this name, until the person has said that it is none of them."""
    data = form.cleaned_data
    firms = alike.known_firms(partner, name=data["name"], country=data["country_code"])
    return [] if {str(firm.pk) for firm in firms} <= set(request.POST.getlist("seen")) else firms


def _draft_page(request, partner, form, *, status=200, **more):
    context = {"form": form, "link": _join_link(request, partner), **more}
    return render(request, "proposals/firm_draft.html#form", context, status=status)


def _said(proposal):
    if proposal.asked_at:
        return _("The draft of %(name)s is saved and its owner is asked.") % {"name": proposal.name}
    return _("The draft of %(name)s is saved. Nobody has been asked yet.") % {"name": proposal.name}


def _status(form):
    """A picker that was asked to look something up is no mistake."""
    return 422 if form.is_bound and not form.is_looking else 200


def _draft(request, pk):
    """A draft of the partner one acts for; from the owner's acceptance on it is closed to the partner."""
    partner = _partner_of(request)
    rows = Proposal.objects.visible_to(request.user).filter(partner=partner)
    proposal = get_object_or_404(rows.select_related("supplier__organisation", "partner__organisation"), pk=pk)
    if not can_change_draft(request.user, proposal):
        raise PermissionDenied
    return proposal


@login_required
@form_page
def firm_change(request, pk):
    proposal = _draft(request, pk)
    form = FirmChangeForm(request.POST or None, proposal=proposal)
    if form.is_valid():
        try:
            form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("firm-list")
    context = {"form": form, "proposal": proposal}
    return render(request, "proposals/firm_change.html#form", context, status=_status(form))


@login_required
@require_POST
def firm_ask(request, pk):
    return _do(request, partial(drafts.ask_again, _draft(request, pk), by=request.user), _("The owner is asked again."))


@login_required
@require_POST
def firm_withdraw(request, pk):
    withdraw = partial(actions.withdraw_proposal, _draft(request, pk), by=request.user)
    return _do(request, withdraw, _("The draft is withdrawn and deleted."))


def _do(request, action, success):
    """Do it and say so, or say why not; then the board."""
    try:
        action()
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, success)
    return redirect("firm-list")
