"""Saved searches under /workspace/searches/, and what is taken out of the directory as a file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.billing.models import Entitlement
from marketplace.billing.permissions import has_entitlement, sees_evidence
from marketplace.core.errors import RuleBroken
from marketplace.core.ui import render
from marketplace.matching import actions, board, exports, kinds
from marketplace.matching.emails import read_stop_token
from marketplace.matching.forms import SavedSearchForm
from marketplace.matching.kinds import Asker
from marketplace.matching.models import SUPPLIERS, SavedSearch
from marketplace.matching.questions import read, written
from marketplace.matching.rhythms import Alert
from suppliers.directory.permissions import viewer_of
from suppliers.directory.search import search

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _organisation_of(request):
    """To whoever acts for nobody these pages do not exist."""
    if not request.organisation:
        raise Http404
    return request.organisation


def _typed(request):
    """What was sent, be it nothing; None where nothing is sent yet."""
    return request.POST if request.method == "POST" else None


@login_required
@require_safe
def search_list(request):
    organisation = _organisation_of(request)
    now = timezone.now()
    lines = board.lines(request.user, organisation, now)
    context = {
        "lines": lines,
        "pause": board.pause_of(request.user, now) if any(line.search.next_at for line in lines) else None,
        "startable": board.startable(organisation, lines),
        "lists": board.other_kinds(),
    }
    return render(request, "matching/search_list.html", context)


@login_required
@form_page
def search_save(request, kind=SUPPLIERS):
    """The search stands in the address, as its list wrote it; what the list would pass over is not kept."""
    organisation = _organisation_of(request)
    kind = _kind(kind)
    if kind in board.unfit(organisation):
        raise Http404
    asked = kind.read(request.GET, Asker(request.user, organisation, get_language()))
    query = kind.write(asked)
    form = SavedSearchForm(_typed(request), kind=kind, initial={"name": kind.title(asked)})
    if form.is_valid():
        try:
            form.save(organisation, kind=kind.name, query=query, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The search is saved."))
            return redirect("search-list")
    context = {"form": form, "kind": kind, "filters": kind.filters(asked), "back_url": kind.url(asked)}
    return render(request, "matching/search_save.html", context, status=422 if form.is_bound else 200)


@login_required
@form_page
def search_edit(request, pk):
    saved = _saved(request, pk)
    kind = _kind(saved.kind)
    form = SavedSearchForm(_typed(request), kind=kind, initial={"name": saved.name, "alert": saved.alert})
    if form.is_valid():
        form.change(saved, by=request.user)
        messages.success(request, _("The search is saved."))
        return redirect("search-list")
    asked = kinds.asked(saved, Asker(request.user, request.organisation, get_language()))
    context = {"form": form, "saved": saved, "filters": kind.filters(asked)}
    return render(request, "matching/search_edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def search_delete(request, pk):
    """What stands by itself for a firm is stopped, so that it does not begin anew; any other goes."""
    saved = _saved(request, pk)
    if _kind(saved.kind).is_standing:
        actions.change_search(saved, name=saved.name, alert=Alert.NONE, by=request.user)
        messages.success(request, _("No more mails for “%(name)s”.") % {"name": saved.name})
    else:
        actions.delete_search(saved, by=request.user)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": saved.name})
    return redirect("search-list")


def _saved(request, pk):
    mine = SavedSearch.objects.kept_by(request.user, _organisation_of(request))
    return get_object_or_404(mine, pk=pk)


def _kind(name):
    if kind := kinds.find(name):
        return kind
    raise Http404


@csrf_exempt  # a mail program presses the button for its reader (RFC 8058); the signature is what it needs
@never_cache
@form_page
def alerts_stop(request, token):
    """One press, signed in or not: no more mails of one kind of search, or of any. Opening the link changes nothing."""
    try:
        pk, kind = read_stop_token(token)
    except ValueError as error:
        raise Http404 from error
    person = get_object_or_404(User, pk=pk)
    if request.POST.get("everything"):
        kind = ""
    if request.method == "POST":
        actions.stop_alerts(person, kind=kind)
    context = {"kind": kinds.find(kind), "is_done": request.method == "POST"}
    return render(request, "matching/alerts_stop.html", context)


@login_required
@require_safe
def search_export(request):
    organisation = _organisation_of(request)
    found = read(request.GET, viewer_of(request.user, organisation), get_language())
    hits = search(found.question, page_size=actions.ROWS_AT_MOST).hits if may_export(organisation) else []
    pks = [hit.supplier_id for hit in hits]
    return answer_export(request, pks, what="search", query=written(found), name=_("suppliers"))


def may_export(organisation):
    return has_entitlement(organisation, Entitlement.EXPORT)


def answer_export(request, pks, *, what, query, name):
    """The file, or a page that says why there is none; `pks` in their order, of which those listed now are in it."""
    if not may_export(request.organisation):
        return render(request, "matching/export_closed.html", status=403)
    form = "xlsx" if request.GET.get("form") == "xlsx" else "csv"
    pks = pks[: actions.ROWS_AT_MOST]
    if request.method == "GET":  # a look at the headers takes nothing out
        try:
            facts = {"what": what, "query": query, "rows": len(pks), "form": form}
            actions.count_export(request.organisation, **facts, by=request.user)
        except RuleBroken as broken:
            return render(request, "matching/export_refused.html", {"reason": str(broken)}, status=429)
    table = exports.lines(pks, with_evidence=sees_evidence(request.organisation), language=get_language())
    filename = f"{slugify(name)[:60] or what}-{timezone.localdate():%Y-%m-%d}.{form}"
    return exports.as_sheet(table, filename) if form == "xlsx" else exports.as_csv(table, filename)
