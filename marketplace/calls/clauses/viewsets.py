import django_filters
from django.forms import RadioSelect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, DateColumn

from marketplace.calls.clauses import actions
from marketplace.calls.clauses.forms import ClauseForm, ReviewForm
from marketplace.calls.clauses.models import Clause
from marketplace.calls.law.viewsets import RecordEditView, words_section
from marketplace.core.staff import Button, StaffViewSet, audit_section, column


class ClauseEditView(RecordEditView):
    change = staticmethod(actions.change_clause)


class ClauseFilter(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("unread", _("Not yet reviewed")), ("offered", _("Offered")), ("retired", _("No longer offered"))],
        method="in_state",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    class Meta:
        model = Clause
        fields = ["state", "jurisdiction", "stage"]

    def in_state(self, rows, name, state):
        if state == "unread":
            return rows.offered().filter(reviewed_on=None)
        return rows.filter(retired_at__isnull=state == "offered")


class ClauseViewSet(StaffViewSet):
    """The library: words, the lawyer's review, what is offered."""

    model = Clause
    name = "clauses"
    icon = "doc-full"
    menu_label = _("Clause library")
    menu_order = 71
    may_change = True
    has_form = True
    edit_view_class = ClauseEditView
    ordering = ["jurisdiction", "stage", "code"]
    filterset_class = ClauseFilter
    search_fields = ["code", "titles", "texts"]
    list_export = ["code", "jurisdiction", "stage", "legal_basis", "reviewed_by", "reviewed_on", "retired_at"]
    export_filename = "clauses"
    inspect_view_fields = [
        "code",
        "jurisdiction",
        "stage",
        "legal_basis",
        "legal_basis_url",
        "reviewed_by",
        "reviewed_on",
        "retired_at",
    ]
    buttons = {
        "review": Button(
            _("Record a lawyer's review"),
            actions.record_review,
            _("The review shows beside the clause."),
            form_class=ReviewForm,
            is_versioned=True,
        ),
        "retire": Button(
            _("Offer it no longer"),
            actions.retire_clause,
            _("The clause is no longer offered. Calls that have it keep it."),
            may=lambda clause: clause.retired_at is None,
            is_serious=True,
        ),
        "offer": Button(
            _("Offer it again"),
            actions.offer_clause_again,
            _("The clause is offered again."),
            may=lambda clause: clause.retired_at is not None,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column(str, _("Clause"), sort_key="code"),
            column("jurisdiction", _("Jurisdiction"), sort_key="jurisdiction"),
            column("stage", _("Stage"), lambda clause: clause.get_stage_display(), sort_key="stage"),
            DateColumn("reviewed_on", label=_("reviewed on"), sort_key="reviewed_on"),
            BooleanColumn("is_offered", label=_("Offered"), accessor=lambda clause: clause.retired_at is None),
        ]

    def get_form_class(self, for_update=False):
        return ClauseForm

    def rows(self, request):
        return Clause.objects.select_related("jurisdiction")

    def sections(self, row, request):
        words = [
            (_("titles"), row.titles),
            (_("texts"), row.texts),
            (_("link to the subject of the contract"), row.subject_checks),
            (_("indicator"), row.indicators),
        ]
        return [words_section(_("In words"), words), audit_section(row)]
