import django_filters
from django.forms import RadioSelect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn

from marketplace.core.staff import Button, StaffViewSet, column
from suppliers.review import actions
from suppliers.review.forms import ReportAnswerForm, ReportSuspendForm
from suppliers.review.models import PageReport


def is_waiting(report):
    return report.answered_at is None


class PageReportFilter(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("waiting", _("Waiting")), ("answered", _("Answered"))],
        method="in_state",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    class Meta:
        model = PageReport
        fields = ["state", "reason"]

    def in_state(self, rows, name, state):
        return rows.filter(answered_at__isnull=state == "waiting")


class PageReportViewSet(StaffViewSet):
    model = PageReport
    name = "page-reports"
    icon = "warning"
    menu_label = _("Reports of pages")
    # Wagtail takes an entry called "reports-…" for one of its own reports.
    menu_name = "page-reports"
    menu_order = 45
    may_change = True
    ordering = "created_at"
    filterset_class = PageReportFilter
    search_fields = ["supplier__organisation__name", "words"]
    labels = {
        "supplier": _("Profile"),
        "created_at": _("Reported"),
        "answered_at": _("Answered"),
        "answered_by": _("By"),
    }
    list_export = ["created_at", "supplier", "reason", "words", "answered_at", "answer", "note"]
    export_headings = labels
    export_filename = "reports"
    inspect_view_fields = [
        "supplier",
        "reason",
        "words",
        "email",
        "created_at",
        "answered_at",
        "answered_by",
        "answer",
        "note",
    ]
    buttons = {
        "answer": Button(
            _("Answer"),
            actions.answer_report,
            _("Answered. The person who reported hears of it if they left an address."),
            may=is_waiting,
            form_class=ReportAnswerForm,
        ),
        "suspend": Button(
            _("Take the profile off"),
            actions.suspend_for_report,
            _("The profile is off every page. The firm has the reason, the reader our answer."),
            may=lambda report: is_waiting(report) and report.supplier.listed_at and not report.supplier.suspended_at,
            is_serious=True,
            form_class=ReportSuspendForm,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("supplier", _("Profile")),
            column("reason", _("What is wrong"), lambda report: report.get_reason_display()),
            column("state", _("State"), lambda report: _("Waiting") if is_waiting(report) else _("Answered")),
            DateColumn("created_at", label=_("Reported"), sort_key="created_at"),
        ]

    def rows(self, request):
        return PageReport.objects.select_related("supplier__organisation", "answered_by")
