from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_whole
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from marketplace.calls.board import actions, address, calendar, feeds, linked_data, results, sitemap
from marketplace.calls.board.cards import cards
from marketplace.calls.board.models import SavedCall
from marketplace.calls.board.panels import button_context
from marketplace.calls.board.permissions import reader_of
from marketplace.calls.board.search import search
from marketplace.calls.models import Call
from marketplace.core import registry
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render
from suppliers.directory.permissions import viewer_of
from suppliers.linked_data import as_script

SAVED_ON_A_PAGE = 25


@require_safe
def call_list(request):
    """The calls. Their address holds the whole search, and no address of it fails."""
    asked = address.read(request.GET, get_language())
    reader = reader_of(request.user)
    context = results.page(asked, search(asked.question, reader), reader, request)
    response = render(request, "calls/call_list.html#answer", context)
    if request.htmx:
        response["HX-Push-Url"] = address.url(asked.question, after=asked.question.after)
    return response


@require_safe
def call_detail(request, slug):
    """A call; one that is not on show exists only for its buyer and for staff."""
    rows = Call.objects.visible_to(request.user).select_related("buyer__organisation", "jurisdiction")
    call = get_object_or_404(rows, slug=slug)
    lots = list(call.lots.select_related("reservation"))
    context = {
        "call": call,
        "lots": lots,
        "status": call.status(),
        "meets_evidence": viewer_of(request.user, request.organisation).meets_evidence,
    }
    if not call.withdrawn_at:
        context["panels"] = registry.panels_for("call", [call], request)[call.pk]
        context["side_panels"] = registry.panels_for("call-aside", [call], request)[call.pk]
    if linked_data.is_for_everybody(call):
        context["linked_data"] = as_script(linked_data.demand_data(call, lots, get_language()), request.csp_nonce)
    return render(request, "calls/call_detail.html", context)


# --- Feeds ------------------------------------------------------------------------------------------------------------


@conditional_page
@require_safe
def call_atom(request):
    """The same for everybody: what is for members never stands in a feed."""
    return HttpResponse(feeds.atom(address.read(request.GET, get_language())), content_type=feeds.CONTENT_TYPE)


@conditional_page
@require_safe
def call_calendar_list(request):
    question = address.read(request.GET, get_language()).question
    calls = feeds.found(question, sort="deadline", most=feeds.MOST_DEADLINES)
    return _calendar(calendar.calendar(calls, name=_("Deadlines of calls")), "calls")


@conditional_page
@require_safe
def call_calendar(request, slug):
    rows = Call.objects.visible_to(request.user).published().select_related("buyer__organisation")
    call = get_object_or_404(rows, slug=slug)
    written = calendar.calendar([call], name=call.title, is_cancelled=calendar.is_ended(call))
    return _calendar(written, call.slug)


def _calendar(written, name):
    response = HttpResponse(written, content_type=calendar.CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


@require_safe
def call_sitemap_page(request, number):
    places = sitemap.places(number)
    if not places:
        raise Http404
    return render_whole(request, "directory/sitemap_page.xml", {"places": places}, content_type="application/xml")


# --- Saved calls ------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def call_save(request, slug):
    """Keep it in mind, or with `wanted=no` no longer. Pressed twice it is the same."""
    call = get_object_or_404(Call.objects.visible_to(request.user).published(), slug=slug)
    is_wanted, refusal = request.POST.get("wanted") != "no", ""
    try:
        (actions.save_call if is_wanted else actions.forget_call)(call, by=request.user)
    except RuleBroken as broken:
        is_wanted, refusal = False, str(broken)
    if request.htmx:
        panel = button_context(call, is_saved=is_wanted, refusal=refusal, is_fresh=True)
        return render(request, "calls/save_button.html", {"panel": panel}, status=422 if refusal else 200)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, _("The call is saved.") if is_wanted else _("The call is no longer saved."))
    return redirect("saved-call-list" if request.POST.get("next") == "saved" else call)


@login_required
@require_safe
def saved_call_list(request):
    """One's own, whatever became of them; the open ones first, by their deadline."""
    saved = SavedCall.objects.of(request.user).in_order(timezone.now())
    page = Paginator(saved.values_list("call", flat=True), SAVED_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "calls/saved_call_list.html", {"page_obj": page, "cards": cards(list(page), reader_of(request.user))}
    )
