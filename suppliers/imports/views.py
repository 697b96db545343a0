"""The staff pages between a file and an import that runs: upload it, settle its columns, look at what would happen."""

import csv

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.core.errors import RuleBroken
from marketplace.core.files.intake import reads_up_to
from marketplace.core.staff import safe_cell
from suppliers.imports import actions, running
from suppliers.imports.forms import MOST_BYTES, MappingForm, UploadForm
from suppliers.imports.models import Import, Outcome
from suppliers.imports.rows import sentence
from suppliers.imports.tables import Unreadable, open_table

#: Rows that are tried out before an import begins.
TRIED = 500
SHOWN = 20
form_page = require_http_methods(["GET", "HEAD", "POST"])


def _require_staff(request):
    if not request.user.is_staff:
        raise PermissionDenied


def _page(request, template, title, context, status=200):
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("supplier-imports:index"), "label": _("Imports")},
        {"url": "", "label": title},
    ]
    frame = {"page_title": title, "header_icon": "upload", "breadcrumbs_items": trail}
    return TemplateResponse(request, template, context | frame, status=status)


@reads_up_to(MOST_BYTES)
@form_page
def import_new(request):
    _require_staff(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        of_import = form.save(by=request.user)
        return redirect("supplier-imports:columns", of_import.pk)
    status = 422 if form.is_bound else 200
    return _page(request, "wagtailadmin/staff/import_new.html", _("Import a file"), {"form": form}, status)


@form_page
def import_columns(request, pk):
    """Settle the columns and see what the first rows would become; begin when both are right."""
    _require_staff(request)
    of_import = get_object_or_404(Import, pk=pk)
    if of_import.began_at:
        return redirect("supplier-imports:inspect", pk)
    try:
        with running.local_file(of_import) as path:
            with open_table(path) as table:
                form = MappingForm(request.POST or None, headings=table.headings)
            is_right = form.is_valid()
            if is_right and "begin" in request.POST:
                return _begin(request, of_import, form)
            if is_right or not form.is_bound:
                of_import.mapping = form.mapping
                counts, entries = running.rehearse(of_import, path, most=TRIED)
            else:
                counts, entries = None, []
    except (Unreadable, FileNotFoundError) as error:
        messages.error(request, str(error) or _("The file is no longer there."))
        return redirect("supplier-imports:new")
    context = {"form": form, "of_import": of_import, "counts": counts, "entries": _shown(entries)}
    # A Counter in a template has a number for every name, "total" among them.
    context["tried"] = counts.total() if counts else 0
    status = 422 if form.is_bound and not is_right else 200
    return _page(request, "wagtailadmin/staff/import_columns.html", of_import.file_name, context, status)


def _begin(request, of_import, form):
    try:
        actions.begin_import(of_import, headings=form.headings, mapping=form.mapping, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("supplier-imports:columns", of_import.pk)
    messages.success(request, _("The import has begun. This page shows how far it is; you may leave it."))
    return redirect("supplier-imports:inspect", of_import.pk)


def _shown(entries):
    """First those with remarks, which is what a preview is for."""
    ordered = sorted(entries, key=lambda entry: (entry.outcome != "reported", not entry.problems, entry.number))
    return [
        {
            "number": entry.number,
            "name": entry.name,
            "outcome": Outcome(entry.outcome).label,
            "place": f"{entry.draft.town} {entry.draft.country}" if entry.draft else "",
            "remarks": [sentence(problem) for problem in entry.problems],
        }
        for entry in ordered[:SHOWN]
    ]


@require_safe
def import_remarks(request, pk):
    """Every row with a remark as CSV, so that whoever made the file can mend it."""
    _require_staff(request)
    of_import = get_object_or_404(Import, pk=pk)
    writer = csv.writer(_Echo())
    rows = of_import.rows.with_problems().order_by("number").iterator(chunk_size=2_000)
    heading = [_("Line"), _("Name"), _("Outcome"), _("Remarks")]

    def lines():
        yield "\ufeff" + writer.writerow(heading)
        for row in rows:
            remarks = " ".join(sentence(problem) for problem in row.problems)
            yield writer.writerow([row.number, safe_cell(row.name), row.get_outcome_display(), safe_cell(remarks)])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{of_import.pk}.csv"'
    return response


class _Echo:
    """What csv writes to, handed on line by line."""

    def write(self, line):
        return line
