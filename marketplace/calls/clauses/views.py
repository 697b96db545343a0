"""The public library of clauses, the clauses of a call, and what became of them after the award."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.calls.clauses import actions, library
from marketplace.calls.clauses.forms import ChoiceForm, ReadingForm
from marketplace.calls.clauses.models import Clause, Stage
from marketplace.calls.desk import call_on_desk
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- The library ------------------------------------------------------------------------------------------------------


@require_safe
def clause_list(request):
    jurisdiction, stage = request.GET.get("jurisdiction", ""), request.GET.get("stage", "")
    context = {
        "groups": library.offered(jurisdiction, stage),
        "laws": library.laws(),
        "stages": Stage.choices,
        "jurisdiction": jurisdiction,
        "stage": stage,
    }
    return render(request, "clauses/clause_list.html", context)


@require_safe
def clause_detail(request, code):
    """One clause; a retired one keeps its page, because calls refer to it."""
    clause = get_object_or_404(Clause.objects.select_related("jurisdiction"), code=code)
    return render(request, "clauses/clause_detail.html", {"clause": clause, "others": _in_other_languages(clause)})


def _in_other_languages(clause):
    """[(code, name of the language, title, text)] beside that of the page."""
    here = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return [
        (code, get_language_info(code)["name_translated"], clause.titles.get(code, ""), clause.texts[code])
        for code, _name in settings.LANGUAGES
        if code != here and clause.texts.get(code)
    ]


# --- In a call --------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@form_page
def call_clauses(request, slug):
    """The clauses of a draft; those of a call on show are read here and changed by an amendment."""
    call = call_on_desk(request, slug)
    if call.publish_at is not None:
        return render(request, "clauses/call_clauses_read.html", {"call": call, "chosen": _chosen(call)})
    form = ChoiceForm(request.POST if request.method == "POST" else None, call=call, chosen=actions.chosen_in(call))
    if form.is_valid():
        try:
            form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The clauses of the call are saved."))
            return redirect("call-clauses", slug=call.slug)
    context = {"call": call, "form": form}
    return render(request, "clauses/call_clauses.html", context, status=422 if form.is_bound else 200)


def _chosen(call):
    return call.clauses.select_related("clause__jurisdiction")


@never_cache
@login_required
@form_page
def clause_readings(request, slug, pk):
    """What the indicator of one clause showed since the award, and a new reading."""
    call = call_on_desk(request, slug, writes=request.method == "POST")
    chosen = get_object_or_404(_chosen(call), pk=pk)
    if not call.lots.exclude(awarded_at=None).exists():
        raise Http404
    form = ReadingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            form.save(chosen, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The reading is recorded."))
            return redirect("clause-readings", slug=call.slug, pk=chosen.pk)
    readings = chosen.readings.select_related("recorded_by").order_by("-period_from", "-recorded_at")
    context = {"call": call, "chosen": chosen, "readings": readings, "form": form}
    return render(request, "clauses/clause_readings.html", context, status=422 if form.is_bound else 200)
