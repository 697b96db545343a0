"""The staff pages of an import of notices: upload a file, and what became of each notice as a table."""

import csv

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.calls.notices.forms import MOST_BYTES, UploadForm
from marketplace.calls.notices.models import Run
from marketplace.calls.notices.reasons import sentence
from marketplace.core.files.intake import reads_up_to
from marketplace.core.staff import safe_cell


def _require_staff(request):
    if not request.user.is_staff:
        raise PermissionDenied


@reads_up_to(MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def run_new(request):
    _require_staff(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        of_run = form.save(by=request.user)
        messages.success(request, _("The import has begun. This page shows how far it is; you may leave it."))
        return redirect("notice-runs:inspect", of_run.pk)
    title = _("Import notices")
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("notice-runs:index"), "label": _("Imports of notices")},
        {"url": "", "label": title},
    ]
    context = {"form": form, "page_title": title, "header_icon": "upload", "breadcrumbs_items": trail}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "wagtailadmin/staff/notice_new.html", context, status=status)


@require_safe
def run_lines(request, pk):
    """Every notice of a run with its remarks as CSV, but those that were here unchanged."""
    _require_staff(request)
    of_run = get_object_or_404(Run, pk=pk)
    writer = csv.writer(_Echo())
    heading = [_("Number"), _("Place"), _("Notice"), _("Outcome"), _("Remarks")]

    def lines():
        yield "\ufeff" + writer.writerow(heading)
        for line in of_run.lines.order_by("number").iterator(chunk_size=2_000):
            cells = (line.place, line.identifier, line.get_outcome_display(), " ".join(map(sentence, line.reasons)))
            yield writer.writerow([line.number, *map(safe_cell, cells)])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="notices-{of_run.pk}.csv"'
    return response


class _Echo:
    """What csv writes to, handed on line by line."""

    def write(self, line):
        return line
