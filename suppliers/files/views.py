"""The pages where a firm keeps its documents and pictures, the addresses that hand out files, and those that take
them in pieces."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.permissions import representative_of
from marketplace.core.errors import RuleBroken
from marketplace.core.files import handing, kinds, vault
from marketplace.core.files.intake import refusals, takes_files
from marketplace.core.files.reencoding import SIDES
from marketplace.core.ui import render
from suppliers.files import actions, pieces
from suppliers.files.forms import (
    BeginForm,
    DescriptionForm,
    DocumentForm,
    DocumentsForm,
    DocumentWordsForm,
    LogoForm,
    OffsetForm,
    PicturesForm,
    PictureWordsForm,
)
from suppliers.files.models import Document, Picture, Upload
from suppliers.files.permissions import is_for_everybody, may_keep_files
from suppliers.models import Supplier

form_page = require_http_methods(["GET", "HEAD", "POST"])
#: A day: long enough to spare the line, short enough that a firm which hides itself is soon gone from caches too.
SHARED = "public, max-age=86400"


def supplier_of(request):
    """The profile of the organisation this person acts for; without one, its pages do not exist."""
    if not request.organisation:
        raise Http404
    supplier = get_object_or_404(Supplier.objects.select_related("organisation"), organisation=request.organisation)
    if not may_keep_files(request.user, supplier):
        raise PermissionDenied
    return supplier


# --- Documents --------------------------------------------------------------------------------------------------


@login_required
@form_page
@takes_files
def document_list(request):
    supplier = supplier_of(request)
    form = DocumentsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and _add_all(request, supplier, form):
        return redirect("document-list")
    context = {"form": form, "supplier": supplier, "documents": supplier.documents.in_order()}
    return render(request, "files/document_list.html", context, status=422 if request.method == "POST" else 200)


def _add_all(request, supplier, form):
    """Add each file that may be added; says of each other why not, and whether the form is done with."""
    refused = refusals(request)
    if not form.is_valid():
        if refused and set(form.errors) == {"files"}:
            form.errors.pop("files")
        _tell_refusals(form, refused)
        return False
    added = 0
    for file in form.cleaned_data["files"]:
        try:
            with vault.received(file) as received:
                form.add(supplier, received, by=request.user)
        except RuleBroken as broken:
            refused.append((file.name, str(broken)))
        else:
            added += 1
    if added:
        messages.success(
            request, ngettext("One file is added.", "%(count)s files are added.", added) % {"count": added}
        )
    _tell_refusals(form, refused)
    return not refused


def _tell_refusals(form, refused):
    for name, reason in refused:
        form.add_error("files" if "files" in form.fields else None, f"{kinds.plain_name(name)}: {reason}")


def _own_document(request, pk):
    return get_object_or_404(supplier_of(request).documents, pk=pk)


@login_required
@form_page
def document_edit(request, pk):
    document = _own_document(request, pk)
    form = DocumentForm(request.POST if request.method == "POST" else None, instance=document)
    if form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("The document is changed."))
        return redirect("document-list")
    context = {"form": form, "document": Document.objects.get(pk=pk)}
    return render(request, "files/document_edit.html", context, status=422 if form.is_bound else 200)


@login_required
@form_page
def document_delete(request, pk):
    document = _own_document(request, pk)
    if request.method == "POST":
        actions.delete_document(document, by=request.user)
        messages.success(request, _("“%(title)s” is deleted.") % {"title": document.title})
        return redirect("document-list")
    return render(request, "files/document_delete.html", {"document": document})


# --- Pictures ---------------------------------------------------------------------------------------------------


@login_required
@form_page
@takes_files
def picture_list(request):
    supplier = supplier_of(request)
    is_logo = request.POST.get("role") == Picture.Role.LOGO
    forms = {"logo_form": LogoForm(role=Picture.Role.LOGO), "pictures_form": PicturesForm()}
    if request.method == "POST":
        form = LogoForm if is_logo else PicturesForm
        bound = form(request.POST, request.FILES, role=Picture.Role.LOGO if is_logo else Picture.Role.PICTURE)
        forms["logo_form" if is_logo else "pictures_form"] = bound
        if _add_all(request, supplier, bound):
            return redirect("picture-list")
    context = forms | {
        "supplier": supplier,
        "logo": supplier.pictures.logos().first(),
        "pictures": supplier.pictures.gallery(),
    }
    return render(request, "files/picture_list.html", context, status=422 if request.method == "POST" else 200)


def _own_picture(request, pk):
    return get_object_or_404(supplier_of(request).pictures.select_related("supplier"), pk=pk)


@login_required
@form_page
def picture_edit(request, pk):
    picture = _own_picture(request, pk)
    form = DescriptionForm(request.POST if request.method == "POST" else None, instance=picture)
    if form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("The description is saved."))
        return redirect("picture-list")
    context = {"form": form, "picture": picture}
    return render(request, "files/picture_edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def picture_move(request, pk):
    picture = _own_picture(request, pk)
    try:
        actions.move_picture(picture, earlier=request.POST.get("direction") == "earlier", by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("picture-list")


@login_required
@form_page
def picture_delete(request, pk):
    picture = _own_picture(request, pk)
    if request.method == "POST":
        actions.delete_picture(picture, by=request.user)
        messages.success(request, _("The picture is deleted."))
        return redirect("picture-list")
    return render(request, "files/picture_delete.html", {"picture": picture})


# --- Handing out ------------------------------------------------------------------------------------------------


@login_required
@require_safe
def document_file(request, pk):
    """A document for whoever may see it, always as an attachment; a look by staff is written down."""
    rows = Document.objects.visible_to(request.user).select_related("supplier__organisation")
    document = get_object_or_404(rows, pk=pk)
    if request.user.is_staff and not representative_of(request.user, document.supplier.organisation):
        actions.note_look(document, by=request.user)
    return handing.attachment(document)


@require_safe
def picture_file(request, pk, size):
    """A picture for whoever may see the profile; strangers are not asked who they are where everybody may."""
    picture = get_object_or_404(Picture, pk=pk)
    is_shared = is_for_everybody(picture)
    if size not in SIDES or not (is_shared or Picture.objects.visible_to(request.user).filter(pk=pk).exists()):
        raise Http404
    response = handing.inert(f"{picture.stored_as}-{size}.webp", "image/webp")
    is_current = request.GET.get("v") == picture.version
    response["Cache-Control"] = SHARED if is_shared and is_current else "private, no-cache"
    response["ETag"] = f'"{picture.version}-{size}"'
    return response


# --- In pieces --------------------------------------------------------------------------------------------------


def _refused(reason, status=422):
    return JsonResponse({"reason": str(reason)}, status=status)


def _standing(upload):
    return {"url": reverse("upload-piece", kwargs={"pk": upload.pk}), "received": upload.received}


def _own_upload(request, pk):
    mine = Upload.objects.of(request.user, pieces.session_of(request.session.session_key))
    return get_object_or_404(mine.select_related("supplier"), pk=pk, supplier=supplier_of(request))


@login_required
@require_POST
def upload_begin(request):
    """Says where to send the pieces and how far it got before; the words of the form are judged before any is sent."""
    supplier = supplier_of(request)
    form = BeginForm(request.POST)
    if not form.is_valid():
        return _refused(_("This file cannot be sent in pieces. Choose it again."))
    words = _words_form(form.cleaned_data["purpose"], request.POST)
    if not words.is_valid():
        return _refused(_all_of(words.errors))
    session = pieces.session_of(request.session.session_key)
    try:
        upload = pieces.begin_upload(supplier, **form.cleaned_data, session=session, by=request.user)
    except RuleBroken as broken:
        return _refused(broken)
    return JsonResponse(_standing(upload) | {"piece": pieces.PIECE}, status=201)


@login_required
@never_cache
@form_page
def upload_piece(request, pk):
    """How far it got; by POST the next piece, which begins at `offset`."""
    upload = _own_upload(request, pk)
    if request.method == "POST":
        form = OffsetForm(request.GET)
        if not form.is_valid():
            return _refused(_("This file cannot be sent in pieces. Choose it again."))
        try:
            upload = pieces.add_piece(upload, request.body, offset=form.cleaned_data["offset"])
        except pieces.OutOfStep as step:
            return JsonResponse(_standing(upload) | {"received": step.received}, status=409)
        except RuleBroken as broken:
            return _refused(broken)
    return JsonResponse(_standing(upload))


@login_required
@require_POST
def upload_finish(request, pk):
    """Keep the whole file with the words of its form; asked twice, the second time only says that it is done."""
    upload = _own_upload(request, pk)
    if upload.finished_at:
        return JsonResponse({"done": True})
    form = _words_form(upload.purpose, request.POST)
    if not form.is_valid():
        return _refused(_all_of(form.errors))
    try:
        received = pieces.take_whole(upload)
    except RuleBroken as broken:
        return _refused(broken)
    try:
        form.add(upload.supplier, received, by=request.user)
    except RuleBroken as broken:
        pieces.drop(upload)
        return _refused(broken)
    pieces.finish(upload, at=timezone.now())
    return JsonResponse({"done": True})


def _words_form(purpose, data):
    if purpose == Upload.Purpose.DOCUMENT:
        return DocumentWordsForm(data)
    return PictureWordsForm(data, role=Picture.Role(purpose))


def _all_of(errors):
    return " ".join(error for reasons in errors.values() for error in reasons)
