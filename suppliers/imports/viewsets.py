from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.widgets.button import HeaderButton

from marketplace.core.staff import (
    Button,
    Section,
    StaffIndexView,
    StaffInspectView,
    StaffViewSet,
    audit_section,
    column,
)
from suppliers.imports import actions
from suppliers.imports.models import Import
from suppliers.imports.rows import sentence

REMARKS_SHOWN = 100


def standing_of(of_import):
    if of_import.undone_at:
        return _("Undone")
    if of_import.undo_began_at:
        return _("Being undone")
    if of_import.failed_at:
        return _("Stopped")
    if of_import.finished_at:
        return _("Finished")
    return _("Running") if of_import.began_at else _("Columns to settle")


class ImportIndexView(StaffIndexView):
    @cached_property
    def header_buttons(self):
        return [HeaderButton(_now("Import a file"), url=reverse("supplier-imports:new"), icon_name="upload")]


class ImportInspectView(StaffInspectView):
    template_name = "wagtailadmin/staff/import.html"


class ImportViewSet(StaffViewSet):
    model = Import
    name = "supplier-imports"
    icon = "upload"
    menu_label = _("Imports")
    menu_order = 45
    may_change = True
    ordering = "-created_at"
    index_view_class = ImportIndexView
    inspect_view_class = ImportInspectView
    search_fields = ["source", "file_name"]
    list_export = ["source", "file_name", "created_at", "created", "updated", "unchanged", "reported", "undone_at"]
    export_filename = "imports"
    inspect_view_fields = [
        "source",
        "file_name",
        "started_by",
        "created_at",
        "began_at",
        "finished_at",
        "failed_at",
        "failure",
        "undone_at",
        "created",
        "updated",
        "unchanged",
        "reported",
    ]
    buttons = {
        "stop": Button(
            _("Stop"),
            actions.stop_import,
            _("The import is stopped where it was."),
            may=lambda of_import: of_import.is_running,
            is_serious=True,
        ),
        "undo": Button(
            _("Undo this import"),
            actions.begin_undo,
            _("The import is being undone. What an owner has accepted stays."),
            may=lambda of_import: of_import.began_at and not of_import.is_running and not of_import.undo_began_at,
            is_serious=True,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("source", _("Source")),
            column("file_name", _("File")),
            column("standing", _("Standing"), standing_of),
            column("created", _("Created")),
            column("updated", _("Updated")),
            column("reported", _("Reported")),
            DateColumn("created_at", label=_("Uploaded"), sort_key="created_at"),
        ]

    def rows(self, request):
        return Import.objects.select_related("started_by")

    def sections(self, row, request):
        remarks = row.rows.with_problems().order_by("number")[:REMARKS_SHOWN]
        return [
            Section(
                _("Remarks on rows"),
                (_("Line"), _("Name"), _("Outcome"), _("Remarks")),
                [
                    (each.number, each.name, each.get_outcome_display(), " ".join(map(sentence, each.problems)))
                    for each in remarks
                ],
                _("There is no remark on any row."),
                is_prose=True,
            ),
            audit_section(row),
        ]
