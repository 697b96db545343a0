"""The documents of a change: those that shall come, kept aside with their files, and those that shall go."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.calls.amendments import actions
from marketplace.calls.amendments.desk import pending_on_desk
from marketplace.calls.amendments.forms import DropDocumentsForm, NewDocumentForm, NewDocumentsForm
from marketplace.calls.papers.receiving import add_all
from marketplace.core.errors import RuleBroken
from marketplace.core.files import handing
from marketplace.core.files.intake import takes_files
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _page(request, pending, *, add=None, drop=None):
    """Both forms, of which one may come back with what was wrong with it."""
    context = {
        "call": pending.call,
        "pending": pending,
        "add": add or NewDocumentsForm(pending=pending),
        "drop": drop or DropDocumentsForm(pending=pending),
        "documents": pending.new_documents.all(),
        "shown": pending.call.documents.current(),
    }
    return render(request, "amendments/amendment_documents.html", context, status=422 if add or drop else 200)


@never_cache
@login_required
@form_page
def amendment_documents(request, slug):
    """Sent, it says which of those that everybody sees shall go."""
    pending = pending_on_desk(request, slug)
    if request.method != "POST":
        return _page(request, pending)
    form = DropDocumentsForm(request.POST, pending=pending)
    if form.is_valid():
        try:
            form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Kept aside until you publish the change."))
            return redirect("call-amendment", slug=slug)
    return _page(request, pending, drop=form)


@never_cache
@login_required
@form_page
@takes_files
def amendment_document_add(request, slug):
    pending = pending_on_desk(request, slug)
    if request.method != "POST":
        return _page(request, pending)
    form = NewDocumentsForm(request.POST, request.FILES, pending=pending)
    if add_all(request, form):
        return redirect("call-amendment-documents", slug=slug)
    return _page(request, pending, add=form)


@never_cache
@login_required
@form_page
def amendment_document_edit(request, slug, pk):
    pending = pending_on_desk(request, slug)
    document = get_object_or_404(pending.new_documents, pk=pk)
    form = NewDocumentForm(request.POST if request.method == "POST" else None, pending=pending, document=document)
    if form.is_valid():
        try:
            form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The document is changed."))
            return redirect("call-amendment-documents", slug=slug)
    context = {"form": form, "call": pending.call, "document": document}
    return render(request, "amendments/amendment_document.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def amendment_document_remove(request, slug, pk):
    pending = pending_on_desk(request, slug)
    try:
        actions.take_out_document(pending, pk, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("The document is taken out of the change."))
    return redirect("call-amendment-documents", slug=slug)


@login_required
@require_safe
def amendment_document_file(request, slug, pk):
    """To the buyer's side alone; it is nobody else's before the change is published."""
    document = get_object_or_404(pending_on_desk(request, slug).new_documents, pk=pk)
    return handing.attachment(document)
