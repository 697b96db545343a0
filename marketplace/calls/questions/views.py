"""Asking without a name, and the buyer's answers to everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from marketplace.calls.desk import call_on_desk
from marketplace.calls.questions.actions import MOST_OPEN
from marketplace.calls.questions.forms import AnswersForm, QuestionForm
from marketplace.calls.questions.permissions import can_ask
from marketplace.calls.shown import call_on_show
from marketplace.core.errors import RuleBroken
from marketplace.core.files.intake import notes_arrival
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
@notes_arrival
def question_ask(request, slug):
    """The questions of one's own organisation about a call, and a new one."""
    call = call_on_show(request, slug)
    organisation = request.organisation
    if not organisation:
        raise Http404
    if not can_ask(request.user, call, organisation):
        raise PermissionDenied
    form = QuestionForm(request.POST if request.method == "POST" else None, call=call)
    if form.is_valid():
        try:
            form.save(organisation, by=request.user, at=request.received_at)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Your question is with the buyer, without your name."))
            return redirect("call-questions", slug=slug)
    context = {"call": call, "form": form, "is_open": call.takes_questions(), "most": MOST_OPEN}
    context["mine"] = call.questions.filter(asked_for=organisation.pk).select_related("lot")
    return render(request, "questions/question_ask.html", context, status=422 if form.is_bound else 200)


@login_required
@form_page
def question_list(request, slug):
    """What waits for the buyer's answer, and what was answered; nothing here says who asked."""
    call = call_on_desk(request, slug, writes=request.method == "POST")
    if not call.is_published:
        raise Http404
    form = AnswersForm(request.POST if request.method == "POST" else None, call=call)
    if form.is_valid():
        try:
            number = form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            said = ngettext("The answer is published.", "%(number)s answers are published.", number)
            messages.success(request, said % {"number": number})
            return redirect("call-questions-desk", slug=slug)
    context = {"call": call, "form": form, "may_answer": request.representative.can_edit}
    context["answered"] = call.questions.answered().select_related("lot").order_by("-answered_at")
    return render(request, "questions/question_list.html", context, status=422 if form.is_bound else 200)
