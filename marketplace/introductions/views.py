"""The shortlists of the buyer one acts for, under /workspace/shortlists/."""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.core.ui import render
from marketplace.introductions import actions
from marketplace.introductions.comparison import compared
from marketplace.introductions.forms import AddForm, NoteForm, ShortlistChangeForm, ShortlistForm
from marketplace.introductions.models import ShortlistEntry
from marketplace.introductions.panels import button_contexts
from marketplace.introductions.permissions import can_change_shortlists, keeping_buyer
from marketplace.matching.views import answer_export
from suppliers.directory.cards import cards
from suppliers.directory.permissions import viewer_of
from suppliers.models import Supplier

FIRMS_ON_A_PAGE = 25
form_page = require_http_methods(["GET", "HEAD", "POST"])


def for_buyers(view=None, *, changes=False):
    """Hand the view the buyer one acts for: 404 to whoever acts for nobody, a page that says why to other firms."""
    if view is None:
        return lambda view: for_buyers(view, changes=changes)

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.organisation:
            raise Http404
        buyer = keeping_buyer(request.organisation)
        if buyer is None:
            return render(request, "introductions/shortlist_closed.html", status=403)
        if changes and not can_change_shortlists(request.representative):
            raise PermissionDenied
        return view(request, buyer, *args, **kwargs)

    return guarded


@login_required
@form_page
@for_buyers
def shortlist_list(request, buyer):
    can_change = can_change_shortlists(request.representative)
    if request.method == "POST" and not can_change:
        raise PermissionDenied
    form = ShortlistForm(_typed(request))
    if shortlist := request.method == "POST" and form.save_or_refuse(buyer, by=request.user):
        return redirect(shortlist)
    shortlists = buyer.shortlists.with_counts().latest_first()
    context = {"shortlists": shortlists, "form": form, "can_change": can_change}
    return render(request, "introductions/shortlist_list.html", context, status=_status(request))


@login_required
@require_safe
@for_buyers
def shortlist_detail(request, buyer, pk):
    shortlist = get_object_or_404(buyer.shortlists.with_counts(), pk=pk)
    entries = shortlist.entries.listed().newest_first().select_related("added_by")
    page = Paginator(entries, FIRMS_ON_A_PAGE).get_page(request.GET.get("page"))
    viewer = viewer_of(request.user, request.organisation)
    found = {card.supplier.pk: card for card in cards([entry.supplier_id for entry in page], request, viewer)}
    context = {
        "shortlist": shortlist,
        "page_obj": page,
        "entries": [(entry, found[entry.supplier_id]) for entry in page if entry.supplier_id in found],
        "can_change": can_change_shortlists(request.representative),
    }
    return render(request, "introductions/shortlist_detail.html", context)


@login_required
@form_page
@for_buyers(changes=True)
def shortlist_edit(request, buyer, pk):
    shortlist = get_object_or_404(buyer.shortlists, pk=pk)
    now = {"name": shortlist.name, "note": shortlist.note, "version": shortlist.version}
    form = ShortlistChangeForm(_typed(request), initial=now)
    if request.method == "POST" and form.save_or_refuse(shortlist, by=request.user):
        messages.success(request, _("The list is saved."))
        return redirect(shortlist)
    context = {"shortlist": shortlist, "form": form, "now": _newer(form, shortlist)}
    return render(request, "introductions/shortlist_edit.html", context, status=_status(request))


def _newer(form, row):
    """The row as a colleague left it, if the form was written over an older one; the next press then counts."""
    typed = form.cleaned_data.get("version") if form.is_bound and form.is_valid() is False else None
    if typed is None or typed == row.version:
        return None
    form.data = {**form.data.dict(), "version": row.version}
    return row


@login_required
@require_POST
@for_buyers(changes=True)
def shortlist_delete(request, buyer, pk):
    shortlist = get_object_or_404(buyer.shortlists, pk=pk)
    actions.delete_shortlist(shortlist, by=request.user)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": shortlist.name})
    return redirect("shortlist-list")


@login_required
@form_page
@for_buyers(changes=True)
def shortlist_add(request, buyer, slug):
    """Choose a list for a firm, or begin one; from a card or profile the button alone comes back."""
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user).select_related("organisation"), slug=slug)
    form = AddForm(_typed(request), buyer=buyer)
    after = _next(request)
    if entry := request.method == "POST" and form.save_or_refuse(supplier, by=request.user):
        if request.htmx and not request.htmx.boosted:
            panel = button_contexts([supplier], buyer, request, here=after, is_fresh=True)[supplier.pk]
            return render(request, "introductions/shortlist_answer.html", {"panel": panel})
        words = _("%(firm)s is on “%(list)s”.") % {"firm": supplier, "list": entry.shortlist}
        messages.success(request, words)
        return redirect(after or entry.shortlist)
    shortlists = buyer.shortlists.with_mark_of(supplier).latest_first()
    context = {"supplier": supplier, "shortlists": shortlists, "form": form, "next": after}
    return render(request, "introductions/shortlist_add.html#choice", context, status=_status(request))


def _next(request):
    """The page to go back to; htmx, which tells it in a header, asks from the page itself."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=settings.IS_HTTPS)
    return wanted if allowed else ""


def _entry(buyer, pk):
    entries = ShortlistEntry.objects.filter(shortlist__buyer=buyer).listed()
    return get_object_or_404(entries.select_related("shortlist__buyer", "supplier__organisation"), pk=pk)


@login_required
@form_page
@for_buyers(changes=True)
def entry_note(request, buyer, pk):
    entry = _entry(buyer, pk)
    form = NoteForm(_typed(request), initial={"note": entry.note, "version": entry.version})
    if request.method == "POST" and form.save_or_refuse(entry, by=request.user):
        messages.success(request, _("The note is saved."))
        return redirect(entry.shortlist)
    context = {"entry": entry, "form": form, "now": _newer(form, entry)}
    return render(request, "introductions/entry_note.html", context, status=_status(request))


@login_required
@require_POST
@for_buyers(changes=True)
def entry_remove(request, buyer, pk):
    entry = _entry(buyer, pk)
    actions.remove_from_shortlist(entry, by=request.user)
    messages.success(request, _("%(firm)s is off the list.") % {"firm": entry.supplier})
    return redirect(entry.shortlist)


@login_required
@require_safe
@for_buyers
def shortlist_compare(request, buyer, pk):
    shortlist = get_object_or_404(buyer.shortlists, pk=pk)
    viewer = viewer_of(request.user, request.organisation)
    context = {"shortlist": shortlist} | compared(shortlist, request.GET.getlist("supplier"), viewer)
    return render(request, "introductions/shortlist_compare.html", context)


@login_required
@require_safe
@for_buyers
def shortlist_export(request, buyer, pk):
    shortlist = get_object_or_404(buyer.shortlists, pk=pk)
    pks = list(shortlist.entries.listed().newest_first().values_list("supplier_id", flat=True))
    return answer_export(request, pks, what="shortlist", query=str(shortlist.pk), name=shortlist.name)


def _status(request):
    return 422 if request.method == "POST" else 200


def _typed(request):
    """What was sent, be it nothing; None where nothing is sent yet."""
    return request.POST if request.method == "POST" else None
