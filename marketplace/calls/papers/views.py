"""The documents of a call: where its buyer keeps them, and the address that hands them out to everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.calls.desk import call_on_desk
from marketplace.calls.papers import actions
from marketplace.calls.papers.forms import DocumentForm, DocumentsForm
from marketplace.calls.papers.models import CallDocument
from marketplace.calls.papers.receiving import add_all
from marketplace.core.errors import RuleBroken
from marketplace.core.files.intake import takes_files
from marketplace.core.ui import render

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- The buyer's ------------------------------------------------------------------------------------------------


@never_cache
@login_required
@form_page
@takes_files
def document_list(request, slug):
    call = call_on_desk(request, slug)
    is_sent = request.method == "POST"
    form = DocumentsForm(request.POST if is_sent else None, request.FILES if is_sent else None, call=call)
    if is_sent and add_all(request, form):
        return redirect("call-document-list", slug=call.slug)
    documents = call.documents.current().select_related("lot")
    context = {"call": call, "form": form, "documents": documents, "is_draft": call.publish_at is None}
    return render(request, "papers/document_list.html", context, status=422 if is_sent else 200)


def _own_document(request, slug, pk):
    call = call_on_desk(request, slug)
    return get_object_or_404(call.documents.current().select_related("call__buyer__organisation"), pk=pk)


@never_cache
@login_required
@form_page
def document_edit(request, slug, pk):
    document = _own_document(request, slug, pk)
    form = DocumentForm(request.POST if request.method == "POST" else None, document=document)
    if form.is_valid():
        try:
            form.save(by=request.user)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The document is changed."))
            return redirect("call-document-list", slug=slug)
    context = {"form": form, "call": document.call, "document": document}
    return render(request, "papers/document_edit.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@form_page
def document_remove(request, slug, pk):
    document = _own_document(request, slug, pk)
    if request.method == "POST":
        try:
            actions.remove_document(document, by=request.user)
        except RuleBroken as broken:
            messages.error(request, str(broken))
        else:
            messages.success(request, _("“%(title)s” is removed.") % {"title": document.title})
        return redirect("call-document-list", slug=slug)
    return render(request, "papers/document_remove.html", {"call": document.call, "document": document})


# --- Everybody's ------------------------------------------------------------------------------------------------


@require_safe
def call_document(request, slug, pk):
    """The file to whoever may see the call, without an account; always to be saved, never opened here."""
    document = get_object_or_404(CallDocument.objects.visible_to(request.user), call__slug=slug, pk=pk)
    try:
        response = FileResponse(default_storage.open(document.stored_as), content_type=document.media_type)
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Disposition"] = content_disposition_header(True, document.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    # Nothing in it may act, wherever a browser is made to show it.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{document.sha256[:32]}"'
    return response
